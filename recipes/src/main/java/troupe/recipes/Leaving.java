package troupe.recipes;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.ErrorCode;

/**
 * The znode is being deleted, if it has come to be.
 *
 * @param released by the owner, who is told when others may have it; else the owner has lost patience
 */
record Leaving(ClaimSetup setup, boolean released) {
  Behavior<Claim.Command> enter() {
    setup.stopWaiting();
    setup.leaveGate();
    if (!released) {
      setup.tell(new Claim.GaveUp());
    }
    delete();
    return setup.behave(this::onMessage);
  }

  private Behavior<Claim.Command> delete() {
    setup.then(setup.deleteEntry(), gone -> new Claim.Left(), Claim.StillThere::new);
    return Behaviors.same();
  }

  private Behavior<Claim.Command> onMessage(Claim.Command message) {
    return switch (message) {
      case Claim.Left left -> end();
      case Claim.StillThere still when still.failure().code() == ErrorCode.THROTTLED -> setup.retryLater();
      case Claim.StillThere still -> setup.lost(still.failure());
      case Claim.RetryDue again -> delete();
      case Claim.SessionSuspended suspended -> Behaviors.same();
      case Claim.SessionConnected connected -> Behaviors.same();
      case Claim.SessionOver over -> end(); // with its znodes
      case Claim.Release again -> Behaviors.same();
      case Claim.SetData late -> Behaviors.same();
      case Claim.PatienceElapsed late -> Behaviors.same();
      case Claim.StepFailed late -> Behaviors.same();
      case Claim.DataRefused late -> Behaviors.same();
      case Claim.Step late -> Behaviors.same();
    };
  }

  private Behavior<Claim.Command> end() {
    setup.forgetEntry();
    if (released) {
      setup.tell(new Claim.Released());
    }
    return Behaviors.stopped();
  }
}
