package troupe.actors;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The last thing that a server does. */
final class Ending {
  private Ending() {}

  /** A write that failed leaves in doubt what is on the disk. Only recovery, in a new process, can tell. */
  static Behavior<Server.Command> logLost(Server.Setup setup) {
    setup.context().getLog().error("the transaction log has failed; this server stops. Nothing that was acknowledged "
        + "is lost: see to the disk of troupe.persistence.log-dir and start it again");
    return Behaviors.stopped();
  }
}
