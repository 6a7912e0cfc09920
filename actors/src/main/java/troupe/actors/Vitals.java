package troupe.actors;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.metrics.Distribution;
import troupe.metrics.Metrics;
import troupe.metrics.Scrape;
import troupe.persistence.TransactionLog;
import troupe.session.Watches;
import troupe.tree.DataTree;

/**
 * How a server is, as the metrics tell it. Looks on from outside, on a thread that is not the server's: hears whether
 * it serves, and sends a message through each of the hot actors once a second, to see how long it takes.
 */
public final class Vitals {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** The server tells whether it serves. */
  record ServiceChanged(Server.Service service) implements Command {}

  record ProbesDue() implements Command {}

  /** A probe is back, or given up; {@code sentAt} tells which. */
  record ProbeReturned(Probe probe, long sentAt, boolean answered) implements Command {}

  /** From the registry of watches, which is probed by asking for this. */
  record WatchesCounted(long sentAt, int watches) implements Command {}

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final double NANOS_PER_SECOND = 1e9;

  /** Written by the actor, read by whoever scrapes. One is under way at a time. */
  static final class Probe {
    private final String actor;
    private final Distribution delays = Distribution.ofTimes();
    private volatile boolean underWay;
    private volatile long sentAt;

    Probe(String actor) {
      this.actor = actor;
    }

    private OptionalLong begin() {
      if (underWay) {
        return OptionalLong.empty();
      }
      sentAt = System.nanoTime();
      underWay = true;
      return OptionalLong.of(sentAt);
    }

    private void end(long which, boolean answered) {
      if (!underWay || which != sentAt) {
        return; // whom it was for is gone, and it was given up
      }
      if (answered) {
        delays.record(System.nanoTime() - sentAt);
      }
      underWay = false;
    }

    private void giveUp() {
      underWay = false;
    }

    private void tell(Scrape scrape) {
      scrape.seconds("troupe_mailbox_delay_seconds",
          "How long a message that is sent once a second took through the mailbox of a hot actor and back. core is the"
              + " thread that all of them share; the log's has the write under way before it.",
          delays.counts(), "actor", actor);
      scrape.gauge("troupe_mailbox_waiting_seconds",
          "How long such a message has been on its way that is not back yet; 0: none is.",
          underWay ? (System.nanoTime() - sentAt) / NANOS_PER_SECOND : 0, "actor", actor);
    }
  }

  private final ActorContext<Command> context;
  private final Ensemble ensemble;
  private final Metrics metrics;
  private final Executor coreThread;
  private final Probe core = new Probe("core");
  private final Probe registry = new Probe("watches");
  private final Probe log = new Probe("log");
  private long since = System.nanoTime();
  private volatile Optional<Server.Serving> serving = Optional.empty();
  private volatile long servingSince;
  private volatile int watches;

  private Vitals(ActorContext<Command> context, Ensemble ensemble, Metrics metrics) {
    this.context = context;
    this.ensemble = ensemble;
    this.metrics = metrics;
    this.coreThread = context.getSystem().dispatchers().lookup(Server.CORE);
  }

  /** From now on the metrics of this actor system tell of this server. */
  public static void start(ActorSystem<?> system, ActorRef<Server.Command> server, Ensemble ensemble) {
    system.systemActorOf(create(server, ensemble, Metrics.of(system)), "vitals", Props.empty());
  }

  static Behavior<Command> create(ActorRef<Server.Command> server, Ensemble ensemble, Metrics metrics) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      Vitals vitals = new Vitals(context, ensemble, metrics);
      metrics.add(vitals::tell);
      metrics.add(new Mailboxes(server));
      server.tell(new Server.Subscribe(context.messageAdapter(Server.Service.class, ServiceChanged::new)));
      timers.startTimerWithFixedDelay(new ProbesDue(), INTERVAL);
      return Behaviors.receiveMessage(vitals::onMessage);
    }));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case ServiceChanged changed -> onService(changed.service());
      case ProbesDue due -> sendProbes();
      case ProbeReturned returned -> returned.probe().end(returned.sentAt(), returned.answered());
      case WatchesCounted counted -> {
        watches = counted.watches();
        registry.end(counted.sentAt(), true);
      }
    }
    return Behaviors.same();
  }

  private void onService(Server.Service service) {
    registry.giveUp(); // there is another now, or none
    switch (service) {
      case Server.Serving begins -> {
        if (serving.isEmpty()) {
          metrics.availableAgain(System.nanoTime() - since, leads(begins.office()));
        }
        servingSince = System.nanoTime();
        watches = 0;
        serving = Optional.of(begins);
      }
      case Server.NotServing ends -> {
        if (serving.isPresent()) {
          since = System.nanoTime();
        }
        serving = Optional.empty();
      }
    }
  }

  private static boolean leads(Server.Office office) {
    return office.mode() == Server.Mode.LEADER || office.mode() == Server.Mode.STANDALONE;
  }

  private void sendProbes() {
    core.begin().ifPresent(sentAt ->
        context.pipeToSelf(CompletableFuture.runAsync(() -> {}, coreThread),
            (done, failure) -> new ProbeReturned(core, sentAt, failure == null)));
    serving.ifPresent(server -> {
      registry.begin().ifPresent(sentAt ->
          context.ask(Integer.class, server.watches(), PATIENCE, Watches.GetCount::new, (count, failure) ->
              failure == null ? new WatchesCounted(sentAt, count) : new ProbeReturned(registry, sentAt, false)));
      log.begin().ifPresent(sentAt ->
          context.ask(TransactionLog.Reply.class, server.log(), PATIENCE, TransactionLog.GetHistory::new,
              (history, failure) -> new ProbeReturned(log, sentAt, failure == null)));
    });
  }

  private void tell(Scrape scrape) {
    core.tell(scrape);
    registry.tell(scrape);
    log.tell(scrape);
    Optional<Server.Serving> now = serving;
    scrape.gauge("troupe_serving", "1 while this server lets clients in, otherwise 0.", now.isPresent() ? 1 : 0);
    for (Server.Mode mode : Server.Mode.values()) {
      boolean is = now.isPresent() && now.get().office().mode() == mode;
      scrape.gauge("troupe_mode",
          "1 for what this server is to its clients, 0 for all else; 0 for all while it does not serve.",
          is ? 1 : 0, "mode", mode.name().toLowerCase(Locale.ROOT));
    }
    scrape.gauge("uptime", "Milliseconds since this process began.",
        ManagementFactory.getRuntimeMXBean().getUptime());
    now.ifPresent(server -> {
      tellOfTheTree(scrape, server.published().get());
      tellOfTheOffice(scrape, server.office());
      scrape.gauge("watch_count", "Watches of this server's clients, a second ago.", watches);
    });
  }

  private static void tellOfTheTree(Scrape scrape, DataTree tree) {
    scrape.gauge("znode_count", "Nodes of the tree. The root counts twice, as in ZooKeeper.", tree.nodeCount() + 1);
    scrape.gauge("ephemerals_count", "Ephemeral nodes of the tree.", tree.ephemeralCount());
    scrape.gauge("approximate_data_size", "Bytes of all paths and data of the tree.", tree.dataSize());
    scrape.gauge("global_sessions", "Sessions of the whole ensemble.", tree.sessionCount());
    scrape.gauge("local_sessions", "Sessions that only one server knows, which do not exist here: 0.", 0);
    scrape.gauge("troupe_zxid_counter",
        "Number within its epoch of the last transaction that this server's clients can read.",
        tree.lastZxid().counter());
  }

  private void tellOfTheOffice(Scrape scrape, Server.Office office) {
    scrape.gauge("troupe_epoch", "Epoch in which this server serves.", office.epoch());
    scrape.gauge("troupe_leader_id", "Id of the server that leads, as this one knows it.", office.leader().value());
    if (office.mode() != Server.Mode.STANDALONE) {
      scrape.gauge("quorum_size", "Servers that vote.", ensemble.voters().size());
    }
    if (leads(office)) {
      Set<ServerId> inStep = office.inStep().get();
      long followers = inStep.stream().filter(ensemble.voters()::contains).count();
      scrape.gauge("learners", "At the leader: learners that follow it and have caught up.", inStep.size());
      scrape.gauge("synced_followers", "At the leader: those among them that vote.", followers);
      scrape.gauge("synced_observers", "At the leader: those among them that do not.", inStep.size() - followers);
      scrape.gauge("leader_uptime", "Milliseconds for which this server has led.",
          (System.nanoTime() - servingSince) / 1e6);
    }
  }
}
