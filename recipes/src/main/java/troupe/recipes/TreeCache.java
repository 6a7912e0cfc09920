package troupe.recipes;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Session;
import troupe.client.SessionEvent;
import troupe.client.Stat;
import troupe.client.TroupeClient;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/**
 * Follows znodes and keeps what they have: one, the children of one, or all below it. Its subscriber hears of all that is
 * there, and then of each change, in the order in which they happened.
 *
 * <p>Each znode is as it was when it was read, which is soon after it changed; changes that follow each other closely may be
 * told as one. No change stays unseen, whatever becomes of servers. Znodes that the session may not read are not there for
 * it. A znode's numbers of children are those of the time when its data was read.
 */
public final class TreeCache {
  /** A znode as it was read. */
  public record Node(ByteString data, Stat stat) {}

  /** All that the actor understands. */
  public sealed interface Command {}

  /** Answered at once; with nothing if not all has been read yet. */
  public record GetNodes(ActorRef<Optional<SortedMap<String, Node>>> replyTo) implements Command {}

  /** Stop following. */
  public record Stop() implements Command {}

  /** What the subscriber is told. */
  public sealed interface Event permits Filled, Added, Updated, Removed, Suspended, Resumed, Lost {}

  /** All that is there, by path: first of all, and only then. */
  public record Filled(SortedMap<String, Node> nodes) implements Event {}

  public record Added(String path, Node node) implements Event {}

  /** The data was set, or the znode was deleted and created again. */
  public record Updated(String path, Node node) implements Event {}

  /** @param before as it was known last */
  public record Removed(String path, Node before) implements Event {}

  // What the actor hears from its session.

  /** @param zxid none of what was read is older */
  record Read(NavigableMap<String, Node> nodes, long zxid) implements Command {}

  record Changed(WatchEvent change, Optional<Node> node) implements Command {}

  record Broken(Failure failure) implements Command {}

  record ReadAgain() implements Command {}

  record SessionChanged(SessionEvent event) implements Command {}

  private final Znodes znodes;
  private final String path;
  private final WatchScope scope;

  private TreeCache(Znodes znodes, String path, WatchScope scope) {
    this.znodes = znodes;
    this.path = path;
    this.scope = scope;
  }

  /** @param scope which znodes are followed: that at the path, its children without itself, or itself and all below */
  public static Behavior<Command> create(
      ActorRef<Session.Command> session, String path, WatchScope scope, ActorRef<Event> subscriber) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> new Following(
        context, timers, new TreeCache(Znodes.of(session), path, scope), subscriber).begin()));
  }

  /** Follows until it is told to {@link Stop}; the subscriber hears of events one at a time, and must not wait. */
  public static ActorRef<Command> follow(
      ActorSystem<?> system, TroupeClient client, String path, WatchScope scope, Consumer<Event> subscriber) {
    return new Facade(system, client).spawn(events -> create(client.session(), path, scope, events), subscriber);
  }

  Znodes znodes() {
    return znodes;
  }

  String path() {
    return path;
  }

  WatchScope scope() {
    return scope;
  }

  /** Reads all that is there. What changes meanwhile is found both in this, perhaps, and among the changes behind it. */
  CompletionStage<Read> readAll() {
    return znodes.exists(path).thenCompose(begin -> {
      ConcurrentSkipListMap<String, Node> found = new ConcurrentSkipListMap<>();
      CompletionStage<Done> read = switch (scope) {
        case NODE -> readInto(found, path);
        case CHILDREN -> readChildren(path, child -> readInto(found, child));
        case SUBTREE -> readSubtree(found, path);
      };
      return read.thenApply(all -> new Read(new TreeMap<>(found), begin.zxid()));
    });
  }

  private CompletionStage<Done> readSubtree(SortedMap<String, Node> found, String top) {
    return readInto(found, top).thenCompose(there ->
        found.containsKey(top) ? readChildren(top, child -> readSubtree(found, child)) : Znodes.done());
  }

  private CompletionStage<Done> readChildren(
      String parent, Function<String, CompletionStage<Done>> reader) {
    CompletionStage<List<String>> names = unlessHidden(
        znodes.children(parent).thenApply(Znodes.Listing::names), List.of());
    return names.thenCompose(all -> CompletableFuture.allOf(all.stream()
        .map(name -> reader.apply(Znodes.child(parent, name)).toCompletableFuture()).toArray(CompletableFuture[]::new))
        .thenApply(read -> Done.getInstance()));
  }

  private CompletionStage<Done> readInto(SortedMap<String, Node> found, String each) {
    return read(each).thenApply(node -> {
      node.ifPresent(there -> found.put(each, there));
      return Done.getInstance();
    });
  }

  CompletionStage<Optional<Node>> read(String each) {
    CompletionStage<Optional<Node>> node =
        znodes.read(each).thenApply(answer -> Optional.of(new Node(answer.data(), answer.stat())));
    return Znodes.or(unlessHidden(node, Optional.empty()), ErrorCode.NO_NODE,
        () -> CompletableFuture.completedStage(Optional.empty()));
  }

  private static <T> CompletionStage<T> unlessHidden(CompletionStage<T> stage, T instead) {
    return Znodes.or(stage, ErrorCode.NO_AUTH, () -> CompletableFuture.completedStage(instead));
  }
}
