package troupe.management;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import troupe.gateway.SlowRequest;
import troupe.session.ClientRequest;
import troupe.tree.Operation;

/** The last requests that took long. Written by the event loops of the client port. */
final class SlowLog {
  /** @param at when it was answered */
  private record Entry(Instant at, SlowRequest request) {}

  /**
   * @param at when it was answered
   * @param waitedMillis for the answer before it, of the same connection
   * @param servedMillis the rest
   */
  record SlowView(
      Instant at,
      Optional<String> session,
      String client,
      String operation,
      Optional<String> path,
      String zxid,
      long millis,
      long waitedMillis,
      long servedMillis) {}

  private static final int KEPT = 100;

  private final Deque<Entry> newestFirst = new ArrayDeque<>();

  synchronized void add(SlowRequest request) {
    newestFirst.addFirst(new Entry(Instant.now(), request));
    if (newestFirst.size() > KEPT) {
      newestFirst.removeLast();
    }
  }

  /** The newest first. */
  List<SlowView> requests() {
    List<Entry> entries;
    synchronized (this) {
      entries = new ArrayList<>(newestFirst);
    }
    return entries.stream().map(SlowLog::view).toList();
  }

  private static SlowView view(Entry entry) {
    SlowRequest slow = entry.request();
    return new SlowView(
        entry.at(),
        slow.session().isPresent() ? Optional.of(Json.hex(slow.session().getAsLong())) : Optional.empty(),
        slow.client().toString(),
        slow.operation(),
        path(slow.request()),
        Json.hex(slow.zxid()),
        slow.took().toMillis(),
        slow.waited().toMillis(),
        slow.took().minus(slow.waited()).toMillis());
  }

  private static Optional<String> path(ClientRequest request) {
    return switch (request) {
      case ClientRequest.GetData get -> Optional.of(get.path());
      case ClientRequest.Exists exists -> Optional.of(exists.path());
      case ClientRequest.GetChildren get -> Optional.of(get.path());
      case ClientRequest.GetAcl get -> Optional.of(get.path());
      case ClientRequest.CountDescendants count -> Optional.of(count.path());
      case ClientRequest.GetEphemerals get -> Optional.of(get.prefix());
      case ClientRequest.AddWatch add -> Optional.of(add.path());
      case ClientRequest.CheckWatch check -> Optional.of(check.path());
      case ClientRequest.RemoveWatch remove -> Optional.of(remove.path());
      case ClientRequest.Write write -> path(write.operation());
      case ClientRequest.WhoAmI none -> Optional.empty();
      case ClientRequest.Ping none -> Optional.empty();
      case ClientRequest.ReadMany many -> Optional.empty();
      case ClientRequest.Fail none -> Optional.empty();
      case ClientRequest.Sync none -> Optional.empty();
      case ClientRequest.ReadIndex none -> Optional.empty();
      case ClientRequest.SetWatches many -> Optional.empty();
    };
  }

  private static Optional<String> path(Operation operation) {
    return switch (operation) {
      case Operation.Create create -> Optional.of(create.path());
      case Operation.Delete delete -> Optional.of(delete.path());
      case Operation.SetData set -> Optional.of(set.path());
      case Operation.SetAcl set -> Optional.of(set.path());
      case Operation.Check check -> Optional.of(check.path());
      case Operation.DeleteContainer delete -> Optional.of(delete.path());
      case Operation.Multi multi -> multi.operations().stream().findFirst().flatMap(SlowLog::path);
      case Operation.OpenSession none -> Optional.empty();
      case Operation.CloseSession none -> Optional.empty();
      case Operation.Refused none -> Optional.empty();
    };
  }
}
