package troupe.recipes;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.client.Failure;

/** What a recipe's actor answers to who asked for something: every one is told of either. */
public sealed interface Outcome<T> {
  record Done<T>(T value) implements Outcome<T> {}

  record Failed<T>(Failure failure) implements Outcome<T> {}

  /** Answers once it is known. */
  static <T> void tell(CompletionStage<T> stage, ActorRef<Outcome<T>> replyTo) {
    stage.whenComplete((value, thrown) ->
        replyTo.tell(thrown == null ? new Done<>(value) : new Failed<>(Znodes.failure(thrown))));
  }
}
