package troupe.conformance;

import static troupe.conformance.Client.bytes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import troupe.conformance.History.Acquire;
import troupe.conformance.History.Answer;
import troupe.conformance.History.Append;
import troupe.conformance.History.Created;
import troupe.conformance.History.Done;
import troupe.conformance.History.Lost;
import troupe.conformance.History.Outcome;
import troupe.conformance.History.Read;
import troupe.conformance.History.Refused;
import troupe.conformance.History.Release;
import troupe.conformance.History.Request;
import troupe.conformance.History.Seen;
import troupe.conformance.History.SyncedRead;
import troupe.conformance.History.Told;
import troupe.conformance.History.Write;

/**
 * One session of the stock client that goes wherever it is served, asks for this and that as fast as it is answered,
 * and writes down what it is told. All that it is told comes on one thread, that of the client's events.
 */
final class HistorySession implements Watcher {
  private static final int WINDOW = 8; // enough that a fault meets some of each kind
  private static final int REGISTERS = 5; // few, so that sessions meet each other

  /** A client that can go without a word. */
  private static final class Connection extends ZooKeeper {
    Connection(String connectString, int sessionTimeoutMillis, Watcher watcher) throws IOException {
      super(connectString, sessionTimeoutMillis, watcher);
    }

    void vanish() {
      cnxn.disconnect();
    }
  }

  /** What a session knows of the lock. After a loss it knows nothing, and asks no more. */
  private enum Lock { NOT_HELD, ASKED, HELD, UNKNOWN }

  private final String name;
  private final String root;
  private final LongAdder acknowledged;
  private final Connection client;
  private final CountDownLatch connected = new CountDownLatch(1);
  private final Semaphore window = new Semaphore(WINDOW);
  private final Map<String, Integer> versions = new ConcurrentHashMap<>();
  private final List<Told> told = new ArrayList<>(); // on the client's event thread, until this is finished
  private final Queue<String> connections = new ConcurrentLinkedQueue<>();
  private int changes; // of the connection; likewise
  private int number; // of the next request; on the loader's thread
  private Thread loader = Thread.ofVirtual().unstarted(() -> {});
  private volatile Lock lock = Lock.NOT_HELD;
  private volatile boolean stopped;

  private HistorySession(
      String connectString, int sessionTimeoutMillis, String root, String name, LongAdder acknowledged)
      throws IOException {
    this.name = name;
    this.root = root;
    this.acknowledged = acknowledged;
    this.client = new Connection(connectString, sessionTimeoutMillis, this);
  }

  /**
   * A session that is connected and has an ephemeral of its own.
   *
   * @param name begins the data of each node that it writes
   * @param acknowledged counts the writes of all sessions that were acknowledged
   */
  static HistorySession connect(
      String connectString, int sessionTimeoutMillis, String root, String name, LongAdder acknowledged)
      throws Exception {
    var session = new HistorySession(connectString, sessionTimeoutMillis, root, name, acknowledged);
    if (!session.connected.await(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(name + " found no server");
    }
    session.client.create(session.ephemeral(), bytes(name), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    return session;
  }

  /** Makes what sessions work on. */
  static void prepare(Client client, String root) throws KeeperException, InterruptedException {
    client.create(root);
    client.create(root + "/live");
    client.create(root + "/log");
    for (String register : registers(root)) {
      client.create(register);
    }
  }

  private static List<String> registers(String root) {
    return IntStream.range(0, REGISTERS).mapToObj(i -> root + "/r" + i).toList();
  }

  String name() {
    return name;
  }

  String ephemeral() {
    return root + "/live/" + name;
  }

  long id() {
    return client.getSessionId();
  }

  /** Asks and asks, until it is finished. */
  void load(RandomGenerator random) {
    loader = Thread.ofVirtual().start(() -> {
      while (!stopped && client.getState().isAlive()) { // a client without a session answers at once, for ever
        window.acquireUninterruptibly();
        ask(draw(random));
      }
    });
  }

  /** Asks for nothing more and returns when all has been answered, and every register read once more. */
  History.Session finish() throws Exception {
    stopped = true;
    if (!loader.join(Await.LIMIT)) {
      throw new AssertionError(name + " is not answered");
    }
    Await.until(name + " is back", this::isBack);
    for (String register : registers(root)) {
      window.acquire();
      ask(new SyncedRead(register));
    }
    if (!window.tryAcquire(WINDOW, Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(name + " is not answered");
    }
    window.release(WINDOW);
    return new History.Session(name, told);
  }

  /** What its connection went through. */
  String connections() {
    return name + ": " + connections;
  }

  /** Whether it is connected; fails if its session is over. */
  boolean isBack() {
    if (!client.getState().isAlive()) {
      throw new AssertionError(name + " lost its session, after its connection was " + connections);
    }
    return client.getState().isConnected();
  }

  void vanish() {
    client.vanish();
  }

  void close() {
    stopped = true;
    try {
      client.close();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while " + name + " closed", e);
    }
  }

  @Override
  public void process(WatchedEvent event) {
    if (event.getType() != Event.EventType.None) {
      told.add(new History.Event(event.getPath()));
    } else {
      changes++;
      connections.add(event.getState() + " at " + LocalTime.now() + " " + client);
      if (event.getState() == Event.KeeperState.SyncConnected) {
        connected.countDown();
      }
    }
  }

  private Request draw(RandomGenerator random) {
    String register = root + "/r" + random.nextInt(REGISTERS);
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> new Write(register, data(), OptionalInt.empty());
      case 3 -> new Write(register, data(), OptionalInt.of(versions.getOrDefault(register, 0)));
      case 4, 5 -> new Read(register, random.nextBoolean());
      case 6, 7 -> new SyncedRead(register);
      case 8 -> switch (lock) {
        case NOT_HELD -> new Acquire();
        case HELD -> new Release();
        case ASKED, UNKNOWN -> new Append(data());
      };
      default -> new Append(data());
    };
  }

  private String data() {
    return name + "-" + number;
  }

  private void ask(Request request) {
    int own = number++;
    long asked = System.nanoTime();
    switch (request) {
      case Write write -> client.setData(
          write.path(), bytes(write.data()), write.expected().orElse(-1),
          (code, path, context, stat) -> hear(own, request, asked, code, () -> seen(path, write.data(), stat)), null);
      case Read read -> client.getData(
          read.path(), read.watched(),
          (code, path, context, data, stat) -> hear(own, request, asked, code, () -> seen(path, text(data), stat)),
          null);
      case SyncedRead read -> {
        var synced = new boolean[1]; // written and read on the client's event thread
        client.sync(read.path(), (code, path, context) -> synced[0] = code == 0, null);
        client.getData(
            read.path(), false,
            (code, path, context, data, stat) -> hear(
                own, synced[0] ? read : new Read(path, false), asked, code, () -> seen(path, text(data), stat)),
            null);
      }
      case Append append -> client.create(
          root + HistoryOfAppends.NAME, bytes(append.data()), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL,
          (code, path, context, created, stat) ->
              hear(own, request, asked, code, () -> new Created(created, stat.getCzxid())),
          null);
      case Acquire acquire -> {
        lock = Lock.ASKED;
        client.create(
            root + "/lock", bytes(name), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL,
            (code, path, context, created, stat) -> {
              lock = code == 0 ? Lock.HELD : code == Code.NODEEXISTS.intValue() ? Lock.NOT_HELD : Lock.UNKNOWN;
              hear(own, request, asked, code, () -> new Created(created, stat.getCzxid()));
            },
            null);
      }
      case Release release -> {
        lock = Lock.ASKED;
        client.delete(
            root + "/lock", -1,
            (code, path, context) -> {
              lock = code == 0 ? Lock.NOT_HELD : Lock.UNKNOWN;
              hear(own, request, asked, code, Done::new);
            },
            null);
      }
    }
  }

  private Seen seen(String path, String data, Stat stat) {
    versions.merge(path, stat.getVersion(), Math::max);
    return new Seen(data, stat.getVersion(), stat.getMzxid());
  }

  private void hear(int own, Request request, long asked, int code, Supplier<Outcome> success) {
    Outcome outcome = switch (Code.get(code)) {
      case OK -> success.get();
      // what did not reach a server that leads, or was not heard of again
      case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT, REQUESTTIMEOUT, THROTTLEDOP -> new Lost();
      default -> new Refused(Code.get(code)); // the client's codes; what is no reason for a refusal is found later
    };
    told.add(new Answer(own, request, asked, System.nanoTime(), changes, outcome));
    if (outcome instanceof Created || outcome instanceof Seen && request instanceof Write) {
      acknowledged.increment();
    }
    window.release();
  }

  private static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }
}
