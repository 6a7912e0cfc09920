package troupe.tools;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import troupe.ensemble.Zxid;
import troupe.persistence.Backup;
import troupe.persistence.Batch;
import troupe.persistence.JournalStores;
import troupe.persistence.Room;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Owner;
import troupe.tree.Password;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;
import troupe.tree.Znode;

/** The data directory of a server, written by the actor that writes it in a server; and the tree it leads to. */
final class ServerData implements AutoCloseable {
  static final long SESSION = 1L << 56 | 7;
  static final long TIME = 1_700_000_000_000L;
  static final Acl GUARDED = Acl.of(List.of(new Acl.Entry(31, new Identity("digest", "alice:c2VjcmV0IGhhc2g="))));

  private final Path directory;
  private final ActorSystem<TransactionLog.Command> log;
  private DataTree tree = DataTree.initial();
  private long epoch;
  private long position;
  private final List<SnapshotRef> snapshots = new ArrayList<>();

  /** @param directory the tree in there must be known: a new one */
  ServerData(Path directory) {
    this.directory = directory;
    log = ActorSystem.create(TransactionLog.create(() -> Room.ENOUGH), "data", ConfigFactory.parseString("""
        pekko {
          loglevel = ERROR
          stdout-loglevel = OFF
          actor.provider = local
          actor.allow-java-serialization = off
          coordinated-shutdown.run-by-jvm-shutdown-hook = off
          persistence.typed.stash-overflow-strategy = fail
        }
        troupe.persistence {
          data-dir = "%s"
          log-dir = ""
          free-space-reserve = 0
          leveldb { native = on, write-buffer-size = 256KiB, block-cache-size = 1MiB, compression = off }
        }
        """.formatted(directory)).withFallback(ConfigFactory.defaultReferenceUnresolved()).resolve());
  }

  /** A server with some of everything: two snapshots, a tail that was given up, two epochs. */
  static DataTree write(Path directory) throws IOException {
    try (ServerData data = new ServerData(directory)) {
      data.begin(1);
      data.commit(new Change.SessionOpened(new SessionInfo(30_000, new Password(5, 6))));
      data.commit(
          create("/orders", "äpfel"), create("/orders/n-0000000000", "1"), create("/orders/n-0000000001", "2"),
          new Change.CreateNode("/orders/raw", new byte[] {0, 1, (byte) 0xff}, Acl.OPEN, Owner.NONE),
          new Change.CreateNode("/guarded", "x".getBytes(StandardCharsets.UTF_8), GUARDED, Owner.NONE),
          new Change.CreateNode("/mine", Znode.NO_DATA, Acl.OPEN, SESSION));
      data.snapshot();
      data.commit(new Change.DeleteNode("/orders/n-0000000001"));
      data.commit(new Change.Failed(ErrorCode.NO_NODE));
      data.commit(new Change.SetNodeData("/orders", "birnen".getBytes(StandardCharsets.UTF_8), 1),
          new Change.SetNodeAcl("/orders/raw", GUARDED, 1),
          new Change.Several(List.of(create("/m", ""), new Change.Checked(), create("/m/1", ""))));
      data.snapshot();
      DataTree before = data.tree;
      data.commit(create("/never", ""));
      data.giveUpAllAfter(before);
      data.begin(2);
      data.commit(create("/orders/later", "z"));
      return data.tree;
    }
  }

  static Change create(String path, String text) {
    return new Change.CreateNode(path, text.getBytes(StandardCharsets.UTF_8), Acl.OPEN, Owner.NONE);
  }

  DataTree tree() {
    return tree;
  }

  /** The next epoch, with this server as its leader. */
  void begin(long next) {
    epoch = next;
    ask(replyTo -> new TransactionLog.AcceptEpoch(next, replyTo));
    ask(replyTo -> new TransactionLog.EstablishEpoch(next, replyTo));
  }

  void commit(Change... changes) {
    append(0, changes);
  }

  /** A batch that says of its tree what is not so. */
  void commitWithAWrongDigest(Change... changes) {
    append(1, changes);
  }

  private void append(long error, Change... changes) {
    List<Transaction> transactions = new ArrayList<>();
    for (Change change : changes) {
      Zxid zxid = tree.lastZxid().epoch() == epoch ? tree.lastZxid().next() : new Zxid(epoch, 1);
      transactions.add(new Transaction(zxid, SESSION, transactions.size(), TIME + zxid.counter(), change));
      tree = tree.apply(transactions.getLast()).tree();
    }
    Batch batch = Batch.of(transactions, tree.digest() + error);
    position = switch (ask(replyTo -> new TransactionLog.Append(batch, replyTo))) {
      case TransactionLog.Reply.Durable durable -> durable.position();
      case TransactionLog.Reply other -> throw new IllegalStateException("not durable: " + other);
    };
  }

  void snapshot() throws IOException {
    SnapshotRef ref = new SnapshotRef(
        tree.lastZxid(), position, "snapshot." + Long.toHexString(tree.lastZxidNumber()), tree.digest());
    Files.createDirectories(directory.resolve("snapshots"));
    Backup.write(tree, directory.resolve("snapshots").resolve(ref.file()));
    ask(replyTo -> new TransactionLog.RecordSnapshot(ref, 3, replyTo));
    snapshots.add(ref);
  }

  /** Deletes the log before the oldest of so many snapshots, and older snapshots. */
  void purge(int kept) throws IOException {
    List<SnapshotRef> old = snapshots.subList(0, snapshots.size() - kept);
    for (SnapshotRef each : old) {
      Files.delete(directory.resolve("snapshots").resolve(each.file()));
    }
    JournalStores.of(log).journal().deleteTo("transaction-log", snapshots.get(old.size()).position());
  }

  void giveUpAllAfter(DataTree kept) {
    tree = kept;
    ask(replyTo -> new TransactionLog.Truncate(kept.lastZxid(), replyTo));
  }

  private TransactionLog.Reply ask(Function<ActorRef<TransactionLog.Reply>, TransactionLog.Command> command) {
    return AskPattern.<TransactionLog.Command, TransactionLog.Reply>ask(
        log, command::apply, Duration.ofSeconds(30), log.scheduler()).toCompletableFuture().join();
  }

  @Override
  public void close() {
    log.terminate();
    log.getWhenTerminated().toCompletableFuture().join();
  }

  /** What a tree holds, line by line. */
  static List<String> contents(DataTree tree) {
    List<String> lines = new ArrayList<>();
    tree.forEachSession((id, session) -> lines.add("session " + id + " " + session.timeout() + " "
        + session.password().high() + " " + session.password().low()));
    tree.forEachNode((depth, name, node) -> lines.add(depth + " " + name + " " + node.stat() + " " + node.owner() + " "
        + node.creations() + " " + node.acl() + (node.data() == Znode.NO_DATA ? " none" : " data")
        + Arrays.hashCode(node.data())));
    lines.sort(null); // the order of children is not the tree's promise
    lines.add(tree.lastZxid() + " " + tree.digest() + " " + tree.nodeCount());
    return lines;
  }

  /** Every file below a directory, with its content. */
  static SortedMap<Path, Integer> files(Path directory) {
    SortedMap<Path, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        contents.put(file, Files.isDirectory(file) ? 0 : Arrays.hashCode(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return contents;
  }

  /** Flips one bit in the middle of a file. */
  static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /** LevelDB's write-ahead log with the events. */
  static Path eventLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("log").resolve("events"))) {
      return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
  }
}
