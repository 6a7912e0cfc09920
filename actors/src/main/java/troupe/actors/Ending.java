package troupe.actors;

import java.util.List;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The last things that a server does. */
final class Ending {
  private static final Server.NotServing RETIRED = new Server.NotServing("it stops", false);

  private Ending() {}

  /** A write that failed leaves in doubt what is on the disk. Only recovery, in a new process, can tell. */
  static Behavior<Server.Command> logLost(Server.Setup setup) {
    setup.context().getLog().error("the transaction log has failed; this server stops. Nothing that was acknowledged "
        + "is lost: see to the disk of troupe.persistence.log-dir and start it again");
    return Behaviors.stopped();
  }

  /** No role any more; waits to be stopped. */
  static Behavior<Server.Command> retire(Server.Setup setup, Subscribers subscribers, List<Server.Retire> all) {
    subscribers.tell(RETIRED);
    setup.clientele().end();
    all.forEach(retire -> retire.replyTo().tell(Done.getInstance()));
    return Behaviors.receiveMessage(message -> {
      switch (message) {
        case Server.Retire again -> again.replyTo().tell(Done.getInstance());
        case Server.FromPeer fromPeer -> setup.turnAway(fromPeer.message());
        case Server.LogLost lost -> {
          return logLost(setup);
        }
        case Server.Subscribe subscribe -> subscribe.subscriber().tell(RETIRED);
        case Server.PeerLost late -> {}
        case Server.PeerFound late -> {}
        case Server.HandOver late -> {}
        case Server.PauseElapsed late -> {}
        case Server.LogReplied late -> {}
        case Server.Recovered late -> {}
        case Server.NotRecovered late -> {}
        case Server.ElectionEnded late -> {}
        case Server.ServiceBegan late -> {}
        case Server.RoleEnded late -> {}
        case Server.ClientsWaitedEnough late -> {}
        case Server.ClientsLost expected -> {}
      }
      return Behaviors.same();
    });
  }
}
