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
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;

/** Recipes' actors, for those who have none of their own. */
record Facade(ActorSystem<?> system, Znodes znodes) {
  static final Failure SILENT = Znodes.failure(ErrorCode.UNKNOWN, "the claim has ended without a word");

  private static final Logger LOG = LoggerFactory.getLogger(Facade.class);
  private static final AtomicLong NUMBERS = new AtomicLong(); // actors need names

  Facade(ActorSystem<?> system, TroupeClient client) {
    this(system, Znodes.of(client));
  }

  ActorRef<Session.Command> session() {
    return znodes.session();
  }

  /** One who throws does not keep it from the others. */
  static <E> void tell(Consumer<E> listener, E event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.error("a listener has failed that was told {}", event, e);
    }
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
            tell(listener, (E) message);
          }
          return Behaviors.same();
        },
        (context, signal) -> signal instanceof Terminated ? Behaviors.stopped() : Behaviors.unhandled());
  }

  /** Completed by anybody else, such as a time-out, it releases what it has got or is about to get. */
  CompletionStage<Holding> hold(Function<ActorRef<Claim.Event>, Behavior<Claim.Command>> claim) {
    return keep(claim, Optional::orElseThrow);
  }

  /** The same, and completes with nothing when the claim gives up. */
  CompletionStage<Optional<Holding>> tryToHold(Function<ActorRef<Claim.Event>, Behavior<Claim.Command>> claim) {
    return keep(claim, Function.identity());
  }

  private <T> CompletionStage<T> keep(
      Function<ActorRef<Claim.Event>, Behavior<Claim.Command>> claim, Function<Optional<Holding>, T> result) {
    CompletableFuture<T> promise = new CompletableFuture<>();
    spawn(Behaviors.<Object>setup(context -> {
      ActorRef<Claim.Command> actor = context.spawn(claim.apply(context.getSelf().narrow()), "claim");
      context.watch(actor);
      return new Keeper<>(context.getSelf(), actor, promise, result).behavior();
    }));
    return promise;
  }

  /**
   * The owner of a claim.
   *
   * @param <T> what it promises
   */
  private static final class Keeper<T> {
    /** Nobody waits for the promise any more. */
    private record GivenUp() {}

    private final ActorRef<Claim.Command> claim;
    private final CompletableFuture<T> promise;
    private final Function<Optional<Holding>, T> result;
    private Optional<Holding> holding = Optional.empty();

    /** The promise is being completed here, and nobody needs to say so. */
    private volatile boolean isAnswered;

    Keeper(
        ActorRef<Object> self,
        ActorRef<Claim.Command> claim,
        CompletableFuture<T> promise,
        Function<Optional<Holding>, T> result) {
      this.claim = claim;
      this.promise = promise;
      this.result = result;
      promise.whenComplete((value, thrown) -> {
        if (!isAnswered) {
          self.tell(new GivenUp());
        }
      });
    }

    Behavior<Object> behavior() {
      return Behaviors.receive(
          (same, message) -> {
            if (message instanceof GivenUp) {
              isAnswered = true;
              claim.tell(new Claim.Release());
            } else {
              onEvent((Claim.Event) message);
            }
            return Behaviors.same();
          },
          (same, signal) -> {
            if (signal instanceof Terminated) {
              return Behaviors.stopped();
            }
            if (signal instanceof PostStop) {
              holding.ifPresent(Holding::over);
              fail(SILENT); // if nothing else was said
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
          boolean isGivenUp = isAnswered; // and the claim is told already
          isAnswered = true;
          holding = Optional.of(new Holding(claim, held));
          if (!promise.complete(result.apply(holding)) && !isGivenUp) {
            claim.tell(new Claim.Release());
          }
        }
        case Claim.GaveUp gaveUp -> {
          isAnswered = true;
          promise.complete(result.apply(Optional.empty()));
        }
        case Lost lost -> fail(lost.failure());
        case Suspended none -> {}
        case Resumed none -> {}
        case Claim.Released none -> {}
        case Claim.Refused none -> {}
      }
    }

    private void fail(Failure failure) {
      isAnswered = true;
      promise.completeExceptionally(new TroupeException(failure));
    }
  }
}
