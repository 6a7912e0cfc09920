package troupe.recipes;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Others may be on their way to the same place, one at a time. Becomes {@link Entering}. */
record AtGate(ClaimSetup setup) {
  static Behavior<Claim.Command> enter(ClaimSetup setup, Line gate) {
    setup.waitAt(gate);
    return setup.behave(new AtGate(setup)::onMessage);
  }

  private Behavior<Claim.Command> onMessage(Claim.Command message) {
    return switch (message) {
      case Claim.GateTold told -> switch (told.event()) {
        case Claim.Held held -> new Entering(setup).enter();
        case Claim.GaveUp gaveUp -> {
          setup.forgetGate();
          yield new Leaving(setup, false).enter();
        }
        case Lost lost -> setup.lost(lost.failure());
        default -> Behaviors.same();
      };
      case Claim.Release release -> new Leaving(setup, true).enter();
      case Claim.PatienceElapsed elapsed -> new Leaving(setup, false).enter();
      case Claim.SetData set -> {
        setup.setData(set.data());
        yield Behaviors.same();
      }
      case Claim.FromSession session -> setup.onSession(session);
      case Claim.StepFailed late -> Behaviors.same();
      case Claim.DataRefused late -> Behaviors.same();
      case Claim.Step late -> Behaviors.same();
    };
  }
}
