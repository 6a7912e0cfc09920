package troupe.simulation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import troupe.ensemble.ServerId;
import troupe.persistence.CorruptJournalException;

/**
 * A world from a seed: servers, clients, and all that can go wrong between them. Bad times first; then all is well, and
 * everybody has to get on.
 */
final class World implements Client.Surroundings, Life.Listener {
  /**
   * What a run came to.
   *
   * @param misfortunes how many there were, with those that were spared
   * @param trace a number that is the same for the same run, and for hardly any other
   * @param steps tasks that were run
   * @param time how long it took in the world
   */
  record Result(
      long seed,
      Optional<Throwable> failure,
      int misfortunes,
      long trace,
      long steps,
      Duration time,
      Counts counts,
      Coverage coverage) {}

  private static final Duration SHORTEST_BAD_TIMES = Duration.ofSeconds(10);
  private static final Duration LONGEST_BAD_TIMES = Duration.ofSeconds(60);
  private static final List<Duration> GRAINS =
      List.of(Duration.ofNanos(1), Duration.ofNanos(100_000), Duration.ofMillis(1), Duration.ofMillis(5));
  private static final int GROUPS = 3;
  private static final int ENOUGH = 1_000_000; // transactions in an epoch, for it to end in some other way
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Config CONFIG = ConfigFactory.parseResources(World.class, "simulation.conf")
      .withFallback(ConfigFactory.load())
      .resolve();

  private final long seed;
  private final SplittableRandom random;
  private final Kernel kernel;
  private final Story story;
  private final Oracle oracle = new Oracle();
  private final Counts counts = new Counts();
  private final Coverage coverage = new Coverage();
  private final List<Machine> machines;
  private final List<Client> clients;
  private final Promises promises;
  private final Misfortunes misfortunes;
  private final Duration badTimes;
  private long acknowledged;

  /** Nobody hears its story. */
  World(long seed) {
    this(seed, Set.of(), line -> {}, false);
  }

  /**
   * @param spared the numbers of the misfortunes that do not happen
   * @param told takes the world's story, line by line
   * @param everything whether that is to be a full trace
   */
  World(long seed, Set<Integer> spared, Consumer<String> told, boolean everything) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    SplittableRandom shape = random.split();
    this.kernel = new Kernel(random.split(), GRAINS.get(shape.nextInt(GRAINS.size())));
    this.story = new Story(kernel, told, everything);
    Network network = new Network(kernel, random.split(), shape.nextInt(4) == 0);
    List<Map<String, Object>> ensemble = ensemble(shape);
    Config config = ConfigFactory.parseMap(Map.of(
            "troupe.ensemble.servers", ensemble,
            "troupe.persistence.snapshot-every", 2 << shape.nextInt(8),
            "troupe.broadcast.max-batch", 1 << shape.nextInt(7),
            "troupe.broadcast.recent-bytes", 1L << shape.nextInt(8, 24),
            "troupe.broadcast.max-epoch-length", shape.nextInt(4) == 0 ? 10 + shape.nextInt(200) : ENOUGH,
            "troupe.client.leader-wait", shape.nextInt(5) == 0 ? "0ms" : (10 << shape.nextInt(10)) + "ms"))
        .withFallback(CONFIG);
    this.machines = IntStream.rangeClosed(1, Math.max(1, ensemble.size()))
        .mapToObj(ServerId::new)
        .map(id -> new Machine(kernel, id, config, network, random.split(), this))
        .toList();
    machines.forEach(network::add);
    this.clients = IntStream.rangeClosed(1, 1 + shape.nextInt(5))
        .mapToObj(number -> new Client(this, "client " + number, random.split()))
        .toList();
    this.badTimes = Duration.ofMillis(shape.nextLong(SHORTEST_BAD_TIMES.toMillis(), LONGEST_BAD_TIMES.toMillis()));
    this.promises = new Promises(kernel, oracle, machines, counts);
    this.misfortunes = new Misfortunes(kernel, random.split(), spared, story, counts, network, machines, clients);
  }

  /**
   * None for a server alone; else three or five with a vote, or six in three groups, and perhaps an observer or two. Some votes
   * weigh more than others, or nothing.
   */
  private static List<Map<String, Object>> ensemble(SplittableRandom shape) {
    int voters = List.of(1, 3, 3, 3, 3, 3, 5, 6).get(shape.nextInt(8));
    int observers = shape.nextInt(4) == 0 ? 1 + shape.nextInt(2) : 0;
    boolean weighted = shape.nextInt(4) == 0;
    List<Map<String, Object>> servers = new ArrayList<>();
    for (int id = 1; voters > 1 && id <= voters + observers; id++) {
      Map<String, Object> server = new HashMap<>(Map.of("id", id, "host", "server-" + id, "port", id));
      if (id > voters) {
        server.put("role", "observer");
      } else if (voters == GROUPS * 2) {
        server.put("group", "group-" + id % GROUPS);
      } else if (weighted) {
        server.put("weight", id == 1 ? 2 : shape.nextInt(3));
      }
      servers.add(server);
    }
    return servers;
  }

  Result run(Turns turns) {
    kernel.onTask((lane, work) -> coverage.look(work));
    kernel.afterEachStep(promises::look);
    kernel.onLog(this::logged);
    turns.run(kernel, this::begin);
    return new Result(seed, kernel.failure(), misfortunes.struck(), kernel.trace(), kernel.steps(),
        Duration.ofNanos(kernel.now()), counts, coverage);
  }

  private void begin() {
    machines.forEach(Machine::start);
    clients.forEach(Client::begin);
    misfortunes.begin();
    kernel.after(badTimes, this::heal);
  }

  private void heal() {
    story.tell("all is well from here on");
    misfortunes.end();
    Map<Client, Long> answeredBefore = new HashMap<>();
    clients.forEach(client -> answeredBefore.put(client, client.answered()));
    waitForEverybody(answeredBefore, kernel.now() + PATIENCE.toNanos());
  }

  private void waitForEverybody(Map<Client, Long> answeredBefore, long deadline) {
    kernel.after(Duration.ofSeconds(1), () -> {
      List<Client> waiting = clients.stream().filter(client -> client.answered() <= answeredBefore.get(client)).toList();
      if (waiting.isEmpty()) {
        kernel.end();
      } else if (kernel.now() > deadline) {
        throw new Violation("all has been well for " + PATIENCE.toSeconds() + " s, and " + waiting + " get no answer");
      } else {
        waitForEverybody(answeredBefore, deadline);
      }
    });
  }

  // What servers do.

  @Override
  public void serves(Life life) {
    story.tell(life + " lets clients in, " + (life.leads() ? "leader" : "follower") + " of epoch " + life.epoch()
        + ", at " + life.tree().lastZxid());
    promises.serves(life);
  }

  @Override
  public void servesNoMore(Life life) {
    story.tell(life + " lets no clients in");
  }

  @Override
  public void ended(Life life) {
    Machine machine = life.machine();
    if (machine.life().filter(life::equals).isEmpty()) {
      return; // the world has ended it
    }
    story.tell(life + " has ended by itself");
    counts.add("ends after a failed write, or for want of a sound snapshot");
    if (!life.isExcused()) {
      throw new Violation(life + " ended by itself, and nothing was wrong with its disk");
    }
    machine.crash(random.nextBoolean());
    misfortunes.startLater(machine);
  }

  /** An error is its disk's, or a bug. */
  private void logged(Lane by, boolean error, String message, Optional<Throwable> cause) {
    story.tell(by + ": " + message);
    if (!error || cause.isEmpty()) {
      return;
    }
    for (Machine machine : machines) {
      machine.life().filter(life -> life.lane() == by).ifPresent(life -> {
        if (rootOf(cause.get()) instanceof CorruptJournalException && machine.restore()) {
          story.tell("the disk of server " + machine.server() + " comes back from a backup");
          life.excuse();
        } else if (!life.isExcused()) {
          Violation violation = new Violation(by + " met an error: " + message);
          violation.initCause(cause.get());
          kernel.fail(violation);
        }
      });
    }
  }

  private static Throwable rootOf(Throwable failure) {
    return failure.getCause() == null ? failure : rootOf(failure.getCause());
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
    List<Life> living = machines.stream()
        .flatMap(machine -> machine.life().stream())
        .filter(Life::isOpen)
        .toList();
    if (living.isEmpty()) {
      return Optional.empty();
    }
    Duration slowest = Duration.ofNanos(random.nextLong(1, Duration.ofMillis(20).toNanos()));
    return Optional.of(new Wire(kernel, random.split(), slowest, living.get(random.nextInt(living.size())), client));
  }

  @Override
  public Counts counts() {
    return counts;
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
    story.tell(what);
  }

  @Override
  public void detail(Supplier<String> what) {
    story.detail(what);
  }
}
