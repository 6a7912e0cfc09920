package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.server.admin.Commands;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of ZooKeeper's AdminServer. ZooKeeper and Troupe are asked for each of them: a server alone, a leader, a
 * follower and an observer, each with a client that owns an ephemeral node and watches it. The same keys are to come,
 * with values of the same kinds, but for what {@link #ALLOWED} lists with its reason.
 */
class AdminCommandsTest {
  /** A key that one has and the other has not, or not in the same kind; both are regular expressions. */
  private record Allowed(String command, String key, String because) {}

  private static final List<Allowed> ALLOWED = List.of(
      new Allowed("hash", "digests\\[\\].*",
          "ZooKeeper keeps the digest after every 128th transaction, Troupe tells the one after the newest"),
      new Allowed("initial_configuration", "initial_configuration", "the same text, in another language"),
      new Allowed("monitor", "epoch|last_zxid|leader_id", "Troupe's own, as mntr has them"),
      new Allowed("monitor", "malformed_requests", "Troupe's own, as mntr has them"),
      new Allowed("monitor", "jvm_memory_pool_bytes_used", "ZooKeeper dumps it for Prometheus only"),
      new Allowed("server_stats|stats", "server_stats\\.(fsync_threshold_exceed_count|auth_failed_count"
          + "|non_mtlslocal_conn_count|non_mtlsremote_conn_count)", "not counted here: null"),
      new Allowed("observers", "observers\\[\\]\\.(established|queued_packets|queued_packets_size|packets_received"
          + "|packets_sent|requests|last_zxid)", "not counted here: null"),
      new Allowed("zabstate", "(quorum|election)_address\\..*",
          "of an address and whether it can be reached just now, the address is told"));

  /** ZooKeeper tells hundreds of figures of its own insides. These it documents, and dashboards show. */
  private static final Set<String> DOCUMENTED_OF_MONITOR = Set.of(
      "version", "server_state", "peer_state", "avg_latency", "max_latency", "min_latency", "packets_received",
      "packets_sent", "num_alive_connections", "outstanding_requests",
      "znode_count", "watch_count", "ephemerals_count", "approximate_data_size", "open_file_descriptor_count",
      "max_file_descriptor_count", "global_sessions", "uptime", "command", "error");

  /** Objects whose keys are ids, times or paths. */
  private static final Set<String> BY_ID = Set.of("expiry_time_to_session_ids", "session_id_to_ephemeral_paths",
      "session_id_to_watched_paths", "path_to_session_ids", "current_config");
  private static final int PATIENT_MILLIS = 40_000;
  private static final String TOKEN = "secret";
  private static final String JVM = "TROUPE_JAVA_OPTS=-Xmx300m -XX:TieredStopAtLevel=1"
      + " -Dtroupe.management.credentials.0.user=ops"
      + " -Dtroupe.management.credentials.0.token=sha256:K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="
      + " -Dtroupe.management.credentials.0.rights.0=read"
      + " -Dtroupe.management.credentials.0.rights.1=act";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static Map<String, Map<String, Set<String>>> reference;
  private static Map<String, Map<String, Set<String>>> subject;
  private static List<String> referenceList;
  private static List<String> subjectList;
  private static HttpResponse<String> restore;

  @BeforeAll
  static void askBothForEverything(@TempDir Path directory) throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "ZooKeeper beside itself shows nothing");
    try (var servers = new Servers(Subject.ZOOKEEPER, directory.resolve("zookeeper"))) {
      referenceList = servers.list();
      reference = servers.answers();
    }
    try (var servers = new Servers(Subject.TROUPE, directory.resolve("troupe"))) {
      subjectList = servers.list();
      subject = servers.answers();
      restore = servers.post("restore");
    }
  }

  @Test
  void theListNamesTheSameCommands() {
    assertEquals(referenceList, subjectList);
  }

  @Test
  void eachCommandHasTheSameKeysWithValuesOfTheSameKinds() {
    Set<Allowed> met = new HashSet<>();
    List<String> differences = new ArrayList<>();
    reference.forEach((question, shape) -> {
      Map<String, Set<String>> ours = subject.get(question);
      var keys = new TreeSet<>(shape.keySet());
      keys.addAll(ours.keySet());
      for (String key : keys) {
        Set<String> expected = shape.getOrDefault(key, Set.of());
        Set<String> actual = ours.getOrDefault(key, Set.of());
        if (!expected.equals(actual) && !isAllowed(question, key, met)) {
          differences.add(question + ": " + key + " is " + expected + " of ZooKeeper's, " + actual + " of Troupe's");
        }
      }
    });
    assertEquals("", String.join("\n", differences));
    var stale = new HashSet<>(ALLOWED);
    stale.removeAll(met);
    assertEquals(Set.of(), stale, "differences that are none any more");
  }

  private static boolean isAllowed(String question, String key, Set<Allowed> met) {
    String command = question.replaceAll("^.* ", "");
    if (command.equals("system_properties")) {
      return true; // those of two JVMs; ZooKeeper sets many of its own
    }
    if (command.equals("monitor") && !DOCUMENTED_OF_MONITOR.contains(key)
        && subject.get(question).getOrDefault(key, Set.of()).isEmpty()) {
      return true;
    }
    List<Allowed> fitting = ALLOWED.stream()
        .filter(allowed -> command.matches(allowed.command()) && key.matches(allowed.key())).toList();
    met.addAll(fitting);
    return !fitting.isEmpty();
  }

  @Test
  void aRestoreIsRefusedWithWhatToDoInstead() throws IOException {
    assertEquals(503, restore.statusCode());
    assertTrue(MAPPER.readTree(restore.body()).at("/error").asText().contains("bin/troupe restore"), restore.body());
  }

  /** One alone, and an ensemble of two that vote and one that observes. */
  private static final class Servers implements AutoCloseable {
    private final Subject product;
    private final Map<String, NodeProcess> byMode = new TreeMap<>();
    private final List<NodeProcess> all = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    Servers(Subject product, Path home) throws Exception {
      this.product = product;
      EnsembleNetwork network = EnsembleNetwork.loopback();
      List<EnsembleNetwork.Site> sites = Stream.of(1, 2, 3).map(network::site).toList();
      List<String> lines = List.of("initLimit=30", "syncLimit=20",
          "server.1=" + sites.get(0).line(false),
          "server.2=" + sites.get(1).line(false),
          "server.3=" + sites.get(2).line(true));
      try {
        all.add(launch(home.resolve("alone"), NodeSettings.freePort(), 1, List.of()));
        for (int id = 1; id <= 3; id++) {
          var own = new ArrayList<>(lines);
          if (id == 3) {
            own.add("peerType=observer");
          }
          all.add(launch(home.resolve("" + id), sites.get(id - 1).clientPort(), id, own));
        }
        for (NodeProcess server : all) {
          server.awaitServing().awaitManagement();
          byMode.put(mode(server), server);
          Client client = Client.connect(server.connectString(), PATIENT_MILLIS);
          clients.add(client);
          client.create("/of-" + mode(server), "", CreateMode.EPHEMERAL);
          client.exists("/of-" + mode(server), true);
        }
        assertEquals(Set.of("standalone", "leader", "follower", "observer"), byMode.keySet());
        Await.untilEqual("the leader knows its observer", 1, () ->
            MAPPER.readTree(get(byMode.get("leader"), "observers").body()).at("/synced_observers").asInt());
      } catch (Exception | AssertionError e) {
        close();
        throw e;
      }
    }

    private NodeProcess launch(Path home, int clientPort, int id, List<String> lines) {
      NodeSettings settings = NodeSettings.inDirectory(home);
      var own = new ArrayList<>(lines);
      own.add("tickTime=2000"); // eight processes on few cores: nobody is to lose his session
      own.add("admin.enableServer=true");
      own.add("admin.serverAddress=" + NodeSettings.HOST);
      own.add("admin.serverPort=" + settings.managementPort());
      return NodeProcess.launch(
          product, settings.at(NodeSettings.HOST, clientPort, new EnsemblePlace(id, own, List.of("env", JVM))));
    }

    private static String mode(NodeProcess server) throws IOException {
      return server.fourLetterWord("srvr").lines().filter(line -> line.startsWith("Mode: ")).findFirst().orElseThrow()
          .substring("Mode: ".length());
    }

    /** The names in the list at {@code /commands}. */
    List<String> list() {
      return send(request(byMode.get("leader"), "").GET()).body().lines()
          .filter(line -> line.startsWith("<a href=\"/commands/"))
          .map(line -> line.replaceAll("<[^>]*>", ""))
          .toList();
    }

    /** The shape of each answer, by mode and command; under each of its names a command answers alike. */
    Map<String, Map<String, Set<String>>> answers() throws IOException {
      var answers = new TreeMap<String, Map<String, Set<String>>>();
      for (var server : byMode.entrySet()) {
        for (String command : Commands.getPrimaryNames()) {
          if (!command.equals("restore")) { // it would be done
            // ZooKeeper sends no second snapshot so soon.
            boolean once = command.equals("snapshot");
            for (String name : once ? Set.of(command) : Commands.getCommand(command).getNames()) {
              Map<String, Set<String>> shape = shape(get(server.getValue(), name));
              Map<String, Set<String>> before = answers.put(server.getKey() + " " + command, shape);
              assertTrue(before == null || before.keySet().equals(shape.keySet()), name + " differs from " + command);
            }
          }
        }
      }
      return answers;
    }

    private HttpResponse<String> get(NodeProcess server, String command) {
      return send(request(server, "/" + command + (command.matches("set_trace_mask|stmk") ? "?traceMask=306" : ""))
          .GET());
    }

    HttpResponse<String> post(String command) {
      return send(
          request(byMode.get("leader"), "/" + command).POST(HttpRequest.BodyPublishers.ofString("no snapshot")));
    }

    private HttpRequest.Builder request(NodeProcess server, String path) {
      return HttpRequest.newBuilder(URI.create(
              "http://" + NodeSettings.HOST + ":" + server.settings().managementPort() + "/commands" + path))
          .timeout(Await.LIMIT)
          .header("Authorization", product == Subject.TROUPE ? "Bearer " + TOKEN : "digest " + NodeSettings.SUPER_USER);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
      try {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static Map<String, Set<String>> shape(HttpResponse<String> answer) throws IOException {
      var shape = new TreeMap<String, Set<String>>();
      shape.put("(status)", Set.of("" + answer.statusCode()));
      shape.put("(type)", Set.of(answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "")));
      for (String header : List.of("last_zxid", "snapshot_size")) {
        answer.headers().firstValue(header).ifPresent(value ->
            shape.put("(header) " + header, Set.of(value.replaceAll("[0-9a-f]+", "N"))));
      }
      if (!shape.get("(type)").equals(Set.of("application/octet-stream"))) {
        MAPPER.readTree(answer.body()).properties().forEach(field ->
            add(shape, field.getKey(), field.getValue()));
      }
      return shape;
    }

    private static void add(Map<String, Set<String>> shape, String key, JsonNode value) {
      shape.computeIfAbsent(key, first -> new TreeSet<>()).add(value.getNodeType().toString());
      if (value.isObject()) {
        value.properties().forEach(field ->
            add(shape, key + "." + (BY_ID.contains(key) ? "*" : field.getKey()), field.getValue()));
      }
      value.elements().forEachRemaining(element -> {
        if (value.isArray()) {
          add(shape, key + "[]", element);
        }
      });
    }

    @Override
    public void close() {
      for (Client client : clients) {
        try {
          client.close();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      all.forEach(NodeProcess::close);
    }
  }
}
