package troupe.simulation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.dispatch.Mailbox;
import troupe.actors.Server;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.Room;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;

/**
 * A world from a seed: servers, clients, and all that can go wrong between them. Bad weather for a while, then all is
 * well and everybody has to get on; what must always hold is checked after every step.
 */
final class World implements Client.Surroundings, Life.Listener {
  /** What a run came to. */
  record Result(
      long seed, Optional<Throwable> failure, long trace, long steps, Duration time, Map<String, Long> counts) {}

  private static final Duration BAD_TIMES = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Config CONFIG = ConfigFactory.parseResources(World.class, "simulation.conf")
      .withFallback(ConfigFactory.load())
      .resolve();

  private final long seed;
  private final Consumer<String> story;
  private final SplittableRandom random;
  private final Kernel kernel;
  private final Oracle oracle = new Oracle();
  private final Network network;
  private final List<Map<String, Object>> ensemble;
  private final int voters;
  private final List<Machine> machines;
  private final List<Client> clients;
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Long, Long> epochs = new TreeMap<>();
  private long acknowledged;
  private boolean storms = true;

  /** @param story is told what happens, line by line */
  World(long seed, Consumer<String> story) {
    this.seed = seed;
    this.story = story;
    this.random = new SplittableRandom(seed);
    this.kernel = new Kernel(random.split());
    SplittableRandom shape = random.split();
    this.network = new Network(kernel, random.split());
    this.ensemble = ensemble(shape);
    Map<String, Object> settings = Map.of(
        "troupe.ensemble.servers", ensemble,
        "troupe.persistence.snapshot-every", 2 << shape.nextInt(8),
        "troupe.broadcast.max-batch", 1 << shape.nextInt(7),
        "troupe.broadcast.recent-bytes", 1L << shape.nextInt(8, 24));
    this.machines = IntStream.rangeClosed(1, Math.max(1, ensemble.size()))
        .mapToObj(id -> new Machine(
            kernel,
            new ServerId(id),
            ConfigFactory.parseMap(settings).withFallback(ConfigFactory.parseMap(Map.of("troupe.server-id", id)))
                .withFallback(CONFIG),
            network,
            random.split(),
            this))
        .toList();
    machines.forEach(network::add);
    this.voters = (int) ensemble.stream().filter(member -> member.get("role").equals("voter")).count();
    this.clients = IntStream.rangeClosed(1, 1 + shape.nextInt(5))
        .mapToObj(number -> new Client(this, "client " + number, random.split()))
        .toList();
  }

  /** One server alone, or three or five with a vote, and perhaps observers. */
  private static List<Map<String, Object>> ensemble(SplittableRandom shape) {
    int voters = List.of(1, 3, 3, 3, 3, 5).get(shape.nextInt(6));
    int observers = shape.nextInt(4) == 0 ? 1 : 0;
    return voters == 1
        ? List.of()
        : IntStream.rangeClosed(1, voters + observers)
            .<Map<String, Object>>mapToObj(id -> Map.of(
                "id", id, "host", "server-" + id, "port", id, "role", id <= voters ? "voter" : "observer"))
            .toList();
  }

  Result run(Turns turns) {
    kernel.afterEachStep(this::look);
    kernel.onLog(this::logged);
    if (System.getenv("TRACE") != null) {
      kernel.onTask((lane, work) -> tell("    " + lane + " runs " + describe(work)));
    }
    turns.run(kernel, this::begin);
    return new Result(seed, kernel.failure(), kernel.trace(), kernel.steps(), Duration.ofNanos(kernel.now()), counts);
  }

  private static String describe(Runnable work) {
    return work instanceof Mailbox mailbox
        ? mailbox.actor().self().path().toStringWithoutAddress() + " " + mailbox.numberOfMessages()
        : work.getClass().getName().replaceAll("/0x.*", "");
  }

  private void begin() {
    machines.forEach(Machine::start);
    clients.forEach(Client::begin);
    machines.forEach(this::misfortunes);
    if (machines.size() > 1) {
      misfortunesBetweenServers();
    }
    clients.forEach(this::misfortunes);
    kernel.after(BAD_TIMES, this::heal);
  }

  // What goes wrong.

  private void misfortunes(Machine machine) {
    kernel.after(upTo(Duration.ofSeconds(8)), () -> {
      if (storms) {
        strike(machine);
        misfortunes(machine);
      }
    });
  }

  private void strike(Machine machine) {
    Optional<Life> life = machine.life();
    if (life.isEmpty()) {
      return;
    }
    switch (random.nextInt(9)) {
      case 0, 1 -> crash(machine, true);
      case 2 -> crash(machine, false);
      case 3 -> {
        count("pause");
        Duration pause = upTo(Duration.ofSeconds(random.nextInt(4) == 0 ? 20 : 2));
        tell(life.get().lane() + " is stopped for " + pause.toMillis() + " ms");
        life.get().lane().hold();
        kernel.after(pause, life.get().lane()::release);
      }
      case 4 -> {
        count("slow disk");
        tell("the disk of server " + machine.server() + " is slow");
        machine.disk().setSlowest(upTo(Duration.ofSeconds(2)).plusMillis(1));
        kernel.after(upTo(Duration.ofSeconds(10)), () -> machine.disk().setSlowest(Duration.ofMillis(2)));
      }
      case 5 -> {
        count("failing sync");
        tell("the next sync of server " + machine.server() + " fails");
        machine.disk().failOnce();
      }
      case 6 -> {
        count("full disk");
        tell("the disk of server " + machine.server() + " fills up");
        machine.disk().setRoom(Room.RESERVE);
        Duration full = upTo(Duration.ofSeconds(10));
        kernel.after(full, () -> machine.disk().setRoom(random.nextBoolean() ? Room.NONE : Room.ENOUGH));
        kernel.after(full.plus(upTo(Duration.ofSeconds(10))), () -> machine.disk().setRoom(Room.ENOUGH));
      }
      case 7 -> {
        count("clock jump");
        Duration jump = upTo(Duration.ofHours(2)).minusHours(1);
        tell("the clock of server " + machine.server() + " jumps by " + jump.toMillis() + " ms");
        machine.jump(jump);
      }
      default -> {
        if (machine.files().damage()) {
          count("bit flipped in a file");
          tell("a bit flips in a file of server " + machine.server());
        }
      }
    }
  }

  private void misfortunesBetweenServers() {
    kernel.after(upTo(Duration.ofSeconds(6)), () -> {
      if (storms) {
        strikeBetweenServers();
        misfortunesBetweenServers();
      }
    });
  }

  private void strikeBetweenServers() {
    ServerId one = someServer();
    ServerId other = someServer();
    if (one.equals(other)) {
      return;
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        count("partition");
        Set<ServerId> half = someServers();
        boolean bothWays = random.nextInt(3) != 0;
        tell("nothing gets " + (bothWays ? "between " : "from ") + half + " and the others");
        network.cut(half, bothWays);
        kernel.after(upTo(Duration.ofSeconds(12)), network::heal);
      }
      case 1 -> {
        count("bridge");
        Set<ServerId> half = someServers();
        tell("only server " + one + " gets both to " + half + " and to the others");
        network.bridge(one, half);
        kernel.after(upTo(Duration.ofSeconds(12)), network::heal);
      }
      case 2, 3 -> {
        count("lost messages");
        tell("what is on its way from server " + one + " to server " + other + " is lost");
        network.reset(one, other);
      }
      case 4 -> {
        count("unreliable link");
        tell("messages from server " + one + " to server " + other + " get lost or come twice");
        network.makeUnreliable(one, other);
        kernel.after(upTo(Duration.ofSeconds(8)), network::heal);
      }
      case 5 -> {
        count("slow network");
        Duration most = upTo(Duration.ofMillis(random.nextInt(4) == 0 ? 3000 : 100));
        tell("messages between servers take up to " + most.toMillis() + " ms");
        network.slowDown(most);
        kernel.after(upTo(Duration.ofSeconds(8)), network::heal);
      }
      default -> {
        count("false alarm");
        tell("server " + one + " thinks that server " + other + " has died");
        network.alarm(one, other);
      }
    }
  }

  private ServerId someServer() {
    return machines.get(random.nextInt(machines.size())).server();
  }

  private Set<ServerId> someServers() {
    return machines.stream().map(Machine::server).filter(server -> random.nextBoolean())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void misfortunes(Client client) {
    kernel.after(upTo(Duration.ofSeconds(20)), () -> {
      if (storms) {
        if (client.isConnected()) {
          count("broken connection");
          client.breakUp(upTo(Duration.ofSeconds(random.nextInt(3) == 0 ? 15 : 1)));
        }
        misfortunes(client);
      }
    });
  }

  private void crash(Machine machine, boolean powerCut) {
    count(powerCut ? "power cut" : "kill");
    tell(machine.life().get().lane() + (powerCut ? " loses its power" : " is killed"));
    machine.crash(powerCut);
    startLater(machine);
  }

  private void startLater(Machine machine) {
    kernel.after(upTo(Duration.ofSeconds(random.nextInt(4) == 0 ? 10 : 1)), () -> {
      if (machine.life().isEmpty()) {
        machine.start();
      }
    });
  }

  private Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos()) + 1);
  }

  // The end.

  private void heal() {
    tell("all is well from here on");
    storms = false;
    network.heal();
    for (Machine machine : machines) {
      machine.disk().repair();
      machine.disk().setRoom(Room.ENOUGH);
      machine.disk().setSlowest(Duration.ofMillis(2));
      machine.life().ifPresentOrElse(life -> life.lane().release(), machine::start);
    }
    Map<Client, Long> before = new java.util.HashMap<>();
    clients.forEach(client -> before.put(client, client.answered()));
    waitForEverybody(before, kernel.now() + PATIENCE.toNanos());
  }

  private void waitForEverybody(Map<Client, Long> before, long deadline) {
    kernel.after(Duration.ofSeconds(1), () -> {
      if (clients.stream().allMatch(client -> client.answered() > before.get(client))) {
        kernel.end();
      } else if (kernel.now() > deadline) {
        throw new Violation("nothing has been wrong for " + PATIENCE + ", and still not everybody gets an answer");
      } else {
        waitForEverybody(before, deadline);
      }
    });
  }

  // What must hold.

  private void look() {
    for (Machine machine : machines) {
      machine.life().flatMap(Life::news).ifPresent(tree -> delivered(machine.life().get(), tree));
    }
  }

  private void delivered(Life life, DataTree tree) {
    long upTo = tree.lastZxidNumber();
    if (oracle.last() < upTo) {
      // In its own log, if it has not just joined with a snapshot.
      Stream.concat(Stream.of(life.machine()), machines.stream())
          .map(machine -> machine.durableLog().between(oracle.last(), upTo))
          .filter(batches -> !batches.isEmpty() && batches.getLast().last().toLong() >= upTo)
          .findFirst()
          .orElseThrow(() -> new Violation(life.lane() + " shows " + tree.lastZxid() + ", which is in nobody's log"))
          .forEach(this::committed);
    }
    if (oracle.treeAt(upTo).digest() != tree.digest()) {
      throw new Violation(life.lane() + " has another tree at " + tree.lastZxid() + " than was committed");
    }
  }

  private void committed(Batch batch) {
    long durable = machines.stream().limit(Math.max(1, voters))
        .filter(machine -> machine.durableLog().reaches(batch.last()))
        .count();
    if (durable * 2 <= voters) {
      throw new Violation(batch + " was committed and is on the disks of " + durable + " of " + voters + " voters");
    }
    oracle.commit(batch).forEach(this::committed);
  }

  private void committed(Applied applied) {
    count("commit");
    if (applied.transaction().change() instanceof Change.SessionClosed && applied.transaction().cxid() == 0) {
      count("expired session");
      long session = applied.transaction().session();
      long timeout = oracle.timeoutOf(session).toNanos();
      for (Machine machine : machines) {
        machine.life().filter(Life::leads).flatMap(life -> life.lastHeard(session)).ifPresent(heard -> {
          if (kernel.now() - heard < timeout) {
            throw new Violation("session " + Oracle.hex(session) + " expired "
                + Duration.ofNanos(kernel.now() - heard).toMillis() + " ms after it was heard of");
          }
        });
      }
    }
  }

  @Override
  public void serves(Life life, Server.Serving serving) {
    count("epoch");
    DataTree tree = serving.published().get();
    Zxid last = tree.lastZxid();
    tell(life.lane() + " serves as " + serving.office().mode() + " of epoch " + serving.office().epoch() + ", at " + last);
    boolean leads = life.leads();
    if (leads) {
      if (epochs.put(serving.office().epoch(), oracle.last()) != null) {
        throw new Violation("epoch " + serving.office().epoch() + " has two leaders, the second being " + life.lane());
      }
    }
    long due = epochs.getOrDefault(serving.office().epoch(), 0L);
    if (leads && tree.lastZxidNumber() < due) {
      throw new Violation(life.lane() + " serves at " + last + ", but " + Zxid.of(due) + " was committed before epoch "
          + serving.office().epoch());
    }
  }

  @Override
  public void serves(Life life) {
    tell(life.lane() + " does not serve");
  }

  @Override
  public void ended(Life life) {
    tell(life.lane() + " has ended");
    count("end by itself");
    if (life.machine().life().filter(life::equals).isPresent()) {
      if (!life.journal().hasFailed()) {
        kernel.fail(new Violation(life.lane() + " ended by itself and nothing was wrong with its disk"));
      }
      life.machine().crash(random.nextBoolean());
      startLater(life.machine());
    }
  }

  /** A server's errors are its disk's, or nobody's. */
  private void logged(Lane by, boolean error, String message, Optional<Throwable> cause) {
    tell(by + ": " + message);
    boolean excused = machines.stream().anyMatch(machine -> machine.life().isPresent()
        && machine.life().get().lane() == by && machine.life().get().journal().hasFailed());
    if (error && !excused && cause.isPresent()) {
      Violation violation = new Violation(by + " met an error: " + message);
      cause.ifPresent(violation::initCause);
      kernel.fail(violation);
    }
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  // What clients see.

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public Oracle oracle() {
    return oracle;
  }

  @Override
  public Optional<Wire> connect(Client client) {
    List<Life> living = machines.stream().flatMap(machine -> machine.life().stream()).toList();
    return living.isEmpty()
        ? Optional.empty()
        : Optional.of(new Wire(kernel, random.split(), upTo(Duration.ofMillis(20)),
            living.get(random.nextInt(living.size())), client));
  }

  @Override
  public long acknowledged() {
    return acknowledged;
  }

  @Override
  public void acknowledge(long zxid) {
    acknowledged = Math.max(acknowledged, zxid);
  }

  @Override
  public void tell(String what) {
    story.accept("%10.4f s  %s".formatted(kernel.now() / 1e9, what));
  }

  @Override
  public void detail(Supplier<String> what) {
    if (System.getenv("TRACE") != null) tell(what.get());
  }
}
