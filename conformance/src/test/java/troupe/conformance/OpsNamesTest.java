package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What the dashboard and the alerts ask for, and what the documentation lists, is what three servers really serve. */
class OpsNamesTest {
  private static final Path OPS = Path.of("..", "ops");
  private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
  private static final int SERVERS = 3;

  /** Prometheus itself adds these, or makes them of others. */
  private static final Set<String> OF_PROMETHEUS = Set.of("up");
  private static final Set<String> LABELS_OF_PROMETHEUS = Set.of("job", "instance", "le", "quantile");
  private static final Set<String> WORDS_OF_PROMQL = Set.of("by", "without", "on", "ignoring", "group_left",
      "group_right", "and", "or", "unless", "bool", "offset", "inf", "nan");

  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
  private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\s*\\{([^}]*)\\}");
  private static final Pattern MATCHED = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
  private static final Pattern GROUPING = Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
  private static final Pattern IDENTIFIER = Pattern.compile("\\b[a-zA-Z_:][\\w:]*\\b(?!\\s*\\()");

  private static final List<NodeProcess> SERVERS_RUNNING = new ArrayList<>();

  /** Of every sample that any of the servers serves, its labels. */
  private static final Map<String, Set<String>> SERVED = new TreeMap<>();

  /** Names of families, as their TYPE lines have them. */
  private static final Set<String> FAMILIES = new TreeSet<>();

  @BeforeAll
  static void serve() throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "these are Troupe's");
    start();
    useEachOperation();
    scrapeAll();
  }

  @AfterAll
  static void stop() {
    SERVERS_RUNNING.forEach(NodeProcess::close);
  }

  private static void start() throws IOException {
    Path home = SharedNode.freshHome(OpsNamesTest.class);
    EnsembleNetwork network = EnsembleNetwork.loopback();
    Map<Integer, EnsembleNetwork.Site> sites = new TreeMap<>();
    for (int id = 1; id <= SERVERS; id++) {
      sites.put(id, network.site(id));
    }
    List<String> members = sites.entrySet().stream()
        .map(site -> "server." + site.getKey() + "=" + site.getValue().line(false)).toList();
    sites.forEach((id, site) -> {
      NodeSettings settings = NodeSettings.inDirectory(home.resolve("" + id));
      List<String> lines = new ArrayList<>(members);
      lines.addAll(List.of("initLimit=60", "syncLimit=40", // nothing is to end here
          "maxSessionTimeout=" + EnsembleUnderTest.LONGEST_SESSION_MILLIS, "admin.enableServer=true",
          "admin.serverAddress=" + NodeSettings.HOST, "admin.serverPort=" + settings.managementPort()));
      SERVERS_RUNNING.add(NodeProcess.launch(Subject.TROUPE,
          settings.at(site.host(), site.clientPort(), new EnsemblePlace(id, lines, List.of()))));
    });
    SERVERS_RUNNING.forEach(server -> server.awaitServing().awaitManagement());
  }

  private static void useEachOperation() throws Exception {
    for (NodeProcess server : SERVERS_RUNNING) {
      String path = "/of-" + server.settings().clientPort();
      try (Client client = Client.connect(server.connectString(), EnsembleUnderTest.LONGEST_SESSION_MILLIS)) {
        client.create(path, "data", CreateMode.PERSISTENT);
        client.create(path + "/session", "", CreateMode.EPHEMERAL);
        client.getChildren(path, true);
        client.getData(path, true, null);
        client.setData(path, Client.bytes("other"), -1);
        client.exists(path + "/none", true);
        client.multi(List.of(
            Op.create(path + "/none", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
            Op.delete(path + "/none", -1)));
        client.fence();
        client.delete(path + "/session", -1);
      }
    }
  }

  private static void scrapeAll() {
    for (NodeProcess server : SERVERS_RUNNING) {
      for (String line : scrape(server).lines().toList()) {
        if (line.startsWith("# TYPE ")) {
          FAMILIES.add(line.split(" ")[2]);
        } else if (!line.startsWith("#")) {
          Matcher sample = SAMPLE.matcher(line);
          assertTrue(sample.matches(), line);
          SERVED.computeIfAbsent(sample.group(1), name -> new TreeSet<>())
              .addAll(all(LABEL, Optional.ofNullable(sample.group(2)).orElse(""), 1));
        }
      }
    }
  }

  private static String scrape(NodeProcess server) {
    URI uri = URI.create("http://" + NodeSettings.HOST + ":" + server.settings().managementPort() + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response::body);
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while " + server + " told its metrics", e);
    }
  }

  private static List<String> all(Pattern pattern, String text, int group) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(group)).toList();
  }

  @Test
  void everyAlertAsksForWhatIsServedAndSaysWhatToDo() throws IOException {
    Map<String, Object> file = new Yaml().load(Files.readString(OPS.resolve("prometheus-alerts.yml")));
    List<Map<String, Object>> rules = members(file, "groups").stream()
        .flatMap(group -> members(group, "rules").stream()).toList();
    assertTrue(rules.size() > 10, "only " + rules.size());
    for (Map<String, Object> rule : rules) {
      String name = (String) rule.get("alert");
      assertServed((String) rule.get("expr"), "the alert " + name);
      Map<String, Object> texts = member(rule, "annotations");
      for (String text : List.of("summary", "description")) {
        assertFalse(((String) texts.getOrDefault(text, "")).isBlank(), name + " has no " + text);
      }
      assertTrue(Set.of("critical", "warning").contains(member(rule, "labels").get("severity")), name);
    }
  }

  @Test
  void everyPanelAsksForWhatIsServed() throws IOException {
    // JSON is YAML too.
    Map<String, Object> dashboard = new Yaml().load(Files.readString(OPS.resolve("grafana-dashboard.json")));
    List<Map<String, Object>> panels = members(dashboard, "panels").stream()
        .filter(panel -> !panel.get("type").equals("row")).toList();
    assertTrue(panels.size() > 20, "only " + panels.size());
    Set<Object> ids = new TreeSet<>();
    for (Map<String, Object> panel : panels) {
      assertTrue(ids.add(panel.get("id")), "two panels have the id " + panel.get("id"));
      for (Map<String, Object> target : members(panel, "targets")) {
        assertServed((String) target.get("expr"), "the panel '" + panel.get("title") + "'");
      }
    }
    members(member(dashboard, "annotations"), "list").forEach(annotation ->
        assertServed((String) annotation.get("expr"), "the annotation " + annotation.get("name")));
  }

  @Test
  void theExampleOfPrometheusLoadsTheAlertsUnderTheNameThatTheyExpect() throws IOException {
    Map<String, Object> file = new Yaml().load(Files.readString(OPS.resolve("prometheus.yml")));
    assertEquals(List.of("prometheus-alerts.yml"), file.get("rule_files"));
    assertEquals(List.of("troupe"), members(file, "scrape_configs").stream().map(job -> job.get("job_name")).toList());
  }

  @Test
  void theDocumentListsAllThatIsServedAndNothingElse() throws IOException {
    Set<String> listed = new TreeSet<>(all(Pattern.compile("(?m)^\\| `([\\w:]+)`"), Files.readString(DOCUMENT), 1));
    Set<String> unlisted = new TreeSet<>(FAMILIES);
    unlisted.removeAll(listed);
    assertEquals(Set.of(), unlisted, "served, but not in docs/metrics.md");
    listed.removeAll(FAMILIES);
    assertEquals(Set.of(), listed, "in docs/metrics.md, but not served");
  }

  /** ZooKeeper's own example of alerts, whose names have to go on working. Source: zookeeperMonitor.md. */
  @Test
  void zooKeepersExampleOfAlertsFindsItsNames() {
    for (String expression : List.of("znode_count > 1000000", "num_alive_connections > 50",
        "approximate_data_size /1024 /1024 > 1 * 1024", "watch_count > 10000",
        "increase(election_time_count[5m]) > 0", "open_file_descriptor_count > 300", "rate(fsynctime_sum[1m]) > 100",
        "rate(snapshottime_sum[5m]) > 100", "avg_latency > 100",
        "jvm_memory_bytes_used / jvm_memory_bytes_max{area=\"heap\"} > 0.8")) {
      assertServed(expression, "ZooKeeper's example");
    }
  }

  @Test
  void whatWasDoneIsCounted() {
    for (NodeProcess server : SERVERS_RUNNING) {
      Await.until(server + " has applied what all clients wrote", () ->
          value(scrape(server).lines().toList(), "troupe_transactions_applied_total") >= SERVERS * 6);
      List<String> lines = scrape(server).lines().toList();
      assertTrue(value(lines, "troupe_request_seconds_count{operation=\"multi\"}") >= 1);
      assertTrue(value(lines, "fsynctime_count") >= 1);
      assertTrue(value(lines, "node_changed_watch_count_sum") >= 1);
      assertTrue(value(lines, "updatelatency_sum") > 0);
      assertTrue(value(lines, "election_time_count") >= 1);
      assertTrue(value(lines, "unavailable_time_count") >= 1);
      assertEquals(SERVERS, value(lines, "quorum_size"));
      assertEquals(1, value(lines, "troupe_serving"));
    }
    List<Double> proposed = SERVERS_RUNNING.stream()
        .map(server -> value(scrape(server).lines().toList(), "proposal_count")).toList();
    assertTrue(proposed.stream().anyMatch(number -> number >= SERVERS * 6), proposed.toString());
  }

  private static double value(Collection<String> lines, String sample) {
    return lines.stream().filter(line -> line.startsWith(sample + " "))
        .map(line -> Double.parseDouble(line.substring(sample.length() + 1))).findFirst()
        .orElseThrow(() -> new AssertionError(sample + " is not served"));
  }

  private static void assertServed(String expression, String by) {
    for (MatchResult selector : SELECTOR.matcher(withoutStrings(expression)).results().toList()) {
      String name = selector.group(1);
      Set<String> labels = new TreeSet<>(all(MATCHED, selector.group(2), 1));
      labels.removeAll(LABELS_OF_PROMETHEUS);
      labels.removeAll(SERVED.getOrDefault(name, Set.of()));
      assertEquals(Set.of(), labels, () -> "labels that " + name + " does not have, in " + by + ": " + expression);
    }
    Set<String> unknown = names(expression).collect(Collectors.toCollection(TreeSet::new));
    assertFalse(unknown.isEmpty(), () -> "no name in " + by + ": " + expression);
    unknown.removeAll(SERVED.keySet());
    unknown.removeAll(OF_PROMETHEUS);
    assertEquals(Set.of(), unknown, () -> "names that nobody serves, in " + by + ": " + expression);
  }

  private static String withoutStrings(String expression) {
    return STRING.matcher(expression).replaceAll("S");
  }

  /** Of the metrics in an expression of PromQL. */
  private static Stream<String> names(String expression) {
    String bare = withoutStrings(expression).replaceAll("\\{[^}]*\\}", " ");
    bare = GROUPING.matcher(RANGE.matcher(bare).replaceAll(" ")).replaceAll(" ");
    return all(IDENTIFIER, bare, 0).stream().filter(name -> !WORDS_OF_PROMQL.contains(name.toLowerCase(Locale.ROOT)));
  }

  @SuppressWarnings("unchecked") // a wrong kind fails the test, which is what it is for
  private static List<Map<String, Object>> members(Map<String, Object> of, String key) {
    return (List<Map<String, Object>>) of.get(key);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> member(Map<String, Object> of, String key) {
    return (Map<String, Object>) of.get(key);
  }
}
