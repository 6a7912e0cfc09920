package troupe.conformance;

import static troupe.conformance.Client.bytes;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;
import troupe.conformance.CrashModel.Check;
import troupe.conformance.CrashModel.Create;
import troupe.conformance.CrashModel.CreateSequential;
import troupe.conformance.CrashModel.Delete;
import troupe.conformance.CrashModel.Exchange;
import troupe.conformance.CrashModel.Multi;
import troupe.conformance.CrashModel.Predictable;
import troupe.conformance.CrashModel.Reply;
import troupe.conformance.CrashModel.Request;
import troupe.conformance.CrashModel.Set;

/** One session that writes to nodes of its own as fast as it may, and remembers what it was told. */
final class CrashSession {
  /** Where all sessions create sequential nodes, so that they share one counter. */
  static final String SHARED = "/crash/shared";

  private static final int IN_FLIGHT = 16; // enough that a crash meets some of each kind
  private static final int NODES = 40; // few, so that requests meet each other
  private static final int SEQUENTIAL_NODES = 20;

  private record Pending(Request request, CompletableFuture<Reply> reply) {}

  /** What became of the requests that were lost in a crash. */
  record Settled(int lost, int effective) {}

  private final String name;
  private final Client client;
  private final long id;
  private final List<Pending> pending = new ArrayList<>();
  private final Deque<String> sequential = new ConcurrentLinkedDeque<>();
  private CrashModel known = CrashModel.EMPTY;
  private int serial;
  private Thread loader = Thread.ofVirtual().unstarted(() -> {});

  /** @param name begins the data of each node that this session makes */
  CrashSession(String name, Client client) throws KeeperException, InterruptedException {
    this.name = name;
    this.client = client;
    this.id = client.getSessionId();
    client.create("/crash/" + name);
  }

  String name() {
    return name;
  }

  /** Whether it is connected again; fails if the server ended it. */
  boolean isBack() {
    if (!client.getState().isAlive() || client.getSessionId() != id) {
      throw new AssertionError(name + " lost its session");
    }
    return client.getState().isConnected();
  }

  /** To be called once all is over: closing the session would wait for a server that may be gone. */
  void vanish() {
    client.vanish();
  }

  /** Starts to write, until the server is lost. */
  void load(RandomGenerator random, LongAdder answers) {
    loader = Thread.ofVirtual().start(() -> {
      var window = new Semaphore(IN_FLIGHT);
      var lost = new AtomicBoolean();
      while (!lost.get()) {
        window.acquireUninterruptibly();
        var next = new Pending(draw(random), new CompletableFuture<>());
        pending.add(next);
        next.reply().thenAccept(reply -> {
          if (reply.isLost()) {
            lost.set(true);
          } else {
            answers.increment();
          }
          window.release();
        });
        send(next);
      }
    });
  }

  /**
   * Returns when each request has been answered or given up. Only then may the server come back: a request that the
   * client still holds would be sent to it after others were lost.
   */
  void awaitSilence() throws Exception {
    if (!loader.join(Await.LIMIT)) {
      throw new AssertionError(name + " did not notice that the server is gone");
    }
    for (Pending request : pending) {
      Await.get(request.reply());
    }
  }

  /**
   * Holds the server to what it told this session.
   *
   * @param given the data of the node that each sequential name was ever given to
   */
  Settled settle(CrashModel found, Map<String, String> given) throws Exception {
    var exchanges = new ArrayList<Exchange>();
    for (Pending request : pending) {
      exchanges.add(new Exchange(request.request(), Await.get(request.reply())));
    }
    pending.clear();
    for (Exchange exchange : exchanges) {
      if (exchange.request() instanceof CreateSequential create) {
        exchange.reply().values().forEach(path -> remember(given, path, create.data()));
      }
    }
    int effective = known.settle(exchanges, found);
    known = found;
    sequential.clear();
    found.nodes().forEach((path, node) -> {
      if (path.startsWith(SHARED)) {
        remember(given, path, node.data());
        sequential.add(path);
      }
    });
    return new Settled((int) exchanges.stream().filter(exchange -> exchange.reply().isLost()).count(), effective);
  }

  private static void remember(Map<String, String> given, String path, String data) {
    String before = given.putIfAbsent(path, data);
    if (before != null && !before.equals(data)) {
      throw new AssertionError(path + " was given to the node of " + before + " and again to that of " + data);
    }
  }

  private Request draw(RandomGenerator random) {
    return switch (random.nextInt(10)) {
      case 0, 1 -> sequential.size() < SEQUENTIAL_NODES
          ? new CreateSequential(SHARED + "/q-", nextData())
          // the newest too: a counter that is taken from the nodes that are left would give its name again
          : new Delete(random.nextBoolean() ? sequential.removeFirst() : sequential.removeLast(), 0);
      case 2 -> new Multi(IntStream.range(0, random.nextInt(2, 5)).mapToObj(i -> drawPart(random)).toList());
      default -> drawPart(random);
    };
  }

  private Predictable drawPart(RandomGenerator random) {
    int number = random.nextInt(NODES);
    boolean ephemeral = number % 4 == 0;
    String path = "/crash/" + name + (ephemeral ? "/e" : "/n") + number;
    int version = random.nextInt(4) == 0 ? random.nextInt(3) : -1;
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> new Create(path, nextData(), ephemeral ? OptionalLong.of(id) : OptionalLong.empty());
      case 3 -> new Delete(path, version);
      case 4 -> new Check(path, version);
      default -> new Set(path, nextData(), version);
    };
  }

  private String nextData() {
    return name + "-" + serial++;
  }

  private void send(Pending next) {
    CompletableFuture<Reply> reply = next.reply();
    switch (next.request()) {
      case CreateSequential c -> client.create(
          c.prefix(), bytes(c.data()), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL,
          (code, asked, context, path) -> {
            if (code == 0) {
              sequential.add(path);
            }
            complete(reply, code, path);
          }, null);
      case Create c -> client.create(
          c.path(), bytes(c.data()), Ids.OPEN_ACL_UNSAFE, mode(c),
          (code, asked, context, path) -> complete(reply, code, path), null);
      case Set s -> client.setData(
          s.path(), bytes(s.data()), s.version(),
          (code, path, context, stat) -> complete(reply, code, code == 0 ? "" + stat.getVersion() : ""), null);
      case Delete d -> client.delete(d.path(), d.version(), (code, path, context) -> complete(reply, code), null);
      case Check c -> multi(List.of(c), reply);
      case Multi m -> multi(m.parts(), reply);
    }
  }

  private void multi(List<Predictable> parts, CompletableFuture<Reply> reply) {
    client.multi(
        parts.stream().flatMap(CrashSession::operations).toList(),
        (code, path, context, results) -> reply.complete(code == 0
            ? new Reply(Code.OK, results.stream().flatMap(CrashSession::value).toList())
            : Reply.refused(Code.get(code))),
        null);
  }

  private static void complete(CompletableFuture<Reply> reply, int code, String... values) {
    reply.complete(code == 0 ? Reply.ok(values) : Reply.refused(Code.get(code)));
  }

  private static Stream<Op> operations(Predictable part) {
    return switch (part) {
      case Create c -> Stream.of(Op.create(c.path(), bytes(c.data()), Ids.OPEN_ACL_UNSAFE, mode(c)));
      case Set s -> Stream.of(Op.setData(s.path(), bytes(s.data()), s.version()));
      case Delete d -> Stream.of(Op.delete(d.path(), d.version()));
      case Check c -> Stream.of(Op.check(c.path(), c.version()));
      case Multi m -> m.parts().stream().flatMap(CrashSession::operations);
    };
  }

  private static Stream<String> value(OpResult result) {
    return switch (result) {
      case OpResult.CreateResult created -> Stream.of(created.getPath());
      case OpResult.SetDataResult set -> Stream.of("" + set.getStat().getVersion());
      default -> Stream.of(); // the client's type is open; checks and deletions have no value
    };
  }

  private static CreateMode mode(Create create) {
    return create.ephemeralOwner().isPresent() ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT;
  }
}
