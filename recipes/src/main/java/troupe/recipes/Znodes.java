package troupe.recipes;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.CompactedException;
import troupe.client.Consistency;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Operation;
import troupe.client.Session;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/**
 * What recipes ask of a session beyond single operations.
 *
 * @param asker puts each question to it
 */
record Znodes(ActorRef<Session.Command> session, Asker asker) {
  interface Asker {
    <R extends Answer> CompletionStage<R> ask(Operation<R> operation);
  }

  /** @param zxid of the state in which these were the children; in a state without the znode there are none */
  record Listing(List<String> names, long zxid) {}

  /** For actors that end with the session's actor: that does not answer any more once it has stopped. */
  static Znodes of(ActorRef<Session.Command> session) {
    return new Znodes(session, new Asker() {
      @Override
      public <R extends Answer> CompletionStage<R> ask(Operation<R> operation) {
        return TroupeClient.ask(session, operation);
      }
    });
  }

  static Znodes of(TroupeClient client) {
    return new Znodes(client.session(), client::ask);
  }

  <R extends Answer> CompletionStage<R> ask(Operation<R> operation) {
    return asker.ask(operation);
  }

  /** Creates it, and a container for each parent that is missing: these go when the last child has gone. */
  CompletionStage<Answer.Created> create(Operation.Create create) {
    return or(ask(create), ErrorCode.NO_NODE, () -> container(parent(create.path())).thenCompose(made -> create(create)));
  }

  private CompletionStage<Done> container(String path) {
    CompletionStage<Done> made = create(new Operation.Create(path, ByteString.emptyByteString(), CreateMode.CONTAINER))
        .thenApply(created -> Done.getInstance());
    return or(made, ErrorCode.NODE_EXISTS, Znodes::done);
  }

  CompletionStage<Done> delete(String path) {
    CompletionStage<Done> deleted = ask(new Operation.Delete(path)).thenApply(answer -> Done.getInstance());
    return or(deleted, ErrorCode.NO_NODE, Znodes::done);
  }

  /** Whether this very znode is there still; at its path there may be another one since. */
  CompletionStage<Boolean> isThere(Answer.Created created) {
    return exists(created.path()).thenApply(there -> is(there, created));
  }

  static boolean is(Answer.Existence there, Answer.Created created) {
    return there.stat().filter(stat -> stat.czxid() == created.stat().czxid()).isPresent();
  }

  CompletionStage<Answer.Existence> exists(String path) {
    return ask(new Operation.Exists(path, Consistency.SEQUENTIAL));
  }

  CompletionStage<Answer.Node> read(String path) {
    return ask(new Operation.GetData(path, Consistency.SEQUENTIAL));
  }

  CompletionStage<Listing> children(String path) {
    CompletionStage<Listing> listing = ask(new Operation.GetChildren(path, Consistency.SEQUENTIAL))
        .thenApply(children -> new Listing(children.names(), children.zxid()));
    return or(listing, ErrorCode.NO_NODE, () -> exists(path).thenCompose(there -> there.stat().isPresent()
        ? children(path)
        : CompletableFuture.completedStage(new Listing(List.of(), there.zxid()))));
  }

  /** Completes with true after a change like this; with false when such a one could not be told of any more. */
  CompletionStage<Boolean> change(
      String path, WatchScope scope, long after, Predicate<WatchEvent> like, Materializer materializer) {
    CompletionStage<Boolean> change = Session.changes(session, path, scope, Optional.of(after))
        .filter(like::test).runWith(Sink.head(), materializer).thenApply(event -> true);
    return change.exceptionallyCompose(thrown -> cause(thrown) instanceof CompactedException
        ? CompletableFuture.completedStage(false)
        : CompletableFuture.failedStage(cause(thrown)));
  }

  /** Answers once it is known. */
  static <T> void answer(CompletionStage<T> stage, ActorRef<Outcome<T>> replyTo) {
    stage.whenComplete((value, thrown) -> replyTo.tell(
        thrown == null ? new Outcome.Done<>(value) : new Outcome.Failed<>(failure(thrown))));
  }

  static CompletionStage<Done> done() {
    return CompletableFuture.completedStage(Done.getInstance());
  }

  /** What comes of it, but for one failure; of that, what comes of the other. */
  static <T> CompletionStage<T> or(
      CompletionStage<T> stage, ErrorCode code, Supplier<CompletionStage<T>> other) {
    return stage.exceptionallyCompose(thrown ->
        failure(thrown).code() == code ? other.get() : CompletableFuture.failedStage(cause(thrown)));
  }

  static <T> CompletionStage<T> refused(ErrorCode code, String message) {
    return CompletableFuture.failedStage(new TroupeException(failure(code, message)));
  }

  static Failure failure(ErrorCode code, String message) {
    return new Failure(code, message, OptionalInt.empty());
  }

  static Failure failure(Throwable thrown) {
    Throwable cause = cause(thrown);
    return cause instanceof TroupeException refused
        ? refused.failure()
        : failure(ErrorCode.UNKNOWN, "not done, as something else went wrong: " + cause);
  }

  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
  }

  static String child(String parent, String name) {
    return parent.equals("/") ? "/" + name : parent + "/" + name;
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
