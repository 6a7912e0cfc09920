package troupe.simulation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import troupe.actors.Server;
import troupe.actors.ServerSettings;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

/** Where a server lives, life after life: its disk, its clock. */
final class Machine {
  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private final Kernel kernel;
  private final ServerId server;
  private final Config config;
  private final Quorum quorum;
  private final Network network;
  private final SplittableRandom random;
  private final Life.Listener listener;
  private final Disk disk;
  private SimulatedJournal journal;
  private SimulatedFiles files;
  private Duration clockError = Duration.ZERO;
  private Optional<Life> life = Optional.empty();
  private int lives;

  Machine(
      Kernel kernel,
      ServerId server,
      Config config,
      Network network,
      SplittableRandom random,
      Life.Listener listener) {
    this.kernel = kernel;
    this.server = server;
    this.config = ConfigFactory.parseMap(Map.of("troupe.server-id", server.value())).withFallback(config);
    this.quorum = ServerSettings.from(this.config.getConfig("troupe")).ensemble().quorum();
    this.network = network;
    this.random = random;
    this.listener = listener;
    this.disk = new Disk(kernel, random.split());
    this.files = new SimulatedFiles(disk, random.split());
    this.journal = new SimulatedJournal(files.path("/data/log"), disk);
  }

  ServerId server() {
    return server;
  }

  Quorum quorum() {
    return quorum;
  }

  DurableLog durableLog() {
    return journal.durableLog();
  }

  Disk disk() {
    return disk;
  }

  SimulatedFiles files() {
    return files;
  }

  SimulatedJournal journal() {
    return journal;
  }

  /** What had been damaged on its disk comes back from a backup. Whether there was anything. */
  boolean restore() {
    boolean filesToo = files.restore();
    return journal.restore() || filesToo;
  }

  Optional<Life> life() {
    return life;
  }

  /** What its wall clock shows. */
  Instant clock() {
    return BEGINNING.plusNanos(kernel.now()).plus(clockError);
  }

  /** Its wall clock jumps; what tells how long ago something was does not. */
  void jump(Duration by) {
    clockError = clockError.plus(by);
  }

  void start() {
    lives++;
    Life next = new Life(kernel, this, "server " + server + "." + lives, journal, files, listener);
    life = Optional.of(next);
    RandomGenerator chance = random.split();
    next.begin(config, new Server.Sources(this::clock, kernel::now, chance),
        (to, message) -> network.send(server, to, message));
    network.born(server);
  }

  /**
   * The process ends where it is.
   *
   * @param powerCut whether what was not synced is lost with it
   */
  void crash(boolean powerCut) {
    life.ifPresent(living -> living.end(random.nextInt(4) != 0));
    life = Optional.empty();
    network.died(server);
    journal = journal.reopened(powerCut ? random.nextInt(journal.unsynced() + 1) : 0);
    files = files.reopened(powerCut);
    disk.repair();
  }
}
