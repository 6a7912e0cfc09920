package troupe.client;

import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The session is over. Whoever asks is told so; once nobody has for a while, the actor stops. */
record Over(Agenda agenda, Failure failure) {
  private static final Duration LINGER = Duration.ofMinutes(5);

  Behavior<Session.Command> enter(SessionEvent event) {
    agenda.context().getLog().info("session {} is over: {}",
        agenda.session().map(SessionId::toString).orElse("(none)"), failure.message());
    agenda.timers().cancelAll();
    agenda.end(failure);
    agenda.tell(event);
    agenda.timers().startSingleTimer(new Session.Forgotten(), LINGER);
    return agenda.behave(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.FromOwner fromOwner -> {
        agenda.take(fromOwner);
        agenda.end(failure);
        agenda.timers().startSingleTimer(new Session.Forgotten(), LINGER);
        yield Behaviors.same();
      }
      case Session.Forgotten forgotten -> Behaviors.stopped();
      case Session.Heard late -> Behaviors.same();
      case Session.Found late -> Behaviors.same();
      case Session.SendDue late -> Behaviors.same();
      case Session.Beat late -> Behaviors.same();
      case Session.AnswerDue late -> Behaviors.same();
      case Session.RetryDue late -> Behaviors.same();
      case Session.PatienceElapsed late -> Behaviors.same();
    };
  }
}
