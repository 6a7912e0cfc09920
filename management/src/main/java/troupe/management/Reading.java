package troupe.management;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import troupe.actors.Server;
import troupe.ensemble.Zxid;
import troupe.gateway.ClientInfo;
import troupe.persistence.History;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.session.SessionTracker;
import troupe.session.Watches;
import troupe.tree.DataTree;

/** What there is to see at a node, as values for {@link Json}. Nothing here changes anything, or tells a secret. */
final class Reading {
  record NodeView(int id, EnsembleView.StatusView status, Object settings) {}

  /**
   * @param here whether its client is connected to this server
   * @param ephemerals how many nodes it owns
   * @param expiresInMillis if nothing more is heard of it; the leader alone knows
   */
  record SessionView(
      String id,
      int timeoutMillis,
      boolean here,
      Optional<String> client,
      int ephemerals,
      Optional<Long> expiresInMillis) {}

  record SessionsView(List<SessionView> sessions, Optional<String> next, int total) {}

  record OneSessionView(
      String id,
      int timeoutMillis,
      boolean here,
      Optional<String> client,
      int ephemerals,
      Optional<Long> expiresInMillis,
      List<String> ephemeralPaths) {}

  record WatchedView(String path, List<String> sessions) {}

  record WatchesView(List<WatchedView> paths, Optional<String> next, int total) {}

  record LogView(
      Optional<String> last,
      Optional<Long> acceptedEpoch,
      Optional<Long> currentEpoch,
      long firstRecord,
      long lastRecord,
      long bytes,
      String room,
      Optional<String> broken) {}

  record SnapshotView(String file, String zxid, String digest, long bytes, Instant writtenAt) {}

  record SnapshotsView(List<SnapshotView> snapshots) {}

  record ClientView(
      String client,
      Optional<String> session,
      Instant connectedAt,
      long received,
      long sent,
      long outstanding,
      Optional<String> lastOperation,
      String lastZxid,
      EnsembleView.LatencyView latencyMillis) {}

  record SlowestView(long thresholdMillis, List<SlowLog.SlowView> requests) {}

  record ClientsView(List<ClientView> clients, Optional<String> next, int total) {}

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int PATHS_SHOWN = 1000;
  private static final List<String> SECRETS =
      List.of("tree.super-digest", "management.credentials", "management.tls.key-store-password");

  private final ActorSystem<?> system;
  private final NodeState state;
  private final ActorRef<Monitor.Command> monitor;

  Reading(ActorSystem<?> system, NodeState state, ActorRef<Monitor.Command> monitor) {
    this.system = system;
    this.state = state;
    this.monitor = monitor;
  }

  CompletionStage<EnsembleView> ensemble() {
    return AskPattern.ask(monitor, Monitor.GetSurvey::new, PATIENCE, system.scheduler())
        .thenApply(survey -> EnsembleView.of(state, survey));
  }

  NodeView node() {
    return new NodeView(
        state.node().ensemble().self().value(),
        EnsembleView.of(OwnStatus.of(state)),
        settings().root().unwrapped());
  }

  /** As text, in the form of the configuration file. */
  String shownSettings() {
    return settings().atPath("troupe").root().render(
        ConfigRenderOptions.defaults().setOriginComments(false).setComments(false).setJson(false));
  }

  private Config settings() {
    Config config = state.node().config();
    for (String secret : SECRETS) {
      config = config.withValue(secret, ConfigValueFactory.fromAnyRef("(not shown)"));
    }
    return config;
  }

  /** @throws Refusal if this server serves nobody */
  Server.Serving serving() {
    return switch (state.condition().service()) {
      case Server.Serving serving -> serving;
      case Server.NotServing not ->
          throw new Refusal(503, "this server serves nobody at the moment: " + not.why());
    };
  }

  private DataTree tree() {
    return serving().published().get();
  }

  CompletionStage<SessionsView> sessions(Page page) {
    DataTree tree = tree();
    List<Long> ids = new ArrayList<>(tree.sessionCount());
    tree.forEachSession((id, session) -> ids.add(id));
    ids.sort(Comparator.comparing(Json::hex));
    Page.Part<Long> part = page.of(ids, Json::hex);
    return expiries().thenApply(left -> {
      Map<Long, String> here = here();
      return new SessionsView(
          part.items().stream().flatMap(id -> session(tree, id, here, left).stream()).toList(),
          part.next(),
          ids.size());
    });
  }

  /** @throws Refusal if there is no such session */
  CompletionStage<OneSessionView> session(long id) {
    DataTree tree = tree();
    return expiries().thenApply(left -> {
      SessionView view = session(tree, id, here(), left)
          .orElseThrow(() -> new Refusal(404, "there is no session " + Json.hex(id)));
      return new OneSessionView(
          view.id(),
          view.timeoutMillis(),
          view.here(),
          view.client(),
          view.ephemerals(),
          view.expiresInMillis(),
          tree.ephemeralsOf(id).stream().sorted().limit(PATHS_SHOWN).toList());
    });
  }

  private static Optional<SessionView> session(DataTree tree, long id, Map<Long, String> here, Map<Long, Long> left) {
    return tree.session(id).map(info -> new SessionView(
        Json.hex(id),
        info.timeout(),
        here.containsKey(id),
        Optional.ofNullable(here.get(id)),
        tree.ephemeralsOf(id).size(),
        Optional.ofNullable(left.get(id))));
  }

  /** The addresses of the clients that are connected to this server, by session. */
  private Map<Long, String> here() {
    return state.node().port().clients().stream()
        .filter(client -> client.session().isPresent())
        .collect(Collectors.toMap(
            client -> client.session().getAsLong(), client -> client.address().toString(), (one, other) -> other));
  }

  /** Milliseconds that each session has left; of none if this is not the leader. */
  private CompletionStage<Map<Long, Long>> expiries() {
    return AskPattern.<SessionTracker.Command, SessionTracker.Expiries>ask(
            serving().tracker(), SessionTracker.GetExpiries::new, PATIENCE, system.scheduler())
        .thenApply(expiries -> {
          Map<Long, Long> left = new HashMap<>();
          expiries.byMillisLeft().forEach((millis, ids) -> ids.forEach(id -> left.put(id, millis)));
          return left;
        });
  }

  CompletionStage<WatchesView> watches(Page page) {
    CompletionStage<Watches.Summary> asked =
        AskPattern.ask(serving().watches(), Watches.GetSummary::new, PATIENCE, system.scheduler());
    return asked.thenApply(summary -> {
      List<String> paths = summary.byPath().keySet().stream().sorted().toList();
      Page.Part<String> part = page.of(paths, path -> path);
      return new WatchesView(
          part.items().stream().map(path -> new WatchedView(
              path, summary.byPath().get(path).stream().map(Json::hex).sorted().toList())).toList(),
          part.next(),
          paths.size());
    });
  }

  CompletionStage<TreeView> tree(String path, String as, Page page) {
    TreeView.Form form = TreeView.Form.named(as);
    DataTree tree = tree();
    return AskPattern.<Watches.Command, Integer>ask(serving().watches(),
            replyTo -> new Watches.CountWatchers(path, replyTo), PATIENCE, system.scheduler())
        .thenApply(watchers -> TreeView.of(tree, path, form, page, watchers));
  }

  TreeView.SearchView search(String text, Page page) {
    if (text.isEmpty()) {
      throw new Refusal(400, "text is what a path has to contain; it is empty");
    }
    return TreeView.search(tree(), text, page);
  }

  CompletionStage<LogView> log() {
    CompletionStage<Optional<History>> history = state.condition().serving()
        .map(serving -> AskPattern.<TransactionLog.Command, TransactionLog.Reply>ask(
                serving.log(), TransactionLog.GetHistory::new, PATIENCE, system.scheduler())
            .thenApply(reply -> reply instanceof TransactionLog.Reply.TheHistory known
                ? Optional.of(known.history())
                : Optional.<History>empty()))
        .orElse(CompletableFuture.completedFuture(Optional.empty()));
    String id = TransactionLog.PERSISTENCE_ID.id();
    var journal = state.node().journal();
    return history.thenApply(known -> new LogView(
        known.map(History::last).map(Zxid::toLong).map(Json::hex),
        known.map(History::acceptedEpoch),
        known.map(History::currentEpoch),
        journal.deletedTo(id) + 1,
        journal.highestSequenceNr(id),
        journal.size(),
        switch (journal.room()) {
          case ENOUGH -> "enough";
          case RESERVE -> "reserve";
          case NONE -> "none";
        },
        journal.broken().map(Throwable::getMessage)));
  }

  /** Those that the log counts on. */
  CompletionStage<SnapshotsView> snapshots() {
    return AskPattern.<TransactionLog.Command, TransactionLog.Reply>ask(
            serving().log(), TransactionLog.GetHistory::new, PATIENCE, system.scheduler())
        .thenApply(reply -> reply instanceof TransactionLog.Reply.TheHistory known
            ? new SnapshotsView(known.history().snapshots().reversed().stream().flatMap(this::snapshot).toList())
            : new SnapshotsView(List.of()));
  }

  private Stream<SnapshotView> snapshot(SnapshotRef ref) {
    try {
      return Stream.of(view(ref));
    } catch (UncheckedIOException gone) {
      return Stream.empty(); // a newer one has taken its place just now
    }
  }

  SnapshotView view(SnapshotRef ref) {
    Path file = state.node().snapshots().resolve(ref.file());
    try {
      return new SnapshotView(ref.file(), Json.hex(ref.last().toLong()), String.valueOf(ref.digest()),
          Files.size(file), Files.getLastModifiedTime(file).toInstant());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SlowestView slow() {
    return new SlowestView(state.settings().slowThreshold().toMillis(), state.slowLog().requests());
  }

  ClientsView clients(String sort, Page page) {
    ToLongFunction<ClientInfo> figure = switch (sort) {
      case "received" -> ClientInfo::received;
      case "sent" -> ClientInfo::sent;
      case "outstanding" -> ClientInfo::outstanding;
      case "latency" -> ClientInfo::maxLatency;
      default -> throw new Refusal(400, "sort is received, sent, outstanding or latency, not " + sort);
    };
    SortedMap<String, ClientInfo> all = new TreeMap<>();
    state.node().port().clients().forEach(client -> all.put(place(client, figure), client));
    Page.Part<String> part = page.of(List.copyOf(all.keySet()), place -> place);
    return new ClientsView(
        part.items().stream().map(place -> client(all.get(place))).toList(), part.next(), all.size());
  }

  /** Sorts those with the highest figure first. It holds also when the client is gone by the time of the next page. */
  private static String place(ClientInfo client, ToLongFunction<ClientInfo> figure) {
    return "%016x,%s".formatted(Long.MAX_VALUE - figure.applyAsLong(client), client.address());
  }

  private static ClientView client(ClientInfo client) {
    return new ClientView(
        client.address().toString(),
        client.session().isPresent() ? Optional.of(Json.hex(client.session().getAsLong())) : Optional.empty(),
        client.connectedAt(),
        client.received(),
        client.sent(),
        client.outstanding(),
        client.lastOperation(),
        Json.hex(client.lastZxid()),
        new EnsembleView.LatencyView(client.minLatency(), client.averageLatency(), client.maxLatency()));
  }
}
