package troupe.election;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Not asked yet, or standing aside. Becomes {@link Looking} when the server wants a leader. */
record Idle(Election.Setup setup, Round round) {

  Behavior<Election.Command> enter() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Election.Command> onMessage(Election.Command message) {
    return switch (message) {
      case Election.FindLeader find -> Looking.start(setup, round, find).enter();
      // It comes again: whoever looks repeats itself until it is answered.
      case Election.Notification early -> Behaviors.same();
      case Election.StandAside already -> Behaviors.same();
      case Election.PeerLost lost -> setup.on(lost);
      case Election.PeerFound found -> setup.on(found);
      case Election.SilenceElapsed late -> Behaviors.same();
      case Election.FinalizeWaitElapsed late -> Behaviors.same();
    };
  }
}
