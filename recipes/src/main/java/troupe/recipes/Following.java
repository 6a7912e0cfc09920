package troupe.recipes;

import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.MessageAdaptionFailure;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.japi.pf.PFBuilder;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Session;
import troupe.client.SessionEvent;
import troupe.client.WatchEvent;

/** The actor of a {@link TreeCache}: reads all, then what changes; all again where changes have been forgotten. */
final class Following {
  private static final Duration READ_AGAIN_AFTER = Duration.ofMillis(500);
  private static final int READS_AT_ONCE = 64;

  private final ActorContext<TreeCache.Command> context;
  private final TimerScheduler<TreeCache.Command> timers;
  private final TreeCache cache;
  private final ActorRef<TreeCache.Event> subscriber;
  private final ActorRef<SessionEvent> sessionEvents;
  private Optional<NavigableMap<String, TreeCache.Node>> nodes = Optional.empty();
  private Optional<UniqueKillSwitch> changes = Optional.empty();
  private boolean suspended;

  Following(
      ActorContext<TreeCache.Command> context,
      TimerScheduler<TreeCache.Command> timers,
      TreeCache cache,
      ActorRef<TreeCache.Event> subscriber) {
    this.context = context;
    this.timers = timers;
    this.cache = cache;
    this.subscriber = subscriber;
    this.sessionEvents = context.messageAdapter(SessionEvent.class, TreeCache.SessionChanged::new);
  }

  Behavior<TreeCache.Command> begin() {
    context.setLoggerName(TreeCache.class);
    context.watchWith(subscriber, new TreeCache.Stop());
    context.watchWith(session(), new TreeCache.Broken(Answering.STOPPED));
    session().tell(new Session.Subscribe(sessionEvents));
    readAll();
    return Behaviors.receive((same, message) -> onMessage(message), (same, signal) -> onSignal(signal));
  }

  private ActorRef<Session.Command> session() {
    return cache.znodes().session();
  }

  private Behavior<TreeCache.Command> onMessage(TreeCache.Command message) {
    switch (message) {
      case TreeCache.GetNodes get -> get.replyTo().tell(nodes.map(TreeMap::new));
      case TreeCache.Stop stop -> {
        return Behaviors.stopped();
      }
      case TreeCache.Read read -> onRead(read);
      case TreeCache.Changed changed when changed.change().kind() == WatchEvent.Kind.DELETED ->
          remove(changed.change());
      case TreeCache.Changed changed -> changed.node().ifPresent(node -> put(changed.change().path(), node));
      case TreeCache.Broken broken when isPassing(broken.failure()) ->
          timers.startSingleTimer(new TreeCache.ReadAgain(), READ_AGAIN_AFTER);
      case TreeCache.Broken broken -> {
        return lost(broken.failure());
      }
      case TreeCache.ReadAgain again -> readAll();
      case TreeCache.SessionChanged changed -> {
        return onSession(changed.event());
      }
    }
    return Behaviors.same();
  }

  private static boolean isPassing(Failure failure) {
    return failure.code() == ErrorCode.COMPACTED || failure.code() == ErrorCode.THROTTLED;
  }

  private void readAll() {
    CompletionStage<TreeCache.Read> all = cache.readAll();
    context.pipeToSelf(all, (read, thrown) -> thrown == null ? read : new TreeCache.Broken(Znodes.failure(thrown)));
  }

  private void onRead(TreeCache.Read read) {
    if (nodes.isEmpty()) {
      nodes = Optional.of(read.nodes());
      subscriber.tell(new TreeCache.Filled(new TreeMap<>(read.nodes())));
    } else {
      for (String gone : new TreeSet<>(nodes.get().descendingKeySet())) {
        if (!read.nodes().containsKey(gone)) {
          subscriber.tell(new TreeCache.Removed(gone, nodes.get().remove(gone)));
        }
      }
      read.nodes().forEach(this::put);
    }
    follow(read.zxid());
  }

  private void follow(long after) {
    ActorRef<TreeCache.Command> self = context.getSelf();
    changes = Optional.of(Session.changes(session(), cache.path(), cache.scope(), Optional.of(after))
        .mapAsync(READS_AT_ONCE, this::read)
        .recover(new PFBuilder<Throwable, TreeCache.Command>()
            .matchAny(thrown -> new TreeCache.Broken(Znodes.failure(thrown))).build())
        .viaMat(KillSwitches.single(), Keep.right())
        .to(Sink.foreach(self::tell))
        .run(context.getSystem()));
  }

  private CompletionStage<TreeCache.Command> read(WatchEvent change) {
    return change.kind() == WatchEvent.Kind.DELETED
        ? CompletableFuture.completedStage(new TreeCache.Changed(change, Optional.empty()))
        : cache.read(change.path()).thenApply(node -> new TreeCache.Changed(change, node));
  }

  /** What was read is at least as new as the change that made us read it, and may be newer than some that follow. */
  private void put(String path, TreeCache.Node node) {
    TreeCache.Node before = nodes.orElseThrow().get(path);
    if (before == null) {
      nodes.get().put(path, node);
      subscriber.tell(new TreeCache.Added(path, node));
    } else if (Long.compareUnsigned(node.stat().mzxid(), before.stat().mzxid()) > 0) {
      nodes.get().put(path, node);
      subscriber.tell(new TreeCache.Updated(path, node));
    }
  }

  private void remove(WatchEvent deletion) {
    TreeCache.Node before = nodes.orElseThrow().get(deletion.path());
    if (before != null && Long.compareUnsigned(before.stat().czxid(), deletion.zxid()) <= 0) {
      nodes.get().remove(deletion.path());
      subscriber.tell(new TreeCache.Removed(deletion.path(), before));
    }
  }

  private Behavior<TreeCache.Command> onSession(SessionEvent event) {
    switch (event) {
      case SessionEvent.Connecting connecting -> {}
      case SessionEvent.Connected connected -> {
        if (suspended) {
          suspended = false;
          subscriber.tell(new Resumed());
        }
      }
      case SessionEvent.Suspended now -> {
        suspended = true;
        subscriber.tell(new Suspended(now.reason()));
      }
      case SessionEvent.Expired expired -> {
        return lost(ClaimSetup.EXPIRED);
      }
      case SessionEvent.Ended ended -> {
        return lost(ended.failure());
      }
    }
    return Behaviors.same();
  }

  private Behavior<TreeCache.Command> lost(Failure failure) {
    subscriber.tell(new Lost(failure));
    return Behaviors.stopped();
  }

  private Behavior<TreeCache.Command> onSignal(Signal signal) {
    return switch (signal) {
      case PostStop stopped -> {
        changes.ifPresent(UniqueKillSwitch::shutdown);
        session().tell(new Session.Unsubscribe(sessionEvents));
        yield Behaviors.same();
      }
      case MessageAdaptionFailure failure -> throw new IllegalStateException(failure.exception());
      default -> Behaviors.unhandled();
    };
  }
}
