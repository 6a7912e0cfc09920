package troupe.recipes;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.Materializer;
import troupe.client.Answer;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;

/**
 * The actor of a recipe that is asked and answers. It may outlive its session's actor: then what it asks is refused.
 */
final class Answering implements Znodes.Asker {
  static final Failure STOPPED = Znodes.failure(ErrorCode.SESSION_CLOSED, "the session's actor has stopped");

  private final ActorRef<Session.Command> session;
  private final Set<CompletableFuture<?>> unanswered = ConcurrentHashMap.newKeySet(); // asked on any thread
  private volatile boolean hasStopped;

  private Answering(ActorRef<Session.Command> session) {
    this.session = session;
  }

  static <R, C> Behavior<C> create(
      ActorRef<Session.Command> session, BiFunction<Znodes, Materializer, R> recipe, BiConsumer<R, C> onMessage) {
    return create(session, recipe, onMessage, stopped -> {});
  }

  /** @param onStop when this actor stops */
  static <R, C> Behavior<C> create(
      ActorRef<Session.Command> session,
      BiFunction<Znodes, Materializer, R> recipe,
      BiConsumer<R, C> onMessage,
      Consumer<R> onStop) {
    return Behaviors.setup(context -> {
      Answering asker = new Answering(session);
      R asked = recipe.apply(new Znodes(session, asker), Materializer.createMaterializer(context));
      context.watch(session);
      return Behaviors.receive(
          (same, message) -> {
            onMessage.accept(asked, message);
            return Behaviors.same();
          },
          (same, signal) -> {
            if (signal instanceof Terminated) {
              asker.refuseAll();
              return Behaviors.same();
            }
            if (signal instanceof PostStop) {
              onStop.accept(asked);
            }
            return Behaviors.unhandled();
          });
    });
  }

  @Override
  public <R extends Answer> CompletionStage<R> ask(Operation<R> operation) {
    if (hasStopped) {
      return CompletableFuture.failedStage(new TroupeException(STOPPED));
    }
    CompletableFuture<R> answer = TroupeClient.ask(session, operation).toCompletableFuture();
    unanswered.add(answer);
    answer.whenComplete((done, refused) -> unanswered.remove(answer));
    if (hasStopped) { // between the two
      refuseAll();
    }
    return answer;
  }

  private void refuseAll() {
    hasStopped = true;
    unanswered.forEach(answer -> answer.completeExceptionally(new TroupeException(STOPPED)));
  }
}
