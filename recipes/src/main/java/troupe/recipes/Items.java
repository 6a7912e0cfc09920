package troupe.recipes;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/**
 * What stands in a queue: children of a znode, taken in the order of their names, each by one.
 *
 * @param kind begins the name of each
 */
record Items(Znodes znodes, Materializer materializer, String path, String kind) {
  /** @param rank comes before the number at the end of the name */
  CompletionStage<Answer.Created> put(String rank, ByteString item) {
    return znodes.create(new Operation.Create(
        Znodes.child(path, kind + rank), item, CreateMode.PERSISTENT_SEQUENTIAL));
  }

  CompletionStage<Optional<ByteString>> peek() {
    return znodes.children(path).thenCompose(listing -> first(inOrder(listing),
        (item, node) -> CompletableFuture.completedStage(node.data())));
  }

  CompletionStage<Optional<ByteString>> poll() {
    return znodes.children(path).thenCompose(listing -> first(inOrder(listing), this::take));
  }

  /** Completes when it has got one. Takes none once it was completed otherwise, by who does not wait any longer. */
  CompletionStage<ByteString> take() {
    CompletableFuture<ByteString> promise = new CompletableFuture<>();
    takeFor(promise).whenComplete((item, thrown) -> {
      if (thrown == null) {
        promise.complete(item);
      } else {
        promise.completeExceptionally(Znodes.cause(thrown));
      }
    });
    return promise;
  }

  private CompletionStage<ByteString> takeFor(CompletableFuture<ByteString> promise) {
    if (promise.isDone()) {
      return CompletableFuture.failedStage(new CancellationException());
    }
    return znodes.children(path)
        .thenCompose(listing -> first(inOrder(listing), (item, node) -> promise.isDone()
            ? CompletableFuture.failedStage(new CancellationException())
            : take(item, node)).thenCompose(taken -> taken.isPresent()
                ? CompletableFuture.completedStage(taken.get())
                : znodes.change(path, WatchScope.CHILDREN, listing.zxid(), this::brings, materializer)
                    .thenCompose(change -> takeFor(promise))));
  }

  private CompletionStage<ByteString> take(String item, Answer.Node node) {
    return znodes.ask(new Operation.Delete(item)).thenApply(taken -> node.data());
  }

  private boolean brings(WatchEvent event) {
    return event.kind() == WatchEvent.Kind.CREATED && Znodes.name(event.path()).startsWith(kind);
  }

  private Iterator<String> inOrder(Znodes.Listing listing) {
    return listing.names().stream().filter(name -> name.startsWith(kind)).sorted().iterator();
  }

  /** The first that nobody else has taken meanwhile. */
  private CompletionStage<Optional<ByteString>> first(
      Iterator<String> names, BiFunction<String, Answer.Node, CompletionStage<ByteString>> then) {
    if (!names.hasNext()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    String item = Znodes.child(path, names.next());
    CompletionStage<Optional<ByteString>> data =
        znodes.read(item).thenCompose(node -> then.apply(item, node)).thenApply(Optional::of);
    return Znodes.or(data, ErrorCode.NO_NODE, () -> first(names, then));
  }
}
