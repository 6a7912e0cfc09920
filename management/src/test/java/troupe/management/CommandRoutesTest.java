package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.actors.Server;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.History;
import troupe.persistence.SnapshotRef;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;

/** ZooKeeper's AdminServer commands. What ZooKeeper itself answers is compared in conformance. */
class CommandRoutesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String OPS =
      "Basic " + Base64.getEncoder().encodeToString("ops:swordfish".getBytes(StandardCharsets.UTF_8));
  private static final String ACCOUNT = "credentials = [{user = ops, password = \""
      + Credential.ofPassword("swordfish", new SecureRandom()).encoded() + "\", rights = [read, act]}]";

  @TempDir
  private Path directory;

  private NodeFixture node;
  private TestProbe<Watches.Command> watches;
  private TestProbe<SessionTracker.Command> tracker;
  private TestProbe<Snapshots.Command> snapshots;
  private TestProbe<TransactionLog.Command> log;

  @BeforeEach
  void start() throws Exception {
    node = new NodeFixture(directory, ACCOUNT);
    watches = node.kit.createTestProbe();
    tracker = node.kit.createTestProbe();
    snapshots = node.kit.createTestProbe();
    log = node.kit.createTestProbe();
  }

  @AfterEach
  void end() {
    node.close();
  }

  private void serve() {
    node.subscribed().subscriber().tell(new Server.Serving(
        new Server.Office(3, Server.Mode.STANDALONE, new ServerId(1), Set::of),
        new PublishedTree(DataTree.initial()), new ChangeHistory(1),
        node.kit.<Sessions.Command>createTestProbe().getRef(),
        watches.getRef(),
        tracker.getRef(),
        snapshots.getRef(),
        log.getRef()));
    node.await(() -> assertEquals(200, node.get("/ready").statusCode()));
  }

  private JsonNode ask(String command) {
    return json(node.get("/commands/" + command));
  }

  private JsonNode askWhile(Runnable answering, String command) {
    CompletableFuture<JsonNode> answer = CompletableFuture.supplyAsync(() -> ask(command));
    answering.run();
    return answer.join();
  }

  private HttpResponse<String> act(String command) {
    return node.send(node.to("/commands/" + command).header("Authorization", OPS));
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      return MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError(response.body(), e);
    }
  }

  @Test
  void theListNamesEveryCommandByItsFirstName() {
    HttpResponse<String> list = node.get("/commands");
    assertTrue(list.headers().firstValue("Content-Type").orElse("").startsWith("text/html"), "no HTML");
    List<String> names = list.body().lines().filter(line -> line.startsWith("<a href=\"/commands/"))
        .map(line -> line.replaceAll("<[^>]*>", "")).toList();
    assertEquals(List.of("configuration", "connection_stat_reset", "connections", "dirs", "dump", "environment",
        "get_trace_mask", "hash", "initial_configuration", "is_read_only", "last_snapshot", "leader", "monitor",
        "observer_connection_stat_reset", "observers", "restore", "ruok", "server_stats", "set_trace_mask", "snapshot",
        "stat_reset", "stats", "system_properties", "voting_view", "watch_summary", "watches", "watches_by_path",
        "zabstate"), names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"conf", "cons", "hash", "isro", "lead", "mntr", "obsr", "ruok", "srvr", "stat", "wchs"})
  void aServerThatDoesNotServeSaysSoWithStatus200(String command) {
    HttpResponse<String> answer = node.get("/commands/" + command);
    assertEquals(200, answer.statusCode());
    assertEquals("This ZooKeeper instance is not currently serving requests", json(answer).at("/error").asText());
  }

  @Test
  void whatNeedsNoServiceIsAnsweredWithoutIt() {
    assertEquals(306, ask("gtmk").at("/tracemask").asLong());
    assertEquals("3.9.5-troupe-1.2.3", ask("env").get("zookeeper.version").asText());
    assertFalse(ask("zabstate").at("/voting").asBoolean());
  }

  @Test
  void anUnknownCommandIsNamedWithStatus200() {
    HttpResponse<String> answer = node.get("/commands/nonsense");
    assertEquals(200, answer.statusCode());
    assertEquals("{\n  \"command\" : \"nonsense\",\n  \"error\" : \"Unknown command: nonsense\"\n}", answer.body());
  }

  @Test
  void anAliasIsAnsweredUnderTheFirstNameAndWithoutAnError() {
    serve();
    JsonNode answer = ask("conf");
    assertEquals("configuration", answer.at("/command").asText());
    assertTrue(answer.get("error").isNull());
    assertEquals(2000, answer.at("/tick_time").asInt());
    assertEquals(answer, ask("config"));
  }

  @Test
  void whatCanBeSaidAtOnceIsSaid() {
    serve();
    assertEquals("{\n  \"command\" : \"ruok\",\n  \"error\" : null\n}", node.get("/commands/ruok").body());
    assertFalse(ask("isro").at("/read_only").asBoolean());
    assertEquals(11, ask("dirs").at("/datadir_size").asInt());
    assertEquals("standalone", ask("stat").at("/server_stats/server_state").asText());
    assertEquals("[]", ask("stats").at("/connections").toString());
    assertEquals("server is not initialized", ask("leader").at("/error").asText());
    assertEquals("{}", ask("voting_view").at("/current_config").toString());
    assertEquals(DataTree.initial().digest(), ask("hash").at("/digests/0/digest").asLong());
    assertTrue(ask("icfg").at("/initial_configuration").asText().contains("snapshot-every"), "no settings");
    assertFalse(ask("icfg").at("/initial_configuration").asText().contains("pbkdf2"), "a secret");
  }

  @Test
  void registryTrackerAndLogAreAsked() throws IOException {
    serve();
    Watches.Summary summary = new Watches.Summary(Map.of(0x500L, List.of("/a")), Map.of("/a", List.of(0x500L)));
    Runnable tells = () -> ((Watches.GetSummary) watches.receiveMessage()).replyTo().tell(summary);
    assertEquals(1, askWhile(tells, "wchs").at("/num_total_watches").asInt());
    assertEquals("{\"1280\":[\"/a\"]}", askWhile(tells, "wchc").at("/session_id_to_watched_paths").toString());
    assertEquals("{\"/a\":[1280]}", askWhile(tells, "wchp").at("/path_to_session_ids").toString());
    JsonNode monitor =
        askWhile(() -> ((Watches.GetCount) watches.receiveMessage()).replyTo().tell(7), "mntr");
    assertEquals(7, monitor.at("/watch_count").asInt());
    assertEquals("monitor", monitor.at("/command").asText());
    JsonNode dump = askWhile(() -> ((SessionTracker.GetExpiries) tracker.receiveMessage()).replyTo()
        .tell(new SessionTracker.Expiries(new TreeMap<>(Map.of(1000L, List.of(0x500L))))), "dump");
    assertEquals("[1280]", dump.at("/expiry_time_to_session_ids").elements().next().toString());
  }

  @Test
  void theLastSnapshotIsTheNewestOrNone() throws IOException {
    serve();
    JsonNode none = askWhile(() -> tellHistory(History.EMPTY), "lsnp");
    assertEquals("ffffffffffffffff", none.at("/zxid").asText());
    assertEquals(-1, none.at("/timestamp").asLong());
  }

  private void tellHistory(History history) {
    ((TransactionLog.GetHistory) log.receiveMessage()).replyTo().tell(new TransactionLog.Reply.TheHistory(history));
  }

  @ParameterizedTest
  @ValueSource(strings = {"crst", "orst", "srst", "stmk?traceMask=5", "snap", "restore"})
  void whatChangesSomethingNeedsTheRightTo(String command) {
    serve();
    HttpResponse<String> refused = node.get("/commands/" + command);
    assertEquals(401, refused.statusCode());
    assertTrue(refused.headers().firstValue("WWW-Authenticate").isPresent(), "no way to sign in");
    assertTrue(json(refused).at("/error").asText().contains("troupe.management.credentials"), refused.body());
  }

  @Test
  void whoMayResetsAndLeavesALine() {
    serve();
    LoggingTestKit.info("user=ops ip=127.0.0.1 operation=stat_reset result=success").expect(node.kit.system(), () -> {
      HttpResponse<String> done = act("srst");
      assertEquals(200, done.statusCode());
      assertTrue(json(done).get("error").isNull(), done.body());
      return done;
    });
    assertEquals(200, act("crst").statusCode());
    assertEquals(200, act("orst").statusCode());
  }

  @Test
  void theTraceMaskIsWhatWasSet() {
    assertEquals(5, json(act("set_trace_mask?traceMask=5")).at("/tracemask").asInt());
    assertEquals(5, ask("get_trace_mask").at("/tracemask").asInt());
    assertEquals("setTraceMask requires long traceMask argument", json(act("stmk")).at("/error").asText());
    assertEquals("setTraceMask requires long traceMask argument, got x",
        json(act("stmk?traceMask=x")).at("/error").asText());
  }

  @Test
  void aSnapshotIsSentWithItsHeaders() throws IOException {
    serve();
    Path file = Files.createDirectories(directory.resolve("snapshots")).resolve("snapshot.300000007");
    Files.writeString(file, "the tree");
    SnapshotRef ref = new SnapshotRef(new Zxid(3, 7), 9, file.getFileName().toString(), 5);
    HttpResponse<String> sent = snapshotOf(ref, "snapshot");
    assertEquals("the tree", sent.body());
    assertEquals("application/octet-stream", sent.headers().firstValue("Content-Type").orElse(""));
    assertEquals("0x300000007", sent.headers().firstValue("last_zxid").orElse(""));
    assertEquals("8", sent.headers().firstValue("snapshot_size").orElse(""));
    HttpResponse<String> told = snapshotOf(ref, "snapshot?streaming=false");
    assertEquals("snapshot", json(told).at("/command").asText());
    assertEquals("8", told.headers().firstValue("snapshot_size").orElse(""));
  }

  private HttpResponse<String> snapshotOf(SnapshotRef ref, String command) {
    CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> act(command));
    ((Snapshots.TakeNow) snapshots.receiveMessage(NodeFixture.PATIENCE)).replyTo().tell(new Snapshots.Taken(ref));
    return answer.join();
  }

  @Test
  void aRestoreIsRefusedWithWhatToDoInstead() {
    serve();
    HttpResponse<String> refused = node.send(
        node.to("/commands/restore").header("Authorization", OPS).POST(HttpRequest.BodyPublishers.ofString("a file")));
    assertEquals(503, refused.statusCode());
    assertTrue(json(refused).at("/error").asText().contains("bin/troupe restore"), refused.body());
  }

  @Test
  void whatIsAskedForWithGetIsNotPosted() {
    HttpResponse<String> refused =
        node.send(node.to("/commands/ruok").POST(HttpRequest.BodyPublishers.noBody()));
    assertEquals(405, refused.statusCode());
    assertEquals("ruok is asked for with GET, not with POST", json(refused).at("/error").asText());
  }

  @Test
  void systemPropertiesAreShownWithoutSecrets() {
    System.setProperty("troupe.tests.some-password", "swordfish");
    Supplier<JsonNode> properties = () -> ask("system_properties");
    assertEquals("(not shown)", properties.get().get("troupe.tests.some-password").asText());
    assertEquals(System.getProperty("os.name"), properties.get().get("os.name").asText());
    String line = "troupe.jar start -Dtroupe.tree.super-digest=";
    assertEquals(line + "(the rest is not shown)",
        CommandValues.withoutSecrets("sun.java.command", line + "super:x y -Da=b"));
  }
}
