package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.metrics.Metrics;
import troupe.session.ClientRequest.WatchType;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;

/**
 * Some sessions, the registry and leaders, run by hand in an order drawn from a seed, and what their clients are promised,
 * checked at every answer and event. A leader may be lost with what it was asked; what it had committed before may be told
 * as late as when there is another. Then all is answered still, and nothing is done twice or out of order.
 *
 * <p>Each actor's mailbox is a queue that is served when chance says so, which is every order that Pekko allows between
 * actors of one server. The registry and the leader also run in the middle of a session's handlers, wherever those
 * call out, since they have another thread.
 */
final class ServingModel {
  private static final List<String> PATHS = List.of("/a", "/a/c", "/b");
  private static final SessionSettings SETTINGS =
      new SessionSettings(Duration.ofSeconds(2), Duration.ZERO, Duration.ZERO, 64 << 20);
  private static final int SESSIONS = 3;
  private static final int STEPS = 240;
  private static final int PREEMPT = 6; // one in so many times
  private static final int CONSTANCY = 8; // of leaders, and of times without: the turns of each

  /** What the leader is asked, in its mailbox. */
  private sealed interface Asked {
    record Writes(List<Request> requests) implements Asked {}

    record Sync(long session, int cxid) implements Asked {}
  }

  /** Something that a client was told of a node. */
  private record Told(long zxid, NodeEvent.Kind kind, String path) {}

  private final Random random;
  private final History history = new History();
  private final Map<Long, DataTree> trees = new HashMap<>();
  private final Map<Long, Map<Integer, Applied>> writes = new HashMap<>();
  private final Map<Long, Map<Integer, Long>> syncs = new HashMap<>();
  private final PublishedTree published;
  private final Deque<Asked> leader = new ArrayDeque<>();
  private final BehaviorTestKit<Watches.Command> watches;
  private final TestInbox<Watches.Command> registry = TestInbox.create();
  private final Deque<Watches.Command> registryMail = new ArrayDeque<>();
  private final List<Client> clients = new ArrayList<>();
  private final Map<Long, Integer> lastWrites = new HashMap<>();
  private final List<Applied> unshown = new ArrayList<>();
  private long epoch = 1;
  private boolean led = true;
  private boolean quiet;

  private ServingModel(long seed) {
    random = new Random(seed);
    for (long id = 1; id <= SESSIONS; id++) {
      history.open(id);
      writes.put(id, new HashMap<>());
      syncs.put(id, new HashMap<>());
    }
    history.add(History.create("/a"));
    published = new PublishedTree(history.tree());
    trees.put(history.tree().lastZxidNumber(), history.tree());
    watches = BehaviorTestKit.create(Watches.create(published, new Metrics()));
    for (long id = 1; id <= SESSIONS; id++) {
      clients.add(new Client(id));
    }
  }

  static void run(long seed) {
    ServingModel model = new ServingModel(seed);
    try {
      model.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void run() {
    for (int i = 0; i < STEPS; i++) {
      Client client = clients.get(random.nextInt(SESSIONS));
      switch (random.nextInt(4)) {
        case 0 -> client.ask();
        case 1 -> {
          if (random.nextInt(CONSTANCY) > 0) {
            stepLeader();
          } else if (led) {
            loseLeader();
          } else {
            lead();
          }
        }
        case 2 -> stepRegistry();
        default -> client.step();
      }
    }
    if (!led) {
      lead();
    }
    quiet = true;
    while (stepLeader() | stepRegistry() | clients.stream().filter(Client::step).count() > 0) {
      // until nobody has anything left to do
    }
    clients.forEach(Client::checkEnd);
  }

  private void preempt() {
    while (random.nextInt(PREEMPT) == 0 && !quiet) {
      if (random.nextBoolean()) {
        stepLeader();
      } else {
        stepRegistry();
      }
    }
  }

  private void loseLeader() {
    led = false;
    takeUp(unshown);
    leader.clear();
    registry.getRef().tell(new Watches.Leaderless());
  }

  private void lead() {
    led = true;
    epoch++;
    deliver(unshown);
    registry.getRef().tell(new Watches.Led(leadership()));
  }

  private Leadership leadership() {
    return new Leadership(epoch, new Way(epoch), TestInbox.<SessionTracker.Command>create().getRef());
  }

  /** Takes up some of what was asked, in batches. */
  private boolean stepLeader() {
    boolean any = !leader.isEmpty();
    List<Applied> batch = new ArrayList<>();
    takeUp(batch);
    deliver(batch);
    return any;
  }

  private void takeUp(List<Applied> batch) {
    for (int i = 1 + random.nextInt(3); i > 0 && !leader.isEmpty(); i--) {
      switch (leader.poll()) {
        case Asked.Writes asked -> asked.requests().forEach(request -> batch.add(apply(request)));
        case Asked.Sync sync -> {
          deliver(batch);
          syncs.get(sync.session()).put(sync.cxid(), history.tree().lastZxidNumber());
          registry.getRef().tell(new Watches.Sync(sync.session(), sync.cxid()));
        }
      }
    }
  }

  private Applied apply(Request request) {
    Applied applied = history.add(request);
    trees.put(applied.tree().lastZxidNumber(), applied.tree());
    long session = request.requester().session();
    writes.get(session).put(request.cxid(), applied);
    Integer before = lastWrites.put(session, request.cxid());
    assertTrue(before == null || before < request.cxid(), () -> request + " after that of number " + before);
    return applied;
  }

  private void deliver(List<Applied> batch) {
    if (!batch.isEmpty()) {
      registry.getRef().tell(new Watches.Deliver(List.copyOf(batch)));
      batch.clear();
    }
  }

  private boolean stepRegistry() {
    registryMail.addAll(registry.getAllReceived());
    if (registryMail.isEmpty()) {
      return false;
    }
    watches.run(registryMail.poll());
    return true;
  }

  /** To the leader of that epoch: what comes when it is lost is lost. */
  private final class Way implements Proposer {
    private final long to;

    Way(long to) {
      this.to = to;
    }

    private void ask(Asked asked) {
      if (led && to == epoch) {
        leader.add(asked);
      }
      preempt();
    }

    @Override
    public void submit(List<Request> requests) {
      ask(new Asked.Writes(requests));
    }

    @Override
    public void sync(long session, int cxid) {
      ask(new Asked.Sync(session, cxid));
    }

    @Override
    public void readIndex(long session, int cxid) {
      sync(session, cxid); // what the leader does before it answers is its own affair
    }

    @Override
    public void claim(long session, int cxid, Password password) {
      throw new AssertionError("these clients never went away");
    }

    @Override
    public void keep(long session, int cxid, Password password) {
      sync(session, cxid);
    }
  }

  /** A client, its connection and its session's actor. */
  private final class Client implements ClientConnection {
    private final long id;
    private final TestInbox<Session.Command> inbox = TestInbox.create();
    private final Deque<Session.Command> mail = new ArrayDeque<>();
    private final BehaviorTestKit<Session.Command> actor;
    private final List<ClientRequest> asked = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();
    private final ModelOfWatches expectedWatches = new ModelOfWatches();
    private final List<Told> expected = new ArrayList<>();
    private int expectedUpTo;
    private final int capacity = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(3);
    private int flushed;
    private int answers;
    private int nextCxid = 1;
    private long lastAnswered;
    private long lastSeen;

    Client(long id) {
      this.id = id;
      SessionHandle handle = new SessionHandle(id, inbox.getRef());
      Session.Setup setup =
          new Session.Setup(handle, 4000, this, published, registry.getRef(), () -> 0, SETTINGS);
      actor = BehaviorTestKit.create(Behaviors.setup(context ->
          new Serving(setup, History.PASSWORD, History.IDENTITIES, leadership(), false, 0).enter(List.of())));
      watches.run(new Watches.Connect(handle));
      expectedUpTo = history.all().size();
    }

    void ask() {
      List<ClientRequest> requests = Stream.generate(this::request).limit(1 + random.nextInt(4)).toList();
      asked.addAll(requests);
      inbox.getRef().tell(new Session.Requests(requests));
    }

    boolean step() {
      mail.addAll(inbox.getAllReceived());
      if (mail.isEmpty()) {
        return false;
      }
      actor.run(mail.poll());
      return true;
    }

    private ClientRequest request() {
      String path = PATHS.get(random.nextInt(PATHS.size()));
      boolean watch = random.nextBoolean();
      return switch (random.nextInt(16)) {
        case 0, 1, 2 -> new ClientRequest.GetData(path, watch);
        case 3 -> new ClientRequest.Exists(path, watch);
        case 4, 5 -> new ClientRequest.GetChildren(random.nextBoolean() ? path : "/", watch);
        case 6 -> random.nextBoolean() ? new ClientRequest.Sync(nextCxid++) : new ClientRequest.ReadIndex(nextCxid++);
        case 7 -> new ClientRequest.AddWatch(random.nextBoolean() ? path : "/", watch);
        case 8 -> random.nextBoolean()
            ? new ClientRequest.CheckWatch(path, type())
            : new ClientRequest.RemoveWatch(path, type());
        case 9, 10 -> write(History.delete(path));
        case 11, 12 -> write(History.set(path));
        case 13 -> write(new Operation.Multi(List.of(History.set("/a"), History.set(path), History.set(path))));
        default -> write(History.create(path));
      };
    }

    private ClientRequest write(Operation operation) {
      return new ClientRequest.Write(nextCxid++, operation);
    }

    private WatchType type() {
      return WatchType.values()[random.nextInt(WatchType.values().length)];
    }

    // ClientConnection

    @Override
    public void answer(long zxid, Answer answer) {
      ClientRequest request = asked.get(answers++);
      assertTrue(zxid >= lastSeen, () -> request + " answered at " + zxid + " after " + lastSeen);
      lastAnswered = zxid;
      lastSeen = zxid;
      expectEventsUpTo(zxid);
      switch (request) {
        case ClientRequest.Read read -> checkRead(read, answer, zxid);
        case ClientRequest.Write write -> {
          Applied applied = writes.get(id).get(write.cxid());
          assertEquals(applied.tree().lastZxidNumber(), zxid);
          assertEquals(new Answer.Written(applied.outcome()), answer);
        }
        case ClientRequest.Sync sync ->
            assertTrue(zxid >= syncs.get(id).get(sync.cxid()), () -> sync + " answered at " + zxid);
        case ClientRequest.ReadIndex read ->
            assertTrue(zxid >= syncs.get(id).get(read.cxid()), () -> read + " answered at " + zxid);
        case ClientRequest.AddWatch add -> {
          expectedWatches.add(add.recursive() ? WatchTable.RECURSIVE : WatchTable.PERSISTENT, add.path());
          assertEquals(new Answer.Done(), answer);
        }
        case ClientRequest.CheckWatch check ->
            assertEquals(doneIf(expectedWatches.has(check.type(), check.path())), answer, check::toString);
        case ClientRequest.RemoveWatch remove ->
            assertEquals(doneIf(expectedWatches.remove(remove.type(), remove.path())), answer, remove::toString);
        case ClientRequest.SetWatches never -> throw new AssertionError("nobody asked for " + never);
      }
      preempt();
    }

    private static Answer doneIf(boolean done) {
      return done ? new Answer.Done() : new Answer.Failed(ErrorCode.NO_WATCHER);
    }

    /** Against the state that it claims to be from, in which the writes behind it must not be. */
    private void checkRead(ClientRequest.Read read, Answer answer, long zxid) {
      for (ClientRequest later : asked.subList(answers, asked.size())) {
        if (later instanceof ClientRequest.Write write && writes.get(id).containsKey(write.cxid())) {
          long laterZxid = writes.get(id).get(write.cxid()).tree().lastZxidNumber();
          assertTrue(laterZxid > zxid, () -> read + " at " + zxid + " sees the later " + write);
        }
      }
      DataTree tree = trees.get(zxid);
      String path = switch (read) {
        case ClientRequest.GetData get -> get.path();
        case ClientRequest.Exists exists -> exists.path();
        case ClientRequest.GetChildren get -> get.path();
        default -> throw new AssertionError("nobody asked for " + read);
      };
      switch (answer) {
        case Answer.Node node -> assertSame(tree.find(path).orElseThrow(), node.node());
        case Answer.Children children -> assertSame(tree.find(path).orElseThrow(), children.node());
        case Answer.Failed failed -> assertTrue(tree.find(path).isEmpty());
        default -> throw new AssertionError(answer + " to " + read);
      }
      if (read.watch() && (tree.find(path).isPresent() || read instanceof ClientRequest.Exists)) {
        expectedWatches.add(read instanceof ClientRequest.GetChildren ? WatchTable.CHILD : WatchTable.DATA, path);
      }
    }

    @Override
    public void event(long zxid, NodeEvent.Kind kind, String path) {
      String event = kind + " " + path + " of " + zxid;
      assertTrue(zxid > lastAnswered, () -> event + " told after a state of " + lastAnswered);
      assertTrue(zxid >= lastSeen, () -> event + " told after " + lastSeen);
      lastSeen = zxid;
      told.add(new Told(zxid, kind, path));
      preempt();
    }

    private void expectEventsUpTo(long zxid) {
      List<Applied> all = history.all();
      for (; expectedUpTo < all.size() && all.get(expectedUpTo).tree().lastZxidNumber() <= zxid; expectedUpTo++) {
        long at = all.get(expectedUpTo).tree().lastZxidNumber();
        for (NodeEvent event : all.get(expectedUpTo).events()) {
          if (expectedWatches.fire(event.kind(), event.path())) {
            expected.add(new Told(at, event.kind(), event.path()));
          }
        }
      }
    }

    void checkEnd() {
      assertEquals(asked.size(), answers, "answers");
      expectEventsUpTo(Long.MAX_VALUE);
      assertEquals(byZxid(expected), byZxid(told), "events");
    }

    /** Within one transaction the order of a client's events is not checked. */
    private static Map<Long, List<String>> byZxid(List<Told> events) {
      Map<Long, List<String>> byZxid = new TreeMap<>();
      events.forEach(event ->
          byZxid.computeIfAbsent(event.zxid(), zxid -> new ArrayList<>()).add(event.kind() + " " + event.path()));
      byZxid.values().forEach(list -> list.sort(String::compareTo));
      return byZxid;
    }

    @Override
    public boolean isGone() {
      return false;
    }

    @Override
    public boolean isFull() {
      return answers - flushed >= capacity;
    }

    @Override
    public void flush() {
      if (isFull()) {
        inbox.getRef().tell(new Session.Drained());
      }
      flushed = answers;
      preempt();
    }

    @Override
    public void opened(ActorRef<Session.Command> session, long opened, int timeout, Password password) {
      throw new AssertionError("opened twice");
    }

    @Override
    public void refused() {
      throw new AssertionError("refused");
    }

    @Override
    public void close(String reason) {
      throw new AssertionError("closed: " + reason);
    }
  }
}
