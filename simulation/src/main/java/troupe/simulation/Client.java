package troupe.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import troupe.ensemble.Zxid;
import troupe.session.Answer;
import troupe.session.ClientRequest;
import troupe.tree.Acl;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;
import troupe.tree.Outcome;
import troupe.tree.Znode;

/**
 * A client with a will of its own, which knows what it may expect and says so when it gets something else. It behaves
 * as ZooKeeper's clients do: it comes back with its session, to whatever server, and sets its watches again.
 */
final class Client implements Wire.End {
  /** What clients see of the world. */
  interface Surroundings {
    Kernel kernel();

    Oracle oracle();

    /** A connection to some server that runs; none if no server does. */
    Optional<Wire> connect(Client client);

    /** The newest write that any client was told of. */
    long acknowledged();

    void acknowledge(long zxid);

    /** How often what happened. */
    Counts counts();

    void tell(String story);

    /** What only a full trace has. */
    void detail(Supplier<String> story);
  }

  /** A request without an answer. */
  private record Asked(ClientRequest request, long acknowledgedBefore, long askedAt) {}

  private static final List<String> PATHS = List.of("/a", "/b", "/c", "/a/x", "/a/y", "/b/x", "/a/x/p");
  private static final int SESSION_TIMEOUT_LEAST = 4000;
  private static final int SESSION_TIMEOUT_SPREAD = 8000;
  private static final int MAX_OUTSTANDING = 12;

  private final Surroundings world;
  private final String name;
  private final SplittableRandom random;
  private final Duration pace;
  private final int rarityOfBursts;
  private final int timeout;
  private final Deque<Asked> outstanding = new ArrayDeque<>();
  private Optional<Wire> wire = Optional.empty();
  private Optional<Wire.Credentials> session = Optional.empty();
  private boolean open;
  private boolean leaving;
  private WatchModel watches;
  private Optional<ClientRequest.SetWatches> toSetAgain = Optional.empty();
  private long lastSeen;
  private long lastHeard;
  private long lastSaid;
  private int cxid;

  /** The number of the last request on an earlier connection, as long as nothing was answered on this one; 0: none. */
  private int askedBefore;

  private long writes;
  private long answered;

  Client(Surroundings world, String name, SplittableRandom random) {
    this.world = world;
    this.name = name;
    this.random = random;
    this.pace = Duration.ofMillis(1L << random.nextInt(3, 10));
    this.rarityOfBursts = random.nextInt(3) == 0 ? 2 : 10;
    this.timeout = SESSION_TIMEOUT_LEAST + random.nextInt(SESSION_TIMEOUT_SPREAD);
    this.watches = new WatchModel(world.oracle(), 0);
  }

  void begin() {
    actLater();
  }

  /** Requests that it has had an answer to. */
  long answered() {
    return answered;
  }

  private void actLater() {
    world.kernel().after(Duration.ofNanos(random.nextLong(2 * pace.toNanos()) + 1), this::act);
  }

  private void act() {
    actLater();
    if (wire.isEmpty()) {
      connect();
    } else if (isSilent()) {
      world.tell(name + " hears nothing and goes elsewhere");
      breakUp(Duration.ofNanos(random.nextLong(Duration.ofSeconds(3).toNanos())));
    } else if (open && outstanding.size() < MAX_OUTSTANDING && !leaving) {
      ask();
    }
  }

  private boolean isSilent() {
    long waitsSince = outstanding.isEmpty() ? Math.max(lastHeard, lastSaid) : outstanding.peek().askedAt();
    return world.kernel().now() - Math.max(waitsSince, lastHeard) > Duration.ofMillis(timeout * 2L / 3).toNanos();
  }

  private void connect() {
    wire = world.connect(this);
    lastHeard = world.kernel().now();
    wire.ifPresent(connection -> connection.greet(lastSeen, timeout, session));
  }

  /** The connection fails, or is given up. */
  void breakUp(Duration serverNotices) {
    world.detail(() -> name + "'s connection breaks");
    wire.ifPresent(connection -> connection.fail(serverNotices));
    disconnected();
  }

  boolean isConnected() {
    return wire.isPresent();
  }

  private void disconnected() {
    if (open) {
      toSetAgain = toSetAgain.or(() -> Optional.of(watches.lost(lastSeen)));
    }
    wire = Optional.empty();
    open = false;
    leaving = false;
    outstanding.clear();
  }

  // What it hears.

  @Override
  public void opened(Wire.Credentials credentials) {
    lastHeard = world.kernel().now();
    boolean again = session.isPresent();
    if (again && credentials.session() != session.get().session()) {
      throw new Violation(name + " came back with " + session + " and got " + credentials);
    }
    session = Optional.of(credentials);
    open = true;
    watches = new WatchModel(world.oracle(), lastSeen);
    world.tell(name + (again ? " is back as " : " is new as ") + Oracle.hex(credentials.session()));
    askedBefore = again ? cxid : 0;
    if (toSetAgain.isPresent()) {
      send(List.of(toSetAgain.get()));
    }
  }

  @Override
  public void refused() {
    long id = session.orElseThrow(() -> new Violation(name + " was refused a new session")).session();
    if (world.oracle().closedAt(id).isEmpty()) {
      throw new Violation(name + " is told that its session " + Oracle.hex(id) + " is over, which it is not");
    }
    world.tell(name + " has lost its session " + Oracle.hex(id));
    disconnected();
    session = Optional.empty();
    toSetAgain = Optional.empty();
    watches = new WatchModel(world.oracle(), lastSeen);
  }

  @Override
  public void closed() {
    world.detail(() -> name + "'s connection is closed");
    disconnected();
  }

  @Override
  public void told(long zxid, NodeEvent.Kind kind, String path) {
    lastHeard = world.kernel().now();
    if (zxid >= 0 && zxid <= lastSeen) {
      throw new Violation(name + " is told of " + kind + " of " + path + " at " + Oracle.hex(zxid)
          + " and has seen " + Oracle.hex(lastSeen) + " already");
    }
    world.detail(() -> name + " is told of " + kind + " of " + path + " at " + Oracle.hex(zxid));
    watches.told(new WatchModel.Told(zxid, kind, path));
  }

  @Override
  public void answered(long zxid, Answer answer) {
    lastHeard = world.kernel().now();
    world.detail(() -> name + " hears at " + Oracle.hex(zxid) + ": " + answer);
    Asked asked = Optional.ofNullable(outstanding.poll())
        .orElseThrow(() -> new Violation(name + " got " + answer + " and had asked for nothing"));
    try {
      if (zxid < lastSeen) {
        throw new Violation("goes back from " + Oracle.hex(lastSeen) + " to " + Oracle.hex(zxid));
      }
      if (zxid > world.oracle().last()) {
        throw new Violation("sees " + Oracle.hex(zxid) + " before it is committed");
      }
      check(asked, zxid, answer);
    } catch (Violation e) {
      throw new Violation(name + " of session " + Oracle.hex(session.orElseThrow().session()) + " asked for "
          + asked.request() + ", got " + answer + " at " + Oracle.hex(zxid) + " and says: " + e.getMessage());
    }
    if (askedBefore > 0 && session.isPresent()) {
      world.oracle().cameBack(session.get().session(), askedBefore, zxid);
      askedBefore = 0;
    }
    lastSeen = zxid;
    answered++;
    world.counts().add("answers");
  }

  private void check(Asked asked, long zxid, Answer answer) {
    switch (asked.request()) {
      case ClientRequest.SetWatches set -> {
        toSetAgain = Optional.empty();
        watches.resumed(set, zxid);
        return;
      }
      default -> watches.reached(zxid);
    }
    DataTree tree = world.oracle().treeAt(zxid);
    switch (asked.request()) {
      case ClientRequest.Write write -> checkWrite(write, asked, zxid, answer);
      case ClientRequest.Sync sync -> {
        // A leader that has been replaced and does not know it yet misses what its successor does, as in ZooKeeper.
        boolean replaced = Zxid.of(asked.acknowledgedBefore()).epoch() > wire.orElseThrow().epoch();
        if (zxid < asked.acknowledgedBefore() && !replaced) {
          throw new Violation("the sync misses " + Oracle.hex(asked.acknowledgedBefore()));
        }
      }
      case ClientRequest.ReadIndex read -> {
        if (zxid < asked.acknowledgedBefore()) {
          throw new Violation("the linearizable read misses " + Oracle.hex(asked.acknowledgedBefore()));
        }
      }
      case ClientRequest.AddWatch add ->
          watches.add(add.recursive() ? WatchModel.Kind.RECURSIVE : WatchModel.Kind.PERSISTENT, add.path());
      case ClientRequest.CheckWatch check -> expect(found(watches.contains(check.type(), check.path())), answer);
      case ClientRequest.RemoveWatch remove -> {
        expect(found(watches.contains(remove.type(), remove.path())), answer);
        watches.remove(remove.type(), remove.path());
      }
      case ClientRequest.SetWatches set -> throw new IllegalStateException("handled above");
      case ClientRequest.Read read -> {
        expect(expected(read, tree), answer);
        if (read.watch()) {
          watch(read, answer);
        }
      }
    }
  }

  private static Answer found(boolean present) {
    return present ? new Answer.Done() : new Answer.Failed(ErrorCode.NO_WATCHER);
  }

  private void watch(ClientRequest.Read read, Answer answer) {
    switch (read) {
      case ClientRequest.GetData get when answer instanceof Answer.Node -> watches.add(WatchModel.Kind.DATA, get.path());
      case ClientRequest.Exists exists -> watches.add(WatchModel.Kind.DATA, exists.path());
      case ClientRequest.GetChildren get when answer instanceof Answer.Children ->
          watches.add(WatchModel.Kind.CHILD, get.path());
      default -> {}
    }
  }

  private void expect(Answer due, Answer answer) {
    if (!string(due).equals(string(answer))) {
      throw new Violation("that should have been " + string(due) + ", not " + string(answer));
    }
  }

  private static String string(Answer answer) {
    return switch (answer) {
      case Answer.Node found -> node(found.node());
      case Answer.Children children -> children.names().stream().sorted().toList() + " " + node(children.node());
      case Answer.Many many -> many.answers().stream().map(Client::string).toList().toString();
      default -> answer.toString();
    };
  }

  private static String node(Znode node) {
    return node.stat() + " " + new String(node.data(), StandardCharsets.UTF_8);
  }

  private Answer expected(ClientRequest.Read read, DataTree tree) {
    return switch (read) {
      case ClientRequest.GetData get -> node(tree, get.path());
      case ClientRequest.Exists exists -> node(tree, exists.path());
      case ClientRequest.GetChildren get -> tree.find(get.path())
          .<Answer>map(node -> new Answer.Children(node.childNames(), node))
          .orElse(new Answer.Failed(ErrorCode.NO_NODE));
      case ClientRequest.GetEphemerals get ->
          new Answer.Paths(tree.ephemeralsOf(session.orElseThrow().session()));
      case ClientRequest.ReadMany many ->
          new Answer.Many(many.reads().stream().map(each -> expected(each, tree)).toList(), true);
      case ClientRequest.Ping ping -> new Answer.Done();
      default -> throw new IllegalStateException("nobody asks for " + read);
    };
  }

  private static Answer node(DataTree tree, String path) {
    return tree.find(path).<Answer>map(Answer.Node::new).orElse(new Answer.Failed(ErrorCode.NO_NODE));
  }

  private void checkWrite(ClientRequest.Write write, Asked asked, long zxid, Answer answer) {
    if (!(answer instanceof Answer.Written written)) {
      expect(new Answer.Failed(ErrorCode.THROTTLED_OP), answer);
      world.counts().add("refused writes");
      leaving &= !(write.operation() instanceof Operation.CloseSession); // who may not leave goes on
      return;
    }
    if (zxid <= asked.acknowledgedBefore()) {
      throw new Violation("another write was acknowledged at " + Oracle.hex(asked.acknowledgedBefore())
          + " before this one was asked for");
    }
    if (zxid == lastSeen) {
      throw new Violation("an answer before this one had been given from the state that it led to");
    }
    Applied applied = world.oracle().at(zxid).orElseThrow(() -> new Violation("nothing is there"));
    if (applied.transaction().session() != session.orElseThrow().session()
        || applied.transaction().cxid() != write.cxid()) {
      throw new Violation("what is there is " + applied.transaction());
    }
    Outcome due = applied.outcome();
    if (!due.equals(written.outcome())) {
      throw new Violation("it came to " + due);
    }
    world.acknowledge(zxid);
    if (due instanceof Outcome.SessionClosed) {
      wire.ifPresent(Wire::leave);
      disconnected();
      session = Optional.empty();
      toSetAgain = Optional.empty();
    }
  }

  // What it asks.

  private void ask() {
    List<ClientRequest> requests = new ArrayList<>();
    int count = random.nextInt(rarityOfBursts) == 0 ? random.nextInt(2, 9) : 1;
    for (int i = 0; i < count && !leaving; i++) {
      requests.add(request());
    }
    send(requests);
  }

  private void send(List<ClientRequest> requests) {
    long now = world.kernel().now();
    lastSaid = now;
    world.detail(() -> name + " asks for " + requests);
    requests.forEach(request -> outstanding.add(new Asked(request, world.acknowledged(), now)));
    wire.orElseThrow().ask(requests);
  }

  private String path() {
    return PATHS.get(random.nextInt(PATHS.size()));
  }

  private byte[] data() {
    return (name + " " + writes++).getBytes(StandardCharsets.UTF_8);
  }

  private ClientRequest request() {
    return switch (random.nextInt(32)) {
      case 0, 1, 2, 3 -> write(create());
      case 4, 5, 6 -> write(new Operation.SetData(path(), data(), version()));
      case 7, 8 -> write(new Operation.Delete(path(), version()));
      case 9, 10 -> write(multi());
      case 11, 12, 13, 14, 15 -> new ClientRequest.GetData(path(), random.nextInt(3) == 0);
      case 16, 17, 18 -> new ClientRequest.Exists(path(), random.nextInt(3) == 0);
      case 19, 20, 21 -> new ClientRequest.GetChildren(path(), random.nextInt(3) == 0);
      case 22 -> new ClientRequest.ReadMany(
          List.of(new ClientRequest.GetData(path(), false), new ClientRequest.GetChildren(path(), false)), true);
      case 23 -> new ClientRequest.GetEphemerals("/");
      case 24 -> new ClientRequest.Sync(++cxid);
      case 25 -> new ClientRequest.ReadIndex(++cxid);
      case 26 -> new ClientRequest.AddWatch(path(), random.nextBoolean());
      case 27 -> new ClientRequest.RemoveWatch(path(), watchType());
      case 28 -> new ClientRequest.CheckWatch(path(), watchType());
      case 29 -> random.nextInt(12) == 0 ? leave() : new ClientRequest.Ping();
      default -> new ClientRequest.Ping();
    };
  }

  private ClientRequest.WatchType watchType() {
    ClientRequest.WatchType[] all = ClientRequest.WatchType.values();
    return all[random.nextInt(all.length)];
  }

  private ClientRequest leave() {
    leaving = true;
    return write(new Operation.CloseSession());
  }

  private ClientRequest write(Operation operation) {
    return new ClientRequest.Write(++cxid, operation);
  }

  private Operation create() {
    int flags = switch (random.nextInt(8)) {
      case 0, 1 -> 1;
      case 2 -> 2;
      case 3 -> 3;
      default -> 0;
    };
    return random.nextInt(16) == 0
        ? new Operation.Create(path(), data(), Acl.OPEN.entries(), 4, Operation.Create.Kind.CONTAINER, -1)
        : new Operation.Create(path(), data(), Acl.OPEN.entries(), flags, Operation.Create.Kind.PLAIN, -1);
  }

  private Operation multi() {
    List<Operation> operations = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      operations.add(switch (random.nextInt(4)) {
        case 0 -> create();
        case 1 -> new Operation.SetData(path(), data(), -1);
        case 2 -> new Operation.Delete(path(), -1);
        default -> new Operation.Check(path(), version());
      });
    }
    return new Operation.Multi(operations);
  }

  private int version() {
    return random.nextInt(3) == 0 ? random.nextInt(3) : -1;
  }

  @Override
  public String toString() {
    return name;
  }
}
