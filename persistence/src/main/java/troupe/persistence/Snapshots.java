package troupe.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.metrics.Metrics;
import troupe.tree.DataTree;

/**
 * Writes the tree to a file every so many transactions, in the background, and removes what is no longer needed.
 *
 * <p>The tree is a value, so the snapshot is consistent, however long it takes to write. One that cannot be written
 * costs nothing but a longer recovery: the log still has everything.
 */
public final class Snapshots {
  /** All that this actor understands. */
  public sealed interface Command {}

  /**
   * From the replica: this is the committed tree.
   *
   * @param transactions how many it took since the last of these messages
   */
  public record Advanced(TreeAt committed, int transactions) implements Command {}

  /** Write one now, of what is committed by then. */
  public record TakeNow(ActorRef<Result> replyTo) implements Command {}

  /** The answer to {@link TakeNow}. */
  public sealed interface Result {}

  /** It is on the disk, and the log knows of it. */
  public record Taken(SnapshotRef snapshot) implements Result {}

  /** @param why for people */
  public record NotTaken(String why) implements Result {}

  record Written(SnapshotRef snapshot) implements Command {}

  record NotWritten(Throwable cause) implements Command {}

  record LogReplied(TransactionLog.Reply reply) implements Command {}

  record Purged() implements Command {}

  record NotPurged(Throwable cause) implements Command {}

  static final String PREFIX = "snapshot.";

  private final ActorContext<Command> context;
  private final SnapshotSettings settings;
  private final JournalStore journal;
  private final ActorRef<TransactionLog.Command> log;
  private final RandomGenerator random;
  private final Metrics metrics;
  private final Executor disk;
  private final ActorRef<TransactionLog.Reply> logReplies;
  private final Supplier<Optional<TreeAt>> committed;

  /** Who wait for the next one to begin, and who for the one that is being written. */
  private final List<ActorRef<Result>> asking = new ArrayList<>();
  private final List<ActorRef<Result>> waiting = new ArrayList<>();
  private long untilNext;
  private boolean writing;

  private Snapshots(
      ActorContext<Command> context,
      SnapshotSettings settings,
      JournalStore journal,
      ActorRef<TransactionLog.Command> log,
      RandomGenerator random,
      Supplier<Optional<TreeAt>> committed,
      Metrics metrics) {
    this.context = context;
    this.settings = settings;
    this.journal = journal;
    this.log = log;
    this.random = random;
    this.committed = committed;
    this.metrics = metrics;
    this.disk = context.getSystem().dispatchers().lookup(
        DispatcherSelector.fromConfig("troupe.persistence.snapshot-dispatcher"));
    this.logReplies = context.messageAdapter(TransactionLog.Reply.class, LogReplied::new);
    drawNext();
  }

  /**
   * @param random draws how many transactions there are to be until the next snapshot
   * @param committed the newest committed tree; none as long as nobody knows what is committed
   */
  public static Behavior<Command> create(
      SnapshotSettings settings,
      JournalStore journal,
      ActorRef<TransactionLog.Command> log,
      RandomGenerator random,
      Supplier<Optional<TreeAt>> committed,
      Metrics metrics) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(
        new Snapshots(context, settings, journal, log, random, committed, metrics)::onMessage));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Advanced advanced -> {
        untilNext -= advanced.transactions();
        if (untilNext <= 0 && !writing) {
          write(advanced.committed());
        }
      }
      case TakeNow take -> {
        asking.add(take.replyTo());
        if (!writing) {
          writeForThoseWhoAsked();
        }
      }
      case Written written ->
          log.tell(new TransactionLog.RecordSnapshot(written.snapshot(), kept(), logReplies));
      case NotWritten failed -> {
        context.getLog().warn("no snapshot this time: {}. The log keeps everything until one succeeds",
            failed.cause().getMessage());
        metrics.snapshotFailed();
        answer(new NotTaken(failed.cause().getMessage()));
        rest();
      }
      case LogReplied replied -> onLog(replied.reply());
      case Purged purged -> rest();
      case NotPurged failed -> {
        context.getLog().warn("old snapshots and log were not removed: {}", failed.cause().getMessage());
        rest();
      }
    }
    return Behaviors.same();
  }

  private void writeForThoseWhoAsked() {
    Optional<TreeAt> now = committed.get();
    waiting.addAll(asking);
    asking.clear();
    now.ifPresentOrElse(this::write, () -> answer(new NotTaken("this server does not know yet what is committed")));
  }

  private void write(TreeAt now) {
    writing = true;
    DataTree tree = now.tree();
    SnapshotRef ref = new SnapshotRef(
        tree.lastZxid(), now.position(), PREFIX + Long.toHexString(tree.lastZxidNumber()), tree.digest());
    context.getLog().info("snapshot at {} begins, {} nodes", tree.lastZxid(), tree.nodeCount());
    CompletionStage<SnapshotRef> written = CompletableFuture.supplyAsync(() -> {
      try {
        if (journal.room() != Room.ENOUGH) {
          throw new IOException("the log needs what is left of its disk");
        }
        Files.createDirectories(settings.directory());
        long begun = System.nanoTime();
        SnapshotFile.write(tree, settings.directory().resolve(ref.file()));
        metrics.snapshotWritten(System.nanoTime() - begun);
        return ref;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }, disk);
    context.pipeToSelf(written, (done, failure) -> failure == null ? new Written(done) : new NotWritten(failure));
  }

  private void onLog(TransactionLog.Reply reply) {
    switch (reply) {
      case TransactionLog.Reply.SnapshotRecorded recorded -> {
        SnapshotRef taken = recorded.history().snapshots().getLast();
        context.getLog().info("snapshot at {} is on the disk", taken.last());
        answer(new Taken(taken));
        if (settings.purge()) {
          purge(recorded.history());
        } else {
          rest();
        }
      }
      case TransactionLog.Reply.TheHistory h -> throw unexpected(h);
      case TransactionLog.Reply.Durable d -> throw unexpected(d);
      case TransactionLog.Reply.OutOfOrder o -> throw unexpected(o);
      case TransactionLog.Reply.EpochAccepted e -> throw unexpected(e);
      case TransactionLog.Reply.EpochEstablished e -> throw unexpected(e);
      case TransactionLog.Reply.EpochRefused e -> throw unexpected(e);
      case TransactionLog.Reply.RoomLeft r -> throw unexpected(r);
      case TransactionLog.Reply.Truncated t -> throw unexpected(t);
      case TransactionLog.Reply.Installed i -> throw unexpected(i);
    }
  }

  /** Only now, when the log on disk says which snapshots count, may anything older go. */
  private void purge(History history) {
    List<SnapshotRef> kept = history.snapshots();
    CompletionStage<Void> purged = CompletableFuture.runAsync(() -> {
      try {
        removeAllBut(kept);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      // The log starts to shrink when there are as many snapshots as are to be kept: until then it reaches back to
      // the beginning, and is one more way to recover.
      if (kept.size() == settings.kept()) {
        String id = TransactionLog.PERSISTENCE_ID.id();
        journal.deleteTo(id, kept.getFirst().position());
        journal.compact(id);
      }
    }, disk);
    context.pipeToSelf(purged, (done, failure) -> failure == null ? new Purged() : new NotPurged(failure));
  }

  private void removeAllBut(List<SnapshotRef> kept) throws IOException {
    Set<String> names = kept.stream().map(SnapshotRef::file).collect(Collectors.toSet());
    List<Path> others;
    try (Stream<Path> files = Files.list(settings.directory())) {
      others = files.filter(file -> file.getFileName().toString().startsWith(PREFIX)
          && !names.contains(file.getFileName().toString())).toList();
    }
    for (Path file : others) {
      Files.delete(file);
    }
  }

  private int kept() {
    return settings.purge() ? settings.kept() : Integer.MAX_VALUE;
  }

  private void answer(Result result) {
    waiting.forEach(asked -> asked.tell(result));
    waiting.clear();
  }

  private void rest() {
    writing = false;
    drawNext();
    if (!asking.isEmpty()) {
      writeForThoseWhoAsked();
    }
  }

  /** Not all servers of an ensemble are to write at the same time. */
  private void drawNext() {
    untilNext = settings.every() / 2 + random.nextInt(settings.every() / 2) + 1;
  }

  private static IllegalStateException unexpected(TransactionLog.Reply reply) {
    return new IllegalStateException("nobody asked the log for " + reply);
  }
}
