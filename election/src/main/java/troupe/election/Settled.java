package troupe.election;

import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A leader is known. Answers those who look, and becomes {@link Looking} when the server looks again. */
record Settled(Election.Setup setup, Round round, Vote vote) {

  Behavior<Election.Command> enter() {
    setup.timers().cancelAll();
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Election.Command> onMessage(Election.Command message) {
    return switch (message) {
      case Election.Notification n when n.looking() -> {
        setup.links().send(n.from(), new Election.Notification(setup.self(), round, Optional.of(vote), false));
        yield Behaviors.same();
      }
      case Election.Notification agreed -> Behaviors.same();
      case Election.FindLeader find -> Looking.start(setup, round, find).enter();
      case Election.StandAside aside -> new Idle(setup, round).enter();
      case Election.PeerLost lost -> setup.on(lost);
      case Election.PeerFound found -> setup.on(found);
      case Election.SilenceElapsed late -> Behaviors.same();
      case Election.FinalizeWaitElapsed late -> Behaviors.same();
    };
  }
}
