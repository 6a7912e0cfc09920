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
    setup.then(setup.deleteEntry(), gone -> new Claim.Left(), Claim.StillThere::new);
    return setup.behave(this::onMessage);
  }

  private Behavior<Claim.Command> onMessage(Claim.Command message) {
    return switch (message) {
      case Claim.Left left -> end();
      case Claim.StillThere still when isOver(still.failure().code()) -> end(); // it has gone with its session
      case Claim.StillThere still -> setup.lost(still.failure());
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

  private static boolean isOver(ErrorCode code) {
    return code == ErrorCode.SESSION_EXPIRED || code == ErrorCode.SESSION_CLOSED;
  }

  private Behavior<Claim.Command> end() {
    setup.forgetEntry();
    if (released) {
      setup.tell(new Claim.Released());
    }
    return Behaviors.stopped();
  }
}
