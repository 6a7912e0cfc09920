package troupe.persistence;

import com.google.protobuf.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.tree.DataTree;

/**
 * The state of an ensemble in one file: a snapshot, which has everything that clients and servers count on, znodes with
 * their stats, sequence counters and ACLs, sessions with their passwords and ephemerals. Waits for the disk.
 */
public final class Backup {
  private static final Logger LOG = LoggerFactory.getLogger(Backup.class);

  /** The last epoch of which clients, for whom a zxid has a sign, can compare the zxids. */
  private static final long LAST_EPOCH = Integer.MAX_VALUE;

  private static final long SMALLEST_LEAP = 1_000_000;
  private static final Instant DAWN = Instant.parse("2025-01-01T00:00:00Z");
  private static final Duration BETWEEN_EPOCHS = Duration.ofSeconds(10);

  private static final String UNFINISHED = "restoring";
  private static final int PART = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Backup() {}

  /** Writes a tree to a file; when this returns, the file is complete and stays. */
  public static void write(DataTree tree, Path file) throws IOException {
    SnapshotFile.write(tree, file);
  }

  /** @throws CorruptSnapshotException if the file is damaged */
  public static DataTree read(Path file) throws IOException {
    return SnapshotFile.read(file);
  }

  /**
   * Makes the data directory of a server that starts with exactly the tree of a backup, at its zxid. What was restored
   * counts for no more than it did when it was saved: where another server of the ensemble has a newer history, that
   * wins, and nothing that was committed is lost by a backup restored in the wrong place.
   *
   * <p>An interruption leaves a directory in which the restoration can be repeated.
   *
   * @param logDirectory of the server's {@code troupe.persistence.log-dir}; empty: below its data directory
   * @param promised of {@link #promisedEpoch}
   * @return what the backup says of itself
   * @throws DirectoryNotEmptyException if a server has left data there; it names the directory
   * @throws DirectoryInUseException if a server runs there
   * @throws CorruptSnapshotException if the backup is damaged
   */
  public static SnapshotScan.Head restore(
      Path backup, Path dataDirectory, Optional<Path> logDirectory, long promised) throws IOException {
    SnapshotScan.Head head = SnapshotScan.scan(backup, new SnapshotScan.Visitor() {});
    if (promised <= head.last().epoch()) {
      throw new IllegalArgumentException("epoch " + promised + " is not later than that of " + head.last());
    }
    try (DataDirectory data = DataDirectory.hold(dataDirectory)) {
      Path log = logDirectory.map(path -> path.toAbsolutePath().normalize()).orElse(data.path().resolve("log"));
      Path snapshots = data.path().resolve("snapshots");
      DirectoryLock lock = DirectoryLock.take(
          log, LevelDbStore.LOCK, "log directory", "troupe.persistence.log-dir");
      try (lock) {
        Path unfinished = log.resolve(UNFINISHED);
        checkEmpty(log, snapshots, unfinished);
        Files.createDirectories(unfinished);
        Files.createDirectories(snapshots);
        syncDirectory(log);
        syncDirectory(data.path());
        SnapshotRef ref = new SnapshotRef(
            head.last(), 0, Snapshots.PREFIX + Long.toHexString(head.last().toLong()), head.digest());
        copy(backup, snapshots, ref);
        install(ref, unfinished, promised);
        // In this order: events without values are refused by a server, values alone would be taken for a log.
        Files.move(unfinished.resolve("events"), log.resolve("events"), StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(log);
        Files.move(unfinished.resolve("values"), log.resolve("values"), StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(log);
        delete(unfinished);
      }
    }
    return head;
  }

  /**
   * The epoch that restored servers are to have promised, so that the next one, in which they serve, is later than any
   * that the lost ensemble has had. Else there would be two transactions with one zxid, and a client of both would
   * believe what it has read in the one of the other.
   *
   * <p>How many epochs the ensemble has had since the backup, nobody can say any more. An epoch is a leader's time in
   * office. So the leap is one epoch for every ten seconds since 2025, and a million at least: it is never caught up
   * with, and the same backup restored again later leaps further. Clients, for whom the epoch has 31 bits, do not run
   * out of them before some hundred restorations of what was restored.
   *
   * @param backup the epoch of the backup's last transaction
   * @param nextAtLeast what the next epoch has to be at least, for those who know better
   * @throws IllegalArgumentException if that leads beyond what clients understand
   */
  public static long promisedEpoch(long backup, OptionalLong nextAtLeast, Instant now) {
    long leap = Math.max(SMALLEST_LEAP, Duration.between(DAWN, now).dividedBy(BETWEEN_EPOCHS));
    long promised = Math.max(backup + leap, nextAtLeast.orElse(0) - 1);
    if (promised >= LAST_EPOCH) {
      throw new IllegalArgumentException("the next epoch would be " + (promised + 1) + ", the last that clients"
          + " understand is " + LAST_EPOCH);
    }
    return promised;
  }

  private static void checkEmpty(Path log, Path snapshots, Path unfinished) throws IOException {
    if (Files.exists(log.resolve("events")) || Files.exists(log.resolve("values"))) {
      throw new DirectoryNotEmptyException(log.toString());
    }
    if (Files.exists(unfinished)) {
      delete(unfinished); // and the snapshot it came to is written anew
    } else if (Files.isDirectory(snapshots)) {
      try (Stream<Path> files = Files.list(snapshots)) {
        if (files.findAny().isPresent()) {
          throw new DirectoryNotEmptyException(snapshots.toString());
        }
      }
    }
  }

  /** As a server takes the snapshot of another. */
  private static void copy(Path backup, Path snapshots, SnapshotRef ref) throws IOException {
    try (SnapshotSink sink = new SnapshotSink(snapshots, ref); InputStream in = Files.newInputStream(backup)) {
      for (byte[] part = in.readNBytes(PART); part.length > 0; part = in.readNBytes(PART)) {
        sink.append(ByteString.copyFrom(part));
      }
      sink.complete();
    }
  }

  /** As a server records such a snapshot: the log's own actor writes the log's events. */
  private static void install(SnapshotRef ref, Path log, long promised) throws IOException {
    LOG.debug("{} goes into {}", ref, log); // and logging is there before several threads ask for it at once
    ActorSystem<TransactionLog.Command> system =
        ActorSystem.create(TransactionLog.create(() -> Room.ENOUGH), "restoration", config(log));
    try {
      long epoch = ref.last().epoch();
      if (epoch > 0) {
        ask(system, replyTo -> new TransactionLog.AcceptEpoch(epoch, replyTo));
        ask(system, replyTo -> new TransactionLog.EstablishEpoch(epoch, replyTo));
      }
      ask(system, replyTo -> new TransactionLog.Install(ref, replyTo));
      ask(system, replyTo -> new TransactionLog.AcceptEpoch(promised, replyTo));
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
    sync(log);
  }

  private static void ask(
      ActorSystem<TransactionLog.Command> log,
      Function<ActorRef<TransactionLog.Reply>, TransactionLog.Command> command) throws IOException {
    try {
      AskPattern.<TransactionLog.Command, TransactionLog.Reply>ask(log, command::apply, PATIENCE, log.scheduler())
          .toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException("the new log cannot be written; the lines above say why", e.getCause());
    }
  }

  /** An actor system that has nothing but a log. */
  private static Config config(Path log) {
    return ConfigFactory.parseString("""
        pekko {
          stdout-loglevel = OFF
          loglevel = WARNING
          jvm-shutdown-hooks = off
          coordinated-shutdown.run-by-jvm-shutdown-hook = off
          persistence.typed.stash-overflow-strategy = fail
          actor {
            provider = local
            allow-java-serialization = off
            serializers.troupe-log = "troupe.persistence.LogSerializer"
            serialization-bindings {
              "troupe.persistence.TransactionLog$Event" = troupe-log
              "troupe.persistence.History" = troupe-log
            }
          }
        }
        troupe.persistence {
          free-space-reserve = 0
          leveldb { native = on, write-buffer-size = 1MiB, block-cache-size = 1MiB, compression = off }
        }
        """)
        .withFallback(ConfigFactory.parseMap(Map.of(
            "troupe.persistence.data-dir", ConfigValueFactory.fromAnyRef(log.toString()),
            "troupe.persistence.log-dir", ConfigValueFactory.fromAnyRef(log.toString()))))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  private static void sync(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.toList();
    }
    for (Path each : all) {
      if (Files.isDirectory(each)) {
        syncDirectory(each);
      } else {
        try (FileChannel file = FileChannel.open(each, StandardOpenOption.WRITE)) {
          file.force(true);
        }
      }
    }
  }

  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
