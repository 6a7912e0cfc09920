package troupe.management;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import troupe.actors.Server;
import troupe.gateway.Figures;
import troupe.gateway.Gateway;
import troupe.management.ManagementSettings.Right;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.session.SessionTracker;
import troupe.session.Watches;

/**
 * The commands of ZooKeeper's AdminServer, by the names, with the keys and in the types that dashboards know. What has
 * no meaning here, or is not counted, is null, or what ZooKeeper says for "none". Source: ZooKeeper's Commands.
 */
final class Commands {
  /**
   * @param names the one that it is listed by, then its other ones
   * @param anyTime whether it is answered also while nobody is served
   * @param answer to the parameters; with {@link Refusal} where they are wrong
   */
  record Command(
      List<String> names,
      Right right,
      boolean anyTime,
      Function<Map<String, String>, CompletionStage<Answer>> answer) {

    String name() {
      return names.getFirst();
    }
  }

  /** What a command has to say. */
  sealed interface Answer {}

  /** @param headers beyond those of every answer */
  record Told(Map<String, Object> values, Map<String, String> headers) implements Answer {}

  /** The contents of a snapshot, with its headers. */
  record Sent(Reading.SnapshotView snapshot, Map<String, String> headers) implements Answer {}

  static final String NOT_SERVING = "This ZooKeeper instance is not currently serving requests";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String NO_SNAPSHOT = Long.toHexString(-1);

  private final ActorSystem<?> system;
  private final NodeState state;
  private final Reading reading;
  private final Acting acting;
  private final Figures figures;
  private final CommandValues values;
  private final List<Command> all;

  Commands(ActorSystem<?> system, NodeState state, Reading reading, Acting acting) {
    this.system = system;
    this.state = state;
    this.reading = reading;
    this.acting = acting;
    this.figures = port().figures();
    this.values = new CommandValues(state.node());
    this.all = Stream.of(seen(), watched(), atAnyTime(), acted()).flatMap(List::stream).toList();
  }

  private Gateway.Port port() {
    return state.node().port();
  }

  /** Those that are listed, by name. */
  List<String> names() {
    return all.stream().map(Command::name).sorted().toList();
  }

  Optional<Command> named(String name) {
    return all.stream().filter(command -> command.names().contains(name)).findAny();
  }

  /** Of a command that is not answered at any time. */
  Optional<Server.Serving> serving() {
    return state.condition().serving();
  }

  private List<Command> seen() {
    return List.of(
        see(List.of("configuration", "conf", "config"), serving -> values.configuration()),
        see(List.of("connections", "cons"), serving -> Map.of(
            "connections", values.connections(), "secure_connections", List.of())),
        see(List.of("dirs"), serving -> ordered("datadir_size", figures.dataSize(), "logdir_size", figures.logSize())),
        see(List.of("hash"), serving -> Map.of("digests", values.digests(serving))),
        see(List.of("initial_configuration", "icfg"), serving ->
            Map.of("initial_configuration", reading.shownSettings())),
        see(List.of("is_read_only", "isro"), serving -> Map.of("read_only", false)),
        see(List.of("leader", "lead"), values::leader),
        see(List.of("observers", "obsr"), values::observers),
        see(List.of("ruok"), serving -> Map.of()),
        see(List.of("server_stats", "srvr"), values::server),
        see(List.of("stats", "stat"), serving -> {
          Map<String, Object> stats = values.server(serving);
          stats.put("connections", values.briefConnections());
          stats.put("secure_connections", List.of());
          return stats;
        }),
        see(List.of("voting_view"), values::votingView),
        asked(List.of("dump"), (serving, parameters) ->
            AskPattern.<SessionTracker.Command, SessionTracker.Expiries>ask(
                    serving.tracker(), SessionTracker.GetExpiries::new, PATIENCE, system.scheduler())
                .thenApply(expiries -> values.dump(serving, expiries))),
        asked(List.of("last_snapshot", "lsnp"), (serving, parameters) ->
            AskPattern.<TransactionLog.Command, TransactionLog.Reply>ask(
                    serving.log(), TransactionLog.GetHistory::new, PATIENCE, system.scheduler())
                .thenApply(this::lastSnapshot)),
        asked(List.of("monitor", "mntr"), (serving, parameters) ->
            AskPattern.<Watches.Command, Integer>ask(
                    serving.watches(), Watches.GetCount::new, PATIENCE, system.scheduler())
                .thenApply(watches -> figures.monitor(serving, watches))));
  }

  private List<Command> watched() {
    return List.of(
        watched(List.of("watch_summary", "wchs"), summary -> ordered(
            "num_connections", summary.bySession().size(),
            "num_paths", summary.byPath().size(),
            "num_total_watches", summary.byPath().values().stream().mapToInt(List::size).sum())),
        watched(List.of("watches", "wchc"), summary -> Map.of("session_id_to_watched_paths", summary.bySession())),
        watched(List.of("watches_by_path", "wchp"), summary -> Map.of("path_to_session_ids", summary.byPath())));
  }

  private Command watched(List<String> names, Function<Watches.Summary, Map<String, Object>> format) {
    return asked(names, (serving, parameters) ->
        AskPattern.<Watches.Command, Watches.Summary>ask(
                serving.watches(), Watches.GetSummary::new, PATIENCE, system.scheduler())
            .thenApply(format::apply));
  }

  private List<Command> atAnyTime() {
    return List.of(
        anyTime(List.of("environment", "env", "envi"), () -> new LinkedHashMap<>(figures.environment())),
        anyTime(List.of("get_trace_mask", "gtmk"), () -> Map.of("tracemask", figures.traceMask())),
        anyTime(List.of("system_properties", "sysp"), CommandValues::systemProperties),
        anyTime(List.of("zabstate"), () -> values.zabState(serving())));
  }

  private List<Command> acted() {
    return List.of(
        act(List.of("connection_stat_reset", "crst"), () -> port().resetConnectionStatistics()),
        // Nothing is counted of observers' connections, so all of it begins at nothing at any time.
        act(List.of("observer_connection_stat_reset", "orst"), () -> {}),
        act(List.of("stat_reset", "srst"), () -> port().resetStatistics()),
        new Command(List.of("set_trace_mask", "stmk"), Right.ACT, true, parameters -> told(setTraceMask(parameters))),
        new Command(List.of("snapshot", "snap"), Right.ACT, false, this::snapshot),
        new Command(List.of("restore", "rest"), Right.ACT, false, parameters -> {
          throw new Refusal(503, "a server alone takes a backup with POST /troupe/restore; stop the servers of an"
              + " ensemble and use 'bin/troupe restore', see 'bin/troupe help restore'");
        }));
  }

  private Map<String, Object> setTraceMask(Map<String, String> parameters) {
    String given = parameters.get("traceMask");
    if (given == null) {
      throw new Refusal(200, "setTraceMask requires long traceMask argument");
    }
    try {
      figures.setTraceMask(Long.parseLong(given));
    } catch (NumberFormatException e) {
      throw new Refusal(200, "setTraceMask requires long traceMask argument, got " + given);
    }
    return Map.of("tracemask", figures.traceMask());
  }

  private CompletionStage<Answer> snapshot(Map<String, String> parameters) {
    boolean streaming = Boolean.parseBoolean(parameters.getOrDefault("streaming", "true"));
    return acting.takeSnapshot().thenApply(taken -> {
      Map<String, String> headers = Map.of("last_zxid", taken.zxid(), "snapshot_size", String.valueOf(taken.bytes()));
      return streaming ? new Sent(taken, headers) : new Told(Map.of(), headers);
    });
  }

  /** The newest one that the log counts on; its time is in seconds, as there. */
  private Map<String, Object> lastSnapshot(TransactionLog.Reply reply) {
    List<SnapshotRef> snapshots =
        reply instanceof TransactionLog.Reply.TheHistory known ? known.history().snapshots() : List.of();
    if (snapshots.isEmpty()) {
      return ordered("zxid", NO_SNAPSHOT, "timestamp", -1);
    }
    SnapshotRef last = snapshots.getLast();
    return ordered(
        "zxid", Long.toHexString(last.last().toLong()),
        "timestamp", reading.view(last).writtenAt().getEpochSecond());
  }

  // Kinds of commands.

  private interface Asked {
    CompletionStage<Map<String, Object>> of(Server.Serving serving, Map<String, String> parameters);
  }

  private Command asked(List<String> names, Asked asked) {
    return new Command(names, Right.READ, false, parameters -> {
      Server.Serving serving = serving().orElseThrow(() -> new Refusal(200, NOT_SERVING));
      return asked.of(serving, parameters).thenApply(answer -> new Told(answer, Map.of()));
    });
  }

  private Command see(List<String> names, Function<Server.Serving, Map<String, Object>> values) {
    return asked(names, (serving, parameters) -> CompletableFuture.completedFuture(values.apply(serving)));
  }

  private static Command anyTime(List<String> names, Supplier<Map<String, Object>> values) {
    return new Command(names, Right.READ, true, parameters -> told(values.get()));
  }

  private static Command act(List<String> names, Runnable action) {
    return new Command(names, Right.ACT, false, parameters -> {
      action.run();
      return told(Map.of());
    });
  }

  private static CompletionStage<Answer> told(Map<String, Object> values) {
    return CompletableFuture.completedFuture(new Told(values, Map.of()));
  }

  /** A map in this order. */
  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
