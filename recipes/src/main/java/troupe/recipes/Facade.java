package troupe.recipes;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.client.ErrorCode;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;

/** Recipes' actors, for those who have none of their own. */
record Facade(ActorSystem<?> system, TroupeClient client) {
  private static final AtomicLong NUMBERS = new AtomicLong(); // actors need names

  ActorRef<Session.Command> session() {
    return client.session();
  }

  Znodes znodes() {
    return Znodes.of(client);
  }

  <C> ActorRef<C> spawn(Behavior<C> behavior) {
    return system.systemActorOf(behavior, "troupe-recipe-" + NUMBERS.incrementAndGet(), Props.empty());
  }

  /** Starts an actor that tells somebody of events; he hears of them one at a time. */
  <C, E> ActorRef<C> spawn(Function<ActorRef<E>, Behavior<C>> recipe, Consumer<E> listener) {
    ActorRef<Object> ears = spawn(ears(listener));
    ActorRef<C> actor = spawn(recipe.apply(ears.narrow()));
    ears.tell(new Speaker(actor));
    return actor;
  }

  /** Whom to listen to, until it stops. */
  private record Speaker(ActorRef<?> actor) {}

  @SuppressWarnings("unchecked") // all that it is told but the speaker are events
  private static <E> Behavior<Object> ears(Consumer<E> listener) {
    return Behaviors.receive(
        (context, message) -> {
          if (message instanceof Speaker speaker) {
            context.watch(speaker.actor());
          } else {
            listener.accept((E) message);
          }
          return Behaviors.same();
        },
        (context, signal) -> signal instanceof Terminated ? Behaviors.stopped() : Behaviors.unhandled());
  }

  CompletionStage<Holding> hold(Function<ActorRef<Claim.Event>, Behavior<Claim.Command>> claim) {
    return tryToHold(claim).thenApply(Optional::orElseThrow);
  }

  CompletionStage<Optional<Holding>> tryToHold(Function<ActorRef<Claim.Event>, Behavior<Claim.Command>> claim) {
    CompletableFuture<Optional<Holding>> promise = new CompletableFuture<>();
    spawn(Behaviors.<Claim.Event>setup(context -> {
      ActorRef<Claim.Command> actor = context.spawn(claim.apply(context.getSelf()), "claim");
      context.watch(actor);
      return new Keeper(actor, promise).behavior();
    }));
    return promise;
  }

  /** The owner of a claim. */
  private static final class Keeper {
    private final ActorRef<Claim.Command> claim;
    private final CompletableFuture<Optional<Holding>> promise;
    private Optional<Holding> holding = Optional.empty();

    Keeper(ActorRef<Claim.Command> claim, CompletableFuture<Optional<Holding>> promise) {
      this.claim = claim;
      this.promise = promise;
    }

    Behavior<Claim.Event> behavior() {
      return Behaviors.receive(
          (same, event) -> {
            onEvent(event);
            return Behaviors.same();
          },
          (same, signal) -> {
            if (signal instanceof Terminated) {
              holding.ifPresent(Holding::over);
              promise.completeExceptionally(new TroupeException(
                  Znodes.failure(ErrorCode.UNKNOWN, "the claim has ended without a word"))); // if nothing else was said
              return Behaviors.stopped();
            }
            return Behaviors.unhandled();
          });
    }

    private void onEvent(Claim.Event event) {
      if (holding.isPresent()) {
        holding.get().tell(event);
        return;
      }
      switch (event) {
        case Claim.Held held -> {
          holding = Optional.of(new Holding(claim, held));
          promise.complete(holding);
        }
        case Claim.GaveUp gaveUp -> promise.complete(Optional.empty());
        case Lost lost -> promise.completeExceptionally(new TroupeException(lost.failure()));
        case Suspended none -> {}
        case Resumed none -> {}
        case Claim.Released none -> {}
        case Claim.Refused none -> {}
      }
    }
  }
}
