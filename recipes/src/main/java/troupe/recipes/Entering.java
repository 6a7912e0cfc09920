package troupe.recipes;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.Answer;
import troupe.client.ErrorCode;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/** The znode is being created. Becomes {@link InLine}; or {@link InPlace}, where nobody else can be. */
record Entering(ClaimSetup setup) {
  Behavior<Claim.Command> enter() {
    setup.createEntry();
    return setup.behave(this::onMessage);
  }

  private Behavior<Claim.Command> onMessage(Claim.Command message) {
    return switch (message) {
      case Claim.Entered entered -> switch (setup.place()) {
        case Line line -> new InLine(setup, line, entered.created()).enter();
        case Place.Name name -> new InPlace(setup, entered.created()).enter(entered.created().zxid());
      };
      case Claim.StepFailed failed when setup.place() instanceof Place.Name name
          && failed.failure().code() == ErrorCode.NODE_EXISTS -> {
        setup.forgetEntry(); // it is another's
        setup.then(setup.znodes().exists(name.path()), Claim.Checked::new);
        yield Behaviors.same();
      }
      case Claim.StepFailed failed -> setup.failed(failed.failure());
      case Claim.Checked checked when checked.existence().stat().isEmpty() -> enter();
      case Claim.Checked checked -> awaitDeparture(checked.existence());
      case Claim.LookAgain again -> enter();
      case Claim.RetryDue again -> enter();
      case Claim.WatchBroken broken -> setup.retryLater();
      case Claim.Release release -> new Leaving(setup, true).enter();
      case Claim.PatienceElapsed elapsed -> new Leaving(setup, false).enter();
      case Claim.SetData set -> {
        setup.setData(set.data());
        yield Behaviors.same();
      }
      case Claim.FromSession session -> setup.onSession(session);
      case Claim.DataRefused late -> Behaviors.same();
      case Claim.Step late -> Behaviors.same();
    };
  }

  private Behavior<Claim.Command> awaitDeparture(Answer.Existence other) {
    String path = ((Place.Name) setup.place()).path();
    return setup.awaitOthers(
        path, WatchScope.NODE, other.zxid(), event -> event.kind() == WatchEvent.Kind.DELETED);
  }
}
