package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static troupe.conformance.ActorApplication.bytes;
import static troupe.conformance.ActorApplication.get;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.stream.javadsl.Sink;
import troupe.client.Answer;
import troupe.client.Consistency;
import troupe.client.CreateMode;
import troupe.client.TroupeClient;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/**
 * Sessions of actors at work while something happens to the servers. All that they ask is answered, and with what they
 * would hear if nothing had happened: a write that is done twice, or not at all, shows in a version, a number or a name.
 */
final class ActorWork implements AutoCloseable {
  private static final int WORKERS = 3;
  private static final int WINDOW = 8; // enough that a fault meets some of each kind

  /** One session: the only one that sets its own counter. */
  private final class Worker {
    private final int number;
    private final TroupeClient client;
    private final Semaphore window = new Semaphore(WINDOW);
    private final List<CompletionStage<Answer.Created>> entries = new ArrayList<>();
    private final AtomicLong counted = new AtomicLong(); // acknowledged
    private Thread loader;
    private int version;

    Worker(int number, TroupeClient client) {
      this.number = number;
      this.client = client;
    }

    String counter() {
      return root + "/counter-" + number;
    }

    void begin() {
      loader = Thread.ofVirtual().start(() -> {
        for (int i = 0; !stopped; i++) {
          append(i);
          count();
          look(workers.get((number + 1) % WORKERS));
        }
      });
    }

    private void append(int i) {
      var entry = watched(client.create(
          root + "/log/n-", bytes(number + " " + i), CreateMode.PERSISTENT_SEQUENTIAL));
      entries.add(entry);
    }

    /** The version that it demands is the one that the write before has led to, if that was done once. */
    private void count() {
      int demanded = version++;
      watched(client.setData(counter(), bytes("" + version), demanded)).thenAccept(done -> {
        expect(demanded + 1, done.stat().version(), counter());
        counted.set(done.stat().version());
      });
    }

    private void look(Worker other) {
      long atLeast = other.counted.get();
      watched(client.getData(other.counter(), Consistency.LINEARIZABLE)).thenAccept(read -> {
        if (read.stat().version() < atLeast) {
          faults.add(other.counter() + " was " + atLeast + ", and then read as " + read.stat().version());
        }
      });
    }

    private <T> CompletionStage<T> watched(CompletionStage<T> answer) {
      window.acquireUninterruptibly();
      return answer.whenComplete((done, failure) -> {
        window.release();
        answers.incrementAndGet();
        if (failure != null) {
          faults.add(number + ": " + failure);
        }
      });
    }

    private void expect(Object expected, Object actual, String what) {
      if (!expected.equals(actual)) {
        faults.add(what + " is " + actual + " rather than " + expected);
      }
    }

    void finish() throws Exception {
      if (!loader.join(Await.LIMIT)) {
        throw new AssertionError("session " + number + " is not answered: " + client.state());
      }
      for (CompletionStage<Answer.Created> entry : entries) {
        get(entry);
      }
      get(client.sync());
    }
  }

  private final String root;
  private final TroupeClient observer;
  private final List<Worker> workers = new ArrayList<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Queue<WatchEvent> told = new ConcurrentLinkedQueue<>();
  private final AtomicLong answers = new AtomicLong();
  private volatile boolean stopped;

  private ActorWork(ActorApplication application, String root) throws Exception {
    this.root = root;
    observer = application.open();
    long begin = get(observer.create(root, bytes(""))).zxid();
    get(observer.create(root + "/log", bytes("")));
    for (int i = 0; i < WORKERS; i++) {
      workers.add(new Worker(i, application.open()));
      get(observer.create(workers.get(i).counter(), bytes("0")));
    }
    observer.watch(root, WatchScope.SUBTREE, begin).runWith(Sink.foreach(told::add), application.system())
        .exceptionally(failure -> {
          faults.add("the stream of changes: " + failure);
          return null;
        });
    workers.forEach(Worker::begin);
  }

  static ActorWork begin(ActorApplication application, String name) throws Exception {
    return new ActorWork(application, "/" + name);
  }

  /** The server of some session. */
  String server() {
    return ActorApplication.server(workers.getFirst().client);
  }

  void awaitAnswers(int more) {
    long enough = answers.get() + more;
    Await.until(more + " more answers", () -> answers.get() >= enough || !faults.isEmpty());
  }

  /** Ends the work and looks at what came of it. */
  String judge() throws Exception {
    stopped = true;
    for (Worker worker : workers) {
      worker.finish();
    }
    assertEquals(List.of(), List.copyOf(faults));
    List<String> written = new ArrayList<>();
    List<String> names = get(observer.getChildren(root + "/log", Consistency.LINEARIZABLE)).names().stream()
        .sorted().map(name -> root + "/log/" + name).toList();
    for (String name : names) {
      written.add(get(observer.getData(name)).data().utf8String() + " " + name);
    }
    for (Worker worker : workers) {
      List<String> acknowledged = new ArrayList<>();
      for (int i = 0; i < worker.entries.size(); i++) {
        acknowledged.add(worker.number + " " + i + " " + get(worker.entries.get(i)).path());
      }
      assertEquals(acknowledged, written.stream().filter(entry -> entry.startsWith(worker.number + " ")).toList(),
          "what a session has written, in its order, each once");
      assertEquals(worker.version, get(observer.getData(worker.counter())).stat().version(), worker.counter());
    }
    int counts = workers.stream().mapToInt(worker -> worker.version).sum();
    int changes = 1 + WORKERS + names.size() + counts;
    Await.until("all changes are told of", () -> told.size() >= changes || !faults.isEmpty());
    assertEquals(List.of(), List.copyOf(faults));
    assertEquals(changes, told.size(), "changes told of");
    assertEquals(
        names,
        told.stream().filter(event -> event.path().startsWith(root + "/log/")).map(WatchEvent::path).toList(),
        "created, in this order");
    List<Long> zxids = told.stream().map(WatchEvent::zxid).toList();
    assertEquals(zxids.stream().sorted().distinct().toList(), zxids, "in the order of transactions, each once");
    return names.size() + " znodes, " + counts + " counts, " + answers.get() + " answers";
  }

  @Override
  public void close() throws Exception {
    stopped = true;
    for (Worker worker : workers) {
      close(worker.client);
    }
    close(observer);
  }

  private static void close(TroupeClient client) throws Exception {
    get(client.close());
  }
}
