package troupe.recipes;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/** The owner has it, as far as can be known, until its znode goes. */
record InPlace(ClaimSetup setup, Answer.Created own) {
  /** @param since in this state, at least, the znode was there */
  Behavior<Claim.Command> enter(long since) {
    setup.tell(new Claim.Held(own.fence()));
    setup.leaveGate();
    if (setup.isOutdated()) {
      setData(setup.data());
    }
    return watch(since);
  }

  private Behavior<Claim.Command> watch(long since) {
    setup.await(own.path(), WatchScope.NODE, since, event -> event.kind() == WatchEvent.Kind.DELETED);
    return setup.behave(this::onMessage);
  }

  private Behavior<Claim.Command> onMessage(Claim.Command message) {
    return switch (message) {
      case Claim.LookAgain again -> look();
      case Claim.RetryDue again -> look();
      case Claim.Checked checked -> Znodes.is(checked.existence(), own) ? watch(checked.existence().zxid()) : gone();
      case Claim.WatchBroken broken -> setup.retryLater();
      case Claim.StepFailed failed -> setup.retryLater();
      case Claim.Release release -> new Leaving(setup, true).enter();
      case Claim.PatienceElapsed elapsed -> Behaviors.same();
      case Claim.SetData set -> setData(set.data());
      case Claim.DataRefused refused -> {
        setup.tell(new Claim.Refused(refused.failure()));
        yield Behaviors.same();
      }
      case Claim.SessionSuspended suspended -> {
        setup.tell(new Suspended(suspended.reason()));
        yield Behaviors.same();
      }
      case Claim.SessionConnected connected -> {
        setup.tell(new Resumed());
        yield Behaviors.same();
      }
      case Claim.SessionOver over -> setup.over(over.failure());
      case Claim.Step late -> Behaviors.same();
    };
  }

  private Behavior<Claim.Command> look() {
    setup.then(setup.znodes().exists(own.path()), Claim.Checked::new);
    return Behaviors.same();
  }

  private Behavior<Claim.Command> setData(ByteString data) {
    setup.setData(data);
    setup.then(setup.setData(own), done -> new Claim.DataSet(), Claim.DataRefused::new);
    return Behaviors.same();
  }

  private Behavior<Claim.Command> gone() {
    setup.forgetEntry();
    return switch (setup.place()) {
      case Line line -> setup.lost(deleted(own));
      case Place.Name name -> {
        setup.tell(new Suspended("somebody has deleted " + name.path() + "; it is being taken again"));
        yield new Entering(setup).enter();
      }
    };
  }

  static Failure deleted(Answer.Created own) {
    return Znodes.failure(ErrorCode.NO_NODE, own.path() + ": somebody has deleted this znode");
  }
}
