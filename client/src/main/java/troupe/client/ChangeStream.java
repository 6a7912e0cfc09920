package troupe.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Source;

/** A stream of changes on the side of its taker: asks its session for more whenever there is room. */
final class ChangeStream {
  private ChangeStream() {}

  static Source<WatchEvent, NotUsed> of(
      ActorRef<Session.Command> session, String path, WatchScope scope, Optional<Long> after) {
    return Source.<List<WatchEvent>, Long>unfoldResourceAsync(
            () -> {
              CompletableFuture<Long> opened = new CompletableFuture<>();
              session.tell(new Session.OpenStream(path, scope, after, opened));
              return opened;
            },
            stream -> {
              CompletableFuture<List<WatchEvent>> more = new CompletableFuture<>();
              session.tell(new Session.TakeChanges(stream, more));
              return more.thenApply(Optional::of);
            },
            stream -> {
              session.tell(new Session.CloseStream(stream));
              return CompletableFuture.completedFuture(Done.getInstance());
            })
        .mapConcat(changes -> changes);
  }
}
