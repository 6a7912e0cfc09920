package troupe.node;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.actors.Server;
import troupe.actors.ServerSettings;
import troupe.actors.Vitals;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
import troupe.gateway.About;
import troupe.gateway.Gateway;
import troupe.gateway.GatewaySettings;
import troupe.links.Lanes;
import troupe.links.RemoteLinks;
import troupe.loops.CoreLoop;
import troupe.loops.EventLoops;
import troupe.loops.SleepingScheduler;
import troupe.management.ManagedNode;
import troupe.management.Management;
import troupe.management.ManagementSettings;
import troupe.metrics.Metrics;
import troupe.persistence.ChunkedFile;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.DataDirectory;
import troupe.persistence.DirectoryInUseException;
import troupe.persistence.DiskMetrics;
import troupe.persistence.JournalStore;
import troupe.persistence.JournalStores;
import troupe.persistence.Restoration;
import troupe.reception.Reception;
import troupe.reception.ReceptionSettings;

/**
 * One node: a server, its client port and its management, put together and run until it is told to stop. When the other
 * servers have removed it from their cluster it begins again by itself.
 */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final DispatcherSelector CORE = DispatcherSelector.fromConfig("troupe.core-dispatcher");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration RETIREMENT = Duration.ofSeconds(4); // the phase itself ends after 5 s

  /** What the actor system's guardian is told once the journal is open. */
  private record Start(
      ServerSettings settings,
      JournalStore journal,
      Remoting remoting,
      Lanes lanes,
      Duration patience,
      CompletableFuture<ActorRef<Server.Command>> server) {}

  /** A backup is to take the place of the data. */
  private record Restored() implements CoordinatedShutdown.Reason {}

  private final Config config;
  private final ServerSettings server;
  private final GatewaySettings gateway;
  private final ManagementSettings management;
  private final Remoting remoting;
  private final Path dataDirectory;
  private final EventLoops loops;
  private final CoreLoop core;
  private final LastWord lastWord;

  private Node(
      Config config,
      ServerSettings server,
      GatewaySettings gateway,
      ManagementSettings management,
      Remoting remoting,
      Path dataDirectory,
      EventLoops loops,
      CoreLoop core,
      LastWord lastWord) {
    this.config = config;
    this.server = server;
    this.gateway = gateway;
    this.management = management;
    this.remoting = remoting;
    this.dataDirectory = dataDirectory;
    this.loops = loops;
    this.core = core;
    this.lastWord = lastWord;
  }

  /**
   * Returns when the node has stopped because it was asked to.
   *
   * @throws Refused if the settings, the port or the data directory do not allow it to start
   * @throws IllegalStateException if it stopped by itself
   */
  static void run(Config config) {
    Config troupe = config.getConfig("troupe");
    ServerSettings server = checked(() -> ServerSettings.from(troupe));
    GatewaySettings gateway = checked(() -> GatewaySettings.from(troupe));
    ManagementSettings management = checked(() -> ManagementSettings.from(troupe.getConfig("management")));
    checked(() -> {
      Management.check(management);
      return management;
    });
    Remoting remoting = checked(() -> Remoting.of(server.ensemble(), troupe));
    if (remoting.listed()) {
      OwnAddress.check(server.ensemble(), remoting.links().bindHost());
    }
    Path dataDirectory = Path.of(troupe.getString("persistence.data-dir"));
    try (LastWord lastWord = LastWord.keep();
        DataDirectory held = DataDirectory.hold(dataDirectory);
        CoreLoop core = new CoreLoop();
        EventLoops loops = new EventLoops(gateway.eventLoops())) {
      Node node = new Node(config, server, gateway, management, remoting, held.path(), loops, core, lastWord);
      // Longer each time: where beginning again does not help, it should not go on for ever.
      Duration patience = PATIENCE;
      CoordinatedShutdown.Reason ended = node.live(patience);
      while (ended instanceof Restored || Membership.isWayBack(ended)) {
        if (Membership.isWayBack(ended)) {
          patience = patience.multipliedBy(2);
          LOG.warn("this server was removed from the cluster: it begins again, in the same process and with its data");
        }
        ended = node.live(patience);
      }
    } catch (DirectoryInUseException | CorruptJournalException e) {
      throw new Refused(e.getMessage());
    }
  }

  /**
   * Runs until the actor system has ended, and tells who wanted that.
   *
   * @param patience of {@link Membership}
   */
  private CoordinatedShutdown.Reason live(Duration patience) {
    finishRestoration();
    Config all = loops.config()
        .withFallback(core.config())
        .withFallback(SleepingScheduler.config())
        .withFallback(remoting.config())
        .withFallback(Management.config(management))
        .withFallback(config);
    try (Lanes lanes = Lanes.of(core, all)) {
      return live(patience, all, lanes);
    }
  }

  private void finishRestoration() {
    try {
      if (new Restoration(dataDirectory, logDirectory()).finish()) {
        LOG.warn("this server begins with a backup; its data from before is in {} and {}",
            dataDirectory.resolve(Restoration.BEFORE), logDirectory().resolve(Restoration.BEFORE));
      }
    } catch (IOException e) {
      throw new Refused("the backup that was to be restored cannot be put in the place of the data: " + e
          + ". Mend this and start again: it goes on where it was");
    }
  }

  private Path logDirectory() {
    String directory = config.getString("troupe.persistence.log-dir");
    return directory.isEmpty() ? dataDirectory.resolve("log") : Path.of(directory);
  }

  private CoordinatedShutdown.Reason live(Duration patience, Config all, Lanes lanes) {
    Config troupe = config.getConfig("troupe");
    ActorSystem<Start> system = ActorSystem.create(guardian(), Remoting.SYSTEM, all);
    boolean started = false;
    try {
      removeLeftovers(server.snapshots().directory()); // first: on a full disk the log needs the room
      JournalStore journal = checked(() -> JournalStores.of(system).journal());
      CompletableFuture<ActorRef<Server.Command>> spawned = new CompletableFuture<>();
      system.tell(new Start(server, journal, remoting, lanes, patience, spawned));
      ActorRef<Server.Command> actor = spawned.join();
      About about = about(server, dataDirectory, logDirectory(), journal);
      Vitals.start(system, actor, server.ensemble());
      Metrics.of(system).add(
          new DiskMetrics(about.dataDirectory(), about.logDirectory(), about.dataSize(), about.logSize()));
      Gateway.Port port = Gateway.open(system, actor, gateway, loops, about);
      LOG.info("Troupe {}, server {} of an ensemble of {}; clients on {}:{}, data in {}", Version.troupe(),
          server.ensemble().self(), server.ensemble().members().size(), gateway.host(), port.address().getPort(),
          dataDirectory);
      Reception.open(system, actor, ReceptionSettings.from(troupe), Reception.inTurn(loops.dispatchers()));
      stopInOrder(system, port, actor);
      if (management.enabled()) {
        ManagedNode managed = new ManagedNode(Version.troupe(), server.ensemble(), actor, port, journal,
            dataDirectory, server.snapshots().directory(), about.logDirectory(), troupe,
            () -> CoordinatedShutdown.get(system).runAll(new Restored()));
        Management.start(system, managed, management).thenAccept(uri -> uri.ifPresent(address ->
            LOG.info("management on {}", address)));
      }
      started = true;
    } catch (IOException e) {
      throw new Refused("cannot listen on " + gateway.host() + ":" + gateway.port() + " for clients: " + e.getMessage()
          + ". Is another server running there? Choose another troupe.client.port");
    } finally {
      if (!started) {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
      }
    }
    system.getWhenTerminated().toCompletableFuture().join();
    return CoordinatedShutdown.get(system).getShutdownReason().orElseThrow(() ->
        new IllegalStateException("the server has stopped by itself; the lines above say why"));
  }

  /** The root of the node's actors. Ends, and the actor system with it, when the server ends. */
  private static Behavior<Start> guardian() {
    return Behaviors.setup(context -> Behaviors.receive(Start.class)
        .onMessage(Start.class, start -> {
          // Linux' SecureRandom does not wait, so an actor may use it.
          SecureRandom random = new SecureRandom();
          Server.Sources sources = new Server.Sources(InstantSource.system(), System::nanoTime, random);
          Ensemble ensemble = start.settings().ensemble();
          Links links = ensemble.peers().isEmpty()
              ? Links.NONE
              : new RemoteLinks(context.getSystem(), ensemble, start.lanes());
          // On the thread of those who read what comes in, so that it is passed on without a wake-up.
          ActorRef<Server.Command> server =
              context.spawn(Server.create(start.settings(), sources, start.journal(), links), "server", CORE);
          context.watch(server);
          ActorRef<Membership.Command> membership =
              context.spawn(Membership.create(start.remoting(), start.patience()), "membership");
          context.spawn(ClientDowning.create(start.remoting().downClientsAfter()), "client-downing");
          if (!ensemble.peers().isEmpty()) {
            context.watch(context.spawn(
                Peers.create(ensemble, start.remoting().links(), start.lanes(), random, server, membership),
                RemoteLinks.NAME, CORE));
          }
          start.server().complete(server);
          return Behaviors.same();
        })
        .onSignal(Terminated.class, ended -> Behaviors.stopped())
        .build());
  }

  private static About about(ServerSettings server, Path dataDirectory, Path logDirectory, JournalStore journal) {
    return new About(
        Version.troupe(),
        dataDirectory,
        logDirectory,
        server.session().tick().toMillis(),
        server.session().minTimeout().toMillis(),
        server.session().maxTimeout().toMillis(),
        server.broadcast().initTimeout().dividedBy(server.session().tick()),
        server.broadcast().syncTimeout().dividedBy(server.session().tick()),
        server.ensemble(),
        () -> sizeOf(server.snapshots().directory()),
        journal::size);
  }

  private static long sizeOf(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      return 0; // a figure for people; it is not worth an error
    }
  }

  private static void removeLeftovers(Path snapshots) throws IOException {
    if (Files.isDirectory(snapshots)) {
      ChunkedFile.removeLeftovers(snapshots);
    }
  }

  /** Clients first: they go elsewhere while the rest is still there to finish what they asked. Then the role. */
  private void stopInOrder(ActorSystem<?> system, Gateway.Port port, ActorRef<Server.Command> server) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), "close-client-port", () -> {
      lastWord.stopping();
      return CompletableFuture.runAsync(port::close).thenApply(nothing -> Done.done());
    });
    shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "retire", () ->
        AskPattern.ask(server, Server.Retire::new, RETIREMENT, system.scheduler()));
  }

  private interface Settings<T> {
    T read();
  }

  private static <T> T checked(Settings<T> settings) {
    try {
      return settings.read();
    } catch (IllegalArgumentException e) {
      throw new Refused(e.getMessage());
    }
  }
}
