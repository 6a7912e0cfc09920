package troupe.management;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.gateway.ClientInfo;
import troupe.gateway.Figures;
import troupe.gateway.Traffic;
import troupe.session.SessionTracker;
import troupe.tree.DataTree;

/** The larger answers of {@link Commands}, with the keys and in the types of ZooKeeper's JSON. */
final class CommandValues {
  private static final List<String> CONFIGURATION = List.of("clientPort", "dataDir", "dataLogDir", "tickTime",
      "maxClientCnxns", "minSessionTimeout", "maxSessionTimeout", "serverId", "clientPortListenBacklog");
  private static final String SECRET = "(?:password|passwd|secret|digest|credential|token)";
  private static final Pattern SECRET_KEY = Pattern.compile("(?i).*" + SECRET + ".*");
  private static final Pattern SECRET_WITHIN = Pattern.compile("(?is)(" + SECRET + "[^\\s=]*=).*");
  private static final int READS = 1; // of java.nio.channels.SelectionKey
  private static final int NOT_MEASURED = -1; // ZooKeeper's word for a size of which there is none yet
  private static final int DIGEST_VERSION = 1; // ours; ZooKeeper's are 2 and computed in another way
  private static final String BEFORE_ANY_REQUEST = "SESS";
  private static final String BEFORE_THE_SESSION = "NA";

  private final ManagedNode node;
  private final Figures figures;

  CommandValues(ManagedNode node) {
    this.node = node;
    this.figures = node.port().figures();
  }

  Map<String, Object> configuration() {
    Map<String, Object> known = figures.configuration();
    Map<String, Object> values = new LinkedHashMap<>();
    CONFIGURATION.forEach(key -> values.put(snakeCase(key), known.get(key)));
    return values;
  }

  private static String snakeCase(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  List<Map<String, Object>> briefConnections() {
    return node.port().clients().stream().map(CommandValues::brief).toList();
  }

  List<Map<String, Object>> connections() {
    return node.port().clients().stream().map(CommandValues::full).toList();
  }

  private static Map<String, Object> brief(ClientInfo client) {
    return Commands.ordered(
        "remote_socket_address", client.address(),
        "interest_ops", READS,
        "outstanding_requests", client.outstanding(),
        "packets_received", client.received(),
        "packets_sent", client.sent());
  }

  private static Map<String, Object> full(ClientInfo client) {
    boolean open = client.session().isPresent();
    Map<String, Object> values = brief(client);
    values.put("session_id", client.session().orElse(0));
    values.put("last_operation", client.lastOperation().orElse(open ? BEFORE_ANY_REQUEST : BEFORE_THE_SESSION));
    values.put("established", client.connectedAt().toEpochMilli());
    values.put("session_timeout", client.timeoutMillis());
    values.put("last_cxid", client.lastXid().orElse(-1));
    values.put("last_zxid", client.lastZxid());
    values.put("last_response_time", client.lastAnsweredAt().map(Instant::toEpochMilli).orElse(0L));
    values.put("last_latency", client.lastLatency());
    values.put("min_latency", client.minLatency());
    values.put("avg_latency", (long) client.averageLatency());
    values.put("max_latency", client.maxLatency());
    return values;
  }

  List<Map<String, Object>> digests(Server.Serving serving) {
    DataTree tree = serving.published().get();
    return List.of(Commands.ordered(
        "zxid", tree.lastZxidNumber(), "digest", tree.digest(), "digest_version", DIGEST_VERSION));
  }

  /** Times are those of the wall clock, in milliseconds. */
  Map<String, Object> dump(Server.Serving serving, SessionTracker.Expiries expiries) {
    long now = System.currentTimeMillis();
    Map<Long, List<Long>> byTime = new TreeMap<>();
    expiries.byMillisLeft().forEach((left, sessions) -> byTime.put(now + left, sessions));
    DataTree tree = serving.published().get();
    Map<Long, List<String>> ephemerals = new LinkedHashMap<>();
    tree.sessionsWithEphemerals().forEach(owner -> ephemerals.put(owner, new ArrayList<>(tree.ephemeralsOf(owner))));
    return Commands.ordered("expiry_time_to_session_ids", byTime, "session_id_to_ephemeral_paths", ephemerals);
  }

  Map<String, Object> server(Server.Serving serving) {
    Map<String, Object> values = Commands.ordered(
        "version", figures.version(),
        "read_only", false,
        "server_stats", statistics(serving),
        "client_response", sizes());
    if (serving.office().mode() == Server.Mode.LEADER) {
      values.put("proposal_stats", sizes());
    }
    values.put("node_count", Figures.nodeCount(serving.published().get()));
    return values;
  }

  private Map<String, Object> statistics(Server.Serving serving) {
    Traffic traffic = node.port().traffic();
    return Commands.ordered(
        "packets_sent", traffic.sent(),
        "packets_received", traffic.received(),
        "fsync_threshold_exceed_count", null,
        "client_response_stats", sizes(),
        "non_mtlslocal_conn_count", null,
        "non_mtlsremote_conn_count", null,
        "auth_failed_count", null,
        "min_latency", traffic.minLatency(),
        "avg_latency", Figures.averageLatency(traffic),
        "max_latency", traffic.maxLatency(),
        "outstanding_requests", traffic.outstanding(),
        "last_processed_zxid", serving.published().get().lastZxidNumber(),
        "data_dir_size", figures.dataSize(),
        "log_dir_size", figures.logSize(),
        "server_state", serving.office().mode().name().toLowerCase(Locale.ROOT),
        "num_alive_client_connections", node.port().clients().size(),
        "provider_null", false,
        "uptime", figures.monitor(serving, 0).get("uptime"));
  }

  /** Of buffers, which nobody measures here. */
  private static Map<String, Object> sizes() {
    return Commands.ordered(
        "last_buffer_size", NOT_MEASURED, "min_buffer_size", NOT_MEASURED, "max_buffer_size", NOT_MEASURED);
  }

  Map<String, Object> leader(Server.Serving serving) {
    Server.Office office = serving.office();
    if (office.mode() == Server.Mode.STANDALONE) {
      throw new Refusal(200, "server is not initialized"); // ZooKeeper's way to say that there is no ensemble
    }
    return Commands.ordered(
        "is_leader", office.mode() == Server.Mode.LEADER,
        "leader_id", office.leader().value(),
        "leader_ip", node.ensemble().member(office.leader()).host());
  }

  /** Of the leader; what ZooKeeper counts of each connection is not counted here. */
  Map<String, Object> observers(Server.Serving serving) {
    List<Map<String, Object>> observers = serving.office().inStep().get().stream()
        .map(node.ensemble()::member)
        .filter(member -> member.role() == Ensemble.Role.OBSERVER)
        .sorted(Comparator.comparing(member -> member.id().value()))
        .map(member -> Commands.ordered(
            "remote_socket_address", address(member, member.port()),
            "sid", member.id().value(),
            "established", null,
            "queued_packets", null,
            "queued_packets_size", null,
            "packets_received", null,
            "packets_sent", null,
            "requests", null,
            "last_zxid", null))
        .toList();
    return Commands.ordered("synced_observers", observers.size(), "observers", observers);
  }

  Map<String, Object> votingView(Server.Serving serving) {
    Map<Integer, Object> voters = new TreeMap<>();
    if (serving.office().mode() != Server.Mode.STANDALONE) {
      node.ensemble().members().stream().filter(member -> member.role() == Ensemble.Role.VOTER)
          .forEach(member -> voters.put(member.id().value(), Commands.ordered(
              "server_addresses", List.of(address(member, member.port())),
              "election_addresses", List.of(address(member, member.lifeLinePort())),
              "client_address", member.id().equals(self()) ? address(clientAddress()) : "",
              "learner_type", "participant")));
    }
    return Map.of("current_config", voters);
  }

  private ServerId self() {
    return node.ensemble().self();
  }

  private InetSocketAddress clientAddress() {
    return node.port().address();
  }

  private static String address(Ensemble.Member member, int port) {
    return (member.host().contains(":") ? "[" + member.host() + "]" : member.host()) + ":" + port;
  }

  private static String address(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  Map<String, Object> zabState(Optional<Server.Serving> serving) {
    if (node.ensemble().peers().isEmpty()) {
      return Commands.ordered("voting", false, "zabstate", "");
    }
    Ensemble.Member member = node.ensemble().member(self());
    Optional<DataTree> tree = serving.map(now -> now.published().get());
    return Commands.ordered(
        "myid", member.id().value(),
        "is_leader", serving.filter(now -> now.office().mode() == Server.Mode.LEADER).isPresent(),
        "quorum_address", addresses(member, member.port()),
        "election_address", addresses(member, member.lifeLinePort()),
        "client_address", address(clientAddress()),
        "voting", member.role() == Ensemble.Role.VOTER,
        "last_zxid", tree.map(now -> now.lastZxid().toString()).orElse(null),
        "zab_epoch", tree.map(now -> now.lastZxid().epoch()).orElse(null),
        "zab_counter", tree.map(now -> now.lastZxid().counter()).orElse(null),
        "zabstate", serving.isPresent() ? "broadcast" : "election"); // who serves is in no earlier phase
  }

  private static Map<String, Object> addresses(Ensemble.Member member, int port) {
    return Commands.ordered(
        "all_addresses", List.of(address(member, port)),
        "all_ports", List.of(port),
        "all_host_strings", List.of(member.host()));
  }

  /** Without what looks like a secret, also where it stands on the command line. */
  static Map<String, Object> systemProperties() {
    Map<String, Object> values = new TreeMap<>();
    System.getProperties().forEach((key, value) -> values.put(
        key.toString(), withoutSecrets(key.toString(), value.toString())));
    return values;
  }

  static String withoutSecrets(String key, String value) {
    return SECRET_KEY.matcher(key).matches()
        ? "(not shown)"
        // A value with blanks in it has no end that could be told.
        : SECRET_WITHIN.matcher(value).replaceFirst("$1(the rest is not shown)");
  }
}
