package troupe.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.session.SessionTracker;
import troupe.session.Watches;
import troupe.tree.DataTree;

/**
 * ZooKeeper's way of asking a server how it is: four letters, and a text comes back. Only those that are allowed are
 * answered. Source: ZooKeeper's FourLetterCommands and the classes beside it, whose text formats tools depend on.
 */
final class FourLetterWords {
  private static final Set<String> WORDS = Set.of(
      "conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "stmk", "ruok", "srvr", "srst", "stat", "wchc", "wchp",
      "wchs", "mntr", "isro", "hash");
  private static final Set<Integer> NUMBERS =
      WORDS.stream().map(FourLetterWords::number).collect(Collectors.toUnmodifiableSet());
  /** Tools tell by the number what they may expect; it is ZooKeeper's whose texts these are. */
  private static final String LIKE_ZOOKEEPER = "3.9.5-troupe-";
  private static final String NOT_SERVING = "This ZooKeeper instance is not currently serving requests\n";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BACKLOG_OF_THE_SYSTEM = -1;
  private static final int FAST_LEADER_ELECTION = 3;

  private final Gateway.Port port;
  private final About about;

  /** Kept only so that what was set can be got: there is nothing here that it would trace. */
  private final AtomicLong traceMask = new AtomicLong(306);

  FourLetterWords(Gateway.Port port, About about) {
    this.port = port;
    this.about = about;
  }

  /** Whether these four bytes, which might be a length, are a word. */
  static boolean isWord(int number) {
    return NUMBERS.contains(number);
  }

  private static int number(String word) {
    return ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)).getInt();
  }

  /** @param rest what came behind the word */
  CompletionStage<String> answer(int number, ByteBuf rest, Connection asking) {
    String word = new String(
        ByteBuffer.allocate(Integer.BYTES).putInt(number).array(), StandardCharsets.US_ASCII);
    if (!port.settings().answers(word)) {
      return text(word + " is not executed because it is not in the whitelist.\n");
    }
    return switch (word) {
      case "ruok" -> text("imok");
      case "gtmk" -> text(Long.toString(traceMask.get()));
      case "stmk" -> text(setTraceMask(rest));
      case "envi" -> text(environment());
      default -> port.serving().isPresent() ? ofServer(word, port.serving().get(), asking) : text(notServing(word));
    };
  }

  private static String notServing(String word) {
    return word.equals("isro") ? "null" : NOT_SERVING;
  }

  private CompletionStage<String> ofServer(String word, Server.Serving serving, Connection asking) {
    DataTree tree = serving.published().get();
    String mode = serving.office().mode().name().toLowerCase(Locale.ROOT);
    return switch (word) {
      case "isro" -> text("rw");
      case "srvr" -> text(version() + summary(tree, mode));
      case "stat" -> text(
          version() + "Clients:\n" + connections(c -> c.stats().brief(c == asking)) + "\n" + summary(tree, mode));
      case "cons" -> text(connections(c -> c.stats().full(c == asking)) + "\n");
      case "crst" -> {
        port.connections().forEach(connection -> connection.stats().reset());
        yield text("Connection stats reset.\n");
      }
      case "srst" -> {
        port.stats().reset();
        yield text("Server stats reset.\n");
      }
      case "conf" -> fromDisk(this::configuration);
      case "dirs" -> fromDisk(() -> "datadir_size: " + about.dataSize().getAsLong() + "\nlogdir_size: "
          + about.logSize().getAsLong() + "\n");
      case "hash" -> text(Long.toHexString(tree.lastZxidNumber()) + ": " + tree.digest() + "\n");
      case "wchs" -> watches(serving, FourLetterWords::watchSummary);
      case "wchc" -> watches(serving, FourLetterWords::watchesBySession);
      case "wchp" -> watches(serving, FourLetterWords::watchesByPath);
      case "mntr" -> AskPattern.<Watches.Command, Integer>ask(
              serving.watches(), Watches.GetCount::new, PATIENCE, port.system().scheduler())
          .thenApply(watches -> monitor(serving, watches));
      case "dump" -> AskPattern.<SessionTracker.Command, SessionTracker.Expiries>ask(
              serving.tracker(), SessionTracker.GetExpiries::new, PATIENCE, port.system().scheduler())
          .thenApply(expiries -> dump(tree, expiries));
      default -> throw new IllegalStateException("no answer to " + word);
    };
  }

  private String setTraceMask(ByteBuf rest) {
    if (rest.readableBytes() >= Long.BYTES) {
      traceMask.set(rest.readLong());
    }
    return Long.toString(traceMask.get());
  }

  private String zooKeeperVersion() {
    return LIKE_ZOOKEEPER + about.version();
  }

  private String version() {
    return "Zookeeper version: " + zooKeeperVersion() + "\n";
  }

  private String summary(DataTree tree, String mode) {
    Traffic stats = port.stats().snapshot();
    return "Latency min/avg/max: " + stats.minLatency() + "/" + Math.round(stats.averageLatency() * 10000) / 10000.0
        + "/" + stats.maxLatency() + "\n"
        + "Received: " + stats.received() + "\n"
        + "Sent: " + stats.sent() + "\n"
        + "Connections: " + port.connections().size() + "\n"
        + "Outstanding: " + stats.outstanding() + "\n"
        + "Zxid: 0x" + Long.toHexString(tree.lastZxidNumber()) + "\n"
        + "Mode: " + mode + "\n"
        + "Node count: " + nodeCount(tree) + "\n";
  }

  /** As ZooKeeper counts them: the root has two names there, and counts twice. */
  private static int nodeCount(DataTree tree) {
    return tree.nodeCount() + 1;
  }

  private String connections(Function<Connection, String> line) {
    return port.connections().stream().map(connection -> line.apply(connection) + "\n").collect(Collectors.joining());
  }

  private String configuration() {
    Stream<String> own = Stream.of(
        "clientPort=" + port.address().getPort(),
        "secureClientPort=-1",
        "dataDir=" + about.dataDirectory().toAbsolutePath(),
        "dataDirSize=" + about.dataSize().getAsLong(),
        "dataLogDir=" + about.logDirectory().toAbsolutePath(),
        "dataLogSize=" + about.logSize().getAsLong(),
        "tickTime=" + about.tickMillis(),
        "maxClientCnxns=" + port.settings().maxConnectionsPerAddress(),
        "minSessionTimeout=" + about.minTimeout(),
        "maxSessionTimeout=" + about.maxTimeout(),
        "clientPortListenBacklog=" + BACKLOG_OF_THE_SYSTEM,
        "serverId=" + about.ensemble().self());
    return lines(isAlone() ? own : Stream.concat(own, membership()));
  }

  private boolean isAlone() {
    return about.ensemble().peers().isEmpty();
  }

  private Stream<String> membership() {
    Ensemble.Member self = about.ensemble().member(about.ensemble().self());
    Stream<String> own = Stream.of(
        "initLimit=" + about.initLimit(),
        "syncLimit=" + about.syncLimit(),
        "electionAlg=" + FAST_LEADER_ELECTION,
        "electionPort=" + self.lifeLinePort(),
        "quorumPort=" + self.port(),
        "peerType=" + (self.role() == Ensemble.Role.VOTER ? 0 : 1),
        "membership: ");
    Stream<String> all = about.ensemble().members().stream().map(member ->
        "server." + member.id() + "=" + member.host() + ":" + member.port() + ":" + member.lifeLinePort() + ":"
            + (member.role() == Ensemble.Role.VOTER ? "participant" : "observer"));
    return Stream.of(own, all, Stream.of("version=0")).flatMap(Function.identity());
  }

  private String environment() {
    Runtime runtime = Runtime.getRuntime();
    long mega = 1024 * 1024;
    return "Environment:\n" + lines(Stream.concat(
        Stream.of("zookeeper.version=" + zooKeeperVersion(), "host.name=" + hostName()),
        Stream.concat(
            Stream.of("java.version", "java.vendor", "java.home", "java.class.path", "java.library.path",
                    "java.io.tmpdir", "java.compiler", "os.name", "os.arch", "os.version", "user.name", "user.home",
                    "user.dir")
                .map(key -> key + "=" + System.getProperty(key, "<NA>")),
            Stream.of(
                "os.memory.free=" + runtime.freeMemory() / mega + "MB",
                "os.memory.max=" + runtime.maxMemory() / mega + "MB",
                "os.memory.total=" + runtime.totalMemory() / mega + "MB"))));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      return "<NA>";
    }
  }

  private CompletionStage<String> watches(Server.Serving serving, Function<Watches.Summary, String> format) {
    return AskPattern.<Watches.Command, Watches.Summary>ask(
            serving.watches(), Watches.GetSummary::new, PATIENCE, port.system().scheduler())
        .thenApply(format::apply);
  }

  private static String watchSummary(Watches.Summary summary) {
    return summary.bySession().size() + " connections watching " + summary.byPath().size() + " paths\n"
        + "Total watches:" + summary.byPath().values().stream().mapToInt(List::size).sum() + "\n";
  }

  private static String watchesBySession(Watches.Summary summary) {
    StringBuilder text = new StringBuilder();
    summary.bySession().forEach((session, paths) -> {
      text.append("0x").append(Long.toHexString(session)).append('\n');
      paths.forEach(path -> text.append('\t').append(path).append('\n'));
    });
    return text.append('\n').toString();
  }

  private static String watchesByPath(Watches.Summary summary) {
    StringBuilder text = new StringBuilder();
    summary.byPath().forEach((path, sessions) -> {
      text.append(path).append('\n');
      sessions.forEach(session -> text.append("\t0x").append(Long.toHexString(session)).append('\n'));
    });
    return text.append('\n').toString();
  }

  private String dump(DataTree tree, SessionTracker.Expiries expiries) {
    StringBuilder text = new StringBuilder("SessionTracker dump:\n");
    long sessions = expiries.byMillisLeft().values().stream().mapToLong(List::size).sum();
    text.append("Session Sets (").append(expiries.byMillisLeft().size()).append(")/(").append(sessions).append("):\n");
    expiries.byMillisLeft().forEach((millis, ids) -> {
      text.append(ids.size()).append(" expire at ").append(new Date(System.currentTimeMillis() + millis)).append(":\n");
      ids.forEach(id -> text.append("\t0x").append(Long.toHexString(id)).append('\n'));
    });
    List<Long> owners = tree.sessionsWithEphemerals();
    text.append("ephemeral nodes dump:\nSessions with Ephemerals (").append(owners.size()).append("):\n");
    for (long owner : owners) {
      text.append("0x").append(Long.toHexString(owner)).append(":\n");
      tree.ephemeralsOf(owner).forEach(path -> text.append('\t').append(path).append('\n'));
    }
    int connections = port.connections().size();
    text.append("Connections dump:\nConnections Sets (").append(connections == 0 ? 0 : 1).append(")/(")
        .append(connections).append("):\n");
    if (connections > 0) {
      text.append(connections).append(" expire at ").append(new Date()).append(":\n");
      port.connections().forEach(connection -> text
          .append("\tip: ").append(connection.stats().client()).append(" sessionId: 0x")
          .append(Long.toHexString(connection.stats().session().orElse(0))).append('\n'));
    }
    return text.toString();
  }

  private String monitor(Server.Serving serving, int watches) {
    DataTree tree = serving.published().get();
    Server.Office office = serving.office();
    Traffic stats = port.stats().snapshot();
    Runtime runtime = Runtime.getRuntime();
    Stream<Map.Entry<String, Object>> files =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? Stream.of(
                Map.entry("open_file_descriptor_count", unix.getOpenFileDescriptorCount()),
                Map.entry("max_file_descriptor_count", unix.getMaxFileDescriptorCount()))
            : Stream.empty();
    Stream<Map.Entry<String, Object>> values = Stream.of(
        Map.entry("version", zooKeeperVersion()),
        Map.entry("server_state", office.mode().name().toLowerCase(Locale.ROOT)),
        Map.entry("avg_latency", Math.round(stats.averageLatency() * 10000) / 10000.0),
        Map.entry("max_latency", stats.maxLatency()),
        Map.entry("min_latency", stats.minLatency()),
        Map.entry("packets_received", stats.received()),
        Map.entry("packets_sent", stats.sent()),
        Map.entry("num_alive_connections", port.connections().size()),
        Map.entry("outstanding_requests", stats.outstanding()),
        Map.entry("znode_count", nodeCount(tree)),
        Map.entry("watch_count", watches),
        Map.entry("ephemerals_count", tree.ephemeralCount()),
        Map.entry("approximate_data_size", tree.dataSize()),
        Map.entry("global_sessions", tree.sessionCount()),
        Map.entry("connection_rejected", stats.rejectedConnections()),
        Map.entry("malformed_requests", stats.malformed()),
        Map.entry("uptime", ManagementFactory.getRuntimeMXBean().getUptime()),
        Map.entry("jvm_memory_pool_bytes_used", runtime.totalMemory() - runtime.freeMemory()),
        Map.entry("epoch", office.epoch()),
        Map.entry("last_zxid", tree.lastZxid()),
        Map.entry("leader_id", office.leader()));
    return lines(Stream.of(values, files, ofMember(office), ofLeader(office))
        .flatMap(Function.identity())
        .map(entry -> "zk_" + entry.getKey() + "\t" + entry.getValue()));
  }

  private Stream<Map.Entry<String, Object>> ofMember(Server.Office office) {
    return switch (office.mode()) {
      case STANDALONE -> Stream.of();
      case LEADER -> ofMember("leading");
      case FOLLOWER -> ofMember("following");
      case OBSERVER -> ofMember("observing");
    };
  }

  private Stream<Map.Entry<String, Object>> ofMember(String state) {
    return Stream.of(
        Map.entry("quorum_size", about.ensemble().voters().size()),
        Map.entry("peer_state", state + " - broadcast")); // who serves is in no earlier phase
  }

  private Stream<Map.Entry<String, Object>> ofLeader(Server.Office office) {
    if (office.mode() != Server.Mode.LEADER) {
      return Stream.of();
    }
    Set<ServerId> inStep = office.inStep().get();
    long followers = inStep.stream().filter(about.ensemble().voters()::contains).count();
    return Stream.of(
        Map.entry("learners", inStep.size()),
        Map.entry("synced_followers", followers),
        Map.entry("synced_observers", inStep.size() - followers));
  }

  private static String lines(Stream<String> lines) {
    return lines.map(line -> line + "\n").collect(Collectors.joining());
  }

  /** Looking at files may take a while, and this is an event loop. */
  private CompletionStage<String> fromDisk(Supplier<String> text) {
    return CompletableFuture.supplyAsync(
        text, port.system().dispatchers().lookup(DispatcherSelector.blocking()));
  }

  private static CompletionStage<String> text(String text) {
    return CompletableFuture.completedFuture(text);
  }
}
