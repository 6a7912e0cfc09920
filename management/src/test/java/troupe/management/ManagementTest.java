package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.persistence.Backup;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;

class ManagementTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PASSWORD = "swordfish";
  private static final String OPS = "{user = ops, password = \""
      + Credential.ofPassword(PASSWORD, new SecureRandom()).encoded() + "\", rights = [read, act]}";
  private static final String CI =
      "{user = ci, token = \"" + Credential.ofToken("a-long-token").encoded() + "\", rights = [read]}";

  @TempDir
  private Path directory;

  private NodeFixture node;
  private TestProbe<SessionTracker.Command> tracker;
  private TestProbe<Snapshots.Command> snapshots;

  @AfterEach
  void end() {
    node.close();
  }

  private void start(String settings) throws Exception {
    node = new NodeFixture(directory, settings);
    tracker = node.kit.createTestProbe();
    snapshots = node.kit.createTestProbe();
  }

  private void serve(Server.Mode mode) {
    node.subscribed().subscriber().tell(new Server.Serving(
        new Server.Office(3, mode, new ServerId(mode == Server.Mode.FOLLOWER ? 2 : 1), () -> Set.of(new ServerId(2))),
        new PublishedTree(DataTree.initial()), new ChangeHistory(1),
        node.kit.<Sessions.Command>createTestProbe().getRef(),
        node.kit.<Watches.Command>createTestProbe().getRef(),
        tracker.getRef(),
        snapshots.getRef(),
        node.kit.<TransactionLog.Command>createTestProbe().getRef()));
    node.await(() -> assertEquals(200, node.get("/ready").statusCode()));
  }

  private static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> act(String method, String path, Optional<String> authorization) {
    HttpRequest.Builder request = node.to(path).method(method, HttpRequest.BodyPublishers.noBody());
    authorization.ifPresent(value -> request.header("Authorization", value));
    return node.send(request);
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      return MAPPER.readTree(response.body());
    } catch (java.io.IOException e) {
      throw new AssertionError(response.body(), e);
    }
  }

  @Test
  void aNodeIsReadyOnlyWhileItServesAndAliveAlways() throws Exception {
    start("");
    assertEquals(503, node.get("/ready").statusCode());
    assertEquals("it starts\n", node.get("/ready").body());
    Server.Subscribe subscribe = node.subscribed();
    subscribe.subscriber().tell(new Server.NotServing("it looks for a leader", false));
    node.await(() -> assertEquals("it looks for a leader\n", node.get("/ready").body()));
    assertEquals(200, node.get("/alive").statusCode());
  }

  @Test
  void whoIsReadySaysWhatItIs() throws Exception {
    start("");
    serve(Server.Mode.LEADER);
    assertEquals("leader of epoch 3 at " + DataTree.initial().lastZxid() + "; in step: 2\n", node.get("/ready").body());
  }

  @Test
  void aTakenPortIsNoEnd() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(NodeFixture.HOST))) {
      start("port = " + taken.getLocalPort());
      assertEquals(Optional.empty(), node.address);
    }
  }

  @Test
  void theEnsembleIsToldAsFarAsItIsKnown() throws Exception {
    start("");
    JsonNode before = json(node.get("/troupe/ensemble")).at("/servers/0");
    assertEquals("it starts", before.at("/status/why").asText());
    for (String unknown : List.of("mode", "epoch", "leader", "zxid", "digest", "znodes", "sessions", "dataBytes")) {
      assertTrue(before.at("/status/" + unknown).isNull(), unknown + " of a server that does not serve");
    }
    assertEquals(1, before.at("/weight").asInt());
    assertTrue(before.at("/group").isNull());
    assertTrue(before.at("/reached").asBoolean());
    serve(Server.Mode.STANDALONE);
    JsonNode ensemble = json(node.get("/troupe/ensemble"));
    assertEquals("standalone", ensemble.at("/servers/0/status/mode").asText());
    assertEquals(3, ensemble.at("/servers/0/status/epoch").asInt());
    assertEquals(3, ensemble.at("/elections/0/epoch").asInt());
  }

  @Test
  void theTreeIsShownPageByPage() throws Exception {
    start("");
    node.subscribed().subscriber().tell(serving(node.kit.<Watches.Command>createTestProbe()));
    TestProbe<Watches.Command> watches = node.kit.createTestProbe();
    node.await(() -> assertEquals(200, node.get("/ready").statusCode()));
    assertEquals(404, node.get("/troupe/nonsense").statusCode());
    assertEquals(400, node.get("/troupe/search?text=x&limit=0").statusCode());
    assertEquals("limit is a number, not many", json(node.get("/troupe/search?text=x&limit=many")).at("/error").asText());
    assertEquals("[\"/zookeeper/quota\"]", json(node.get("/troupe/search?text=quo")).at("/paths").toString());
  }

  @Test
  void aSearchGoesOnBehindTheLastPathOfThePageBefore() throws Exception {
    start("");
    serve(Server.Mode.STANDALONE);
    List<String> found = new ArrayList<>();
    JsonNode page = json(node.get("/troupe/search?text=z&limit=1"));
    while (!page.at("/next").isNull()) {
      page.at("/paths").forEach(path -> found.add(path.asText()));
      page = json(node.get("/troupe/search?text=z&limit=1&after=" + page.at("/next").asText()));
    }
    page.at("/paths").forEach(path -> found.add(path.asText()));
    assertEquals(List.of("/zookeeper", "/zookeeper/config", "/zookeeper/quota"), found);
    assertEquals("[\"/zookeeper/quota\"]",
        json(node.get("/troupe/search?text=z&after=/zookeeper/deleted-meanwhile")).at("/paths").toString());
  }

  @Test
  void clientsAreListedPageByPage() throws Exception {
    start("");
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        clients.add(new Socket(NodeFixture.HOST, node.port.address().getPort()));
      }
      node.await(() -> assertEquals(3, node.port.clients().size()));
      JsonNode first = json(node.get("/troupe/clients?limit=2"));
      JsonNode second = json(node.get("/troupe/clients?limit=2&after=" + first.at("/next").asText()));
      assertTrue(second.at("/next").isNull(), second.toString());
      assertEquals(3, second.at("/total").asInt());
      Set<String> listed = new HashSet<>(first.findValuesAsText("client"));
      listed.addAll(second.findValuesAsText("client"));
      assertEquals(3, listed.size(), listed.toString());
      assertEquals(1, second.at("/clients").size());
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private Server.Serving serving(TestProbe<Watches.Command> watches) {
    return new Server.Serving(
        new Server.Office(3, Server.Mode.STANDALONE, new ServerId(1), Set::of),
        new PublishedTree(DataTree.initial()), new ChangeHistory(1),
        node.kit.<Sessions.Command>createTestProbe().getRef(),
        watches.getRef(),
        tracker.getRef(),
        snapshots.getRef(),
        node.kit.<TransactionLog.Command>createTestProbe().getRef());
  }

  @Test
  void settingsAreShownWithoutSecrets() throws Exception {
    start("credentials = [" + OPS + "]");
    String settings = node.get("/troupe/node").body();
    assertTrue(settings.contains("\"snapshot-every\""), settings);
    assertFalse(settings.contains("pbkdf2"), settings);
  }

  @Test
  void nobodyActsWhereNobodyMay() throws Exception {
    start("");
    HttpResponse<String> refused = act("POST", "/troupe/snapshots", Optional.empty());
    assertEquals(403, refused.statusCode());
    assertTrue(json(refused).at("/error").asText().contains("troupe.management.credentials"), refused.body());
    assertFalse(json(node.get("/troupe/rights")).at("/act").asBoolean());
  }

  @Test
  void whoActsNeedsTheRightTo() throws Exception {
    start("credentials = [" + OPS + ", " + CI + "]");
    String path = "/troupe/clients/shed?percent=50";
    HttpResponse<String> unknown = act("POST", path, Optional.empty());
    assertEquals(401, unknown.statusCode());
    assertTrue(unknown.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic "), "no way to sign in");
    assertEquals(401, act("POST", path, Optional.of(basic("ops", "wrong"))).statusCode());
    assertEquals(401, act("POST", path, Optional.of("Bearer wrong")).statusCode());
    assertEquals(403, act("POST", path, Optional.of("Bearer a-long-token")).statusCode());
    assertEquals(401, act("POST", path, Optional.of("Basic *")).statusCode());
    HttpResponse<String> done = LoggingTestKit.info("user=ops ip=127.0.0.1 operation=shed subject=50 percent result=success")
        .expect(node.kit.system(), () -> act("POST", path, Optional.of(basic("ops", PASSWORD))));
    assertEquals("{\"closed\":0}", done.body());
    assertEquals(400, act("POST", "/troupe/clients/shed?percent=0", Optional.of(basic("ops", PASSWORD))).statusCode());
  }

  @Test
  void aBrowserAsksForAPasswordOnlyWhoeverSignsInNotForWhatTheConsoleAsksByItself() throws Exception {
    start("open-reading = false, credentials = [" + OPS + "]");
    assertTrue(challenge(node.to("/troupe/sign-in")).startsWith("Basic "));
    assertTrue(challenge(node.to("/")).startsWith("Basic "));
    String toTheConsole = challenge(node.to("/troupe/ensemble").header("X-Requested-With", "troupe"));
    assertTrue(toTheConsole.startsWith("Bearer "), toTheConsole);
  }

  private String challenge(HttpRequest.Builder request) {
    HttpResponse<String> refused = node.send(request);
    assertEquals(401, refused.statusCode());
    return refused.headers().firstValue("WWW-Authenticate").orElse("none");
  }

  @Test
  void whoGuessesHasToWaitAndWhoKnowsDoesNot() throws Exception {
    start("credentials = [" + OPS + ", " + CI + "]");
    String path = "/troupe/clients/shed?percent=50";
    assertEquals(200, act("POST", path, Optional.of(basic("ops", PASSWORD))).statusCode());
    HttpResponse<String> guess = act("POST", path, Optional.of(basic("ops", "guess")));
    for (int i = 0; guess.statusCode() != 429; i++) {
      assertTrue(i < 10, "ten guesses in a row were checked");
      guess = act("POST", path, Optional.of(basic("ops", "guess " + i)));
    }
    assertTrue(guess.headers().firstValueAsLong("Retry-After").orElse(0) > 0, guess.headers().toString());
    assertTrue(json(guess).at("/error").asText().contains("try again in"), guess.body());
    assertEquals(200, act("POST", path, Optional.of(basic("ops", PASSWORD))).statusCode());
    assertEquals(403, act("POST", path, Optional.of("Bearer a-long-token")).statusCode());
  }

  @Test
  void aBackupTakesThePlaceOfTheDataOfAServerAlone() throws Exception {
    start("credentials = [" + OPS + "]");
    serve(Server.Mode.STANDALONE);
    Path file = directory.resolve("backup");
    Backup.write(DataTree.initial(), file);
    byte[] backup = Files.readAllBytes(file);

    HttpResponse<String> damaged = restore(Arrays.copyOf(backup, backup.length - 1));
    assertEquals(400, damaged.statusCode(), damaged.body());
    assertEquals(400, restore(new byte[0]).statusCode());
    assertFalse(node.begunAgain.get());

    HttpResponse<String> restored = LoggingTestKit.info("operation=restore result=success")
        .expect(node.kit.system(), () -> restore(backup));
    assertEquals(202, restored.statusCode(), restored.body());
    assertTrue(node.begunAgain.get());
    JsonNode answer = json(restored);
    assertEquals("0x0", answer.at("/zxid").asText());
    assertEquals(List.of(), OpenApi.faults(OpenApi.schemas().get("Restored"), answer));
    assertTrue(answer.at("/nextEpochAtLeast").asLong() > 1_000_000, answer.toString());
    assertEquals(409, restore(backup).statusCode(), "while it begins again");
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.filter(each -> each.toString().contains("upload")).toList());
    }
  }

  private HttpResponse<String> restore(byte[] backup) {
    return node.send(node.to("/troupe/restore").POST(HttpRequest.BodyPublishers.ofByteArray(backup))
        .header("Authorization", basic("ops", PASSWORD)));
  }

  @Test
  void aServerOfAnEnsembleSaysHowThatIsRestored() throws Exception {
    node = new NodeFixture(directory, "credentials = [" + OPS + "]", Ensemble.ofMajority(new ServerId(1), List.of(
        new Ensemble.Member(new ServerId(1), "a", 1), new Ensemble.Member(new ServerId(2), "b", 1))));
    HttpResponse<String> refused = restore(new byte[1 << 20]);
    assertEquals(409, refused.statusCode(), refused.body());
    assertTrue(json(refused).at("/error").asText().contains("troupe restore FILE --data-dir"), refused.body());
  }

  @Test
  void whatIsShownInVainIsNotInTheLog() throws Exception {
    start("open-reading = false, credentials = [" + CI + "]");
    HttpResponse<String> refused = LoggingTestKit.empty().withMessageContains("sesame").withOccurrences(0)
        .expect(node.kit.system(), () -> act("GET", "/troupe/node", Optional.of("Bearer open:sesame")));
    assertEquals(401, refused.statusCode());
  }

  @Test
  void readingMayNeedARightToo() throws Exception {
    start("open-reading = false, credentials = [" + CI + "]");
    for (String path : List.of("/troupe/node", "/cluster/members", "/troupe/ensemble")) {
      assertEquals(401, node.get(path).statusCode(), path);
      assertEquals(200, act("GET", path, Optional.of("Bearer a-long-token")).statusCode(), path);
    }
    assertEquals(200, node.get("/alive").statusCode());
  }

  @Test
  void aPageOfAnotherSiteCannotAct() throws Exception {
    start("credentials = [" + OPS + "]");
    HttpResponse<String> refused = node.send(node.to("/troupe/clients/shed?percent=50")
        .POST(HttpRequest.BodyPublishers.noBody())
        .header("Authorization", basic("ops", PASSWORD))
        .header("Origin", "http://elsewhere.example"));
    assertEquals(403, refused.statusCode());
  }

  @Test
  void aSnapshotIsTakenAndItsFailureTold() throws Exception {
    start("credentials = [" + OPS + "]");
    serve(Server.Mode.STANDALONE);
    Thread player = Thread.ofPlatform().start(() ->
        snapshots.expectMessageClass(Snapshots.TakeNow.class, NodeFixture.PATIENCE).replyTo()
            .tell(new Snapshots.NotTaken("the disk is full")));
    HttpResponse<String> refused = act("POST", "/troupe/snapshots", Optional.of(basic("ops", PASSWORD)));
    player.join();
    assertEquals(503, refused.statusCode());
    assertEquals("no snapshot: the disk is full", json(refused).at("/error").asText());
  }

  @RepeatedTest(3) // there are several places where it could be lost
  void whatIsUnderWayWhenTheNodeStopsIsAnswered() throws Exception {
    start("credentials = [" + OPS + "]");
    serve(Server.Mode.STANDALONE);
    CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() ->
        act("POST", "/troupe/snapshots", Optional.of(basic("ops", PASSWORD))));
    Snapshots.TakeNow asked = snapshots.expectMessageClass(Snapshots.TakeNow.class, NodeFixture.PATIENCE);
    CompletionStage<Done> stopped = CoordinatedShutdown.get(node.kit.system()).runAll(CoordinatedShutdown.unknownReason());
    InetSocketAddress port = new InetSocketAddress(NodeFixture.HOST, node.address.orElseThrow().port());
    node.await(() -> assertThrows(IOException.class, () -> {
      try (Socket late = new Socket()) {
        late.connect(port);
      }
    }));
    asked.replyTo().tell(new Snapshots.NotTaken("the disk is full"));
    HttpResponse<String> refused = answer.get(NodeFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertEquals("no snapshot: the disk is full", json(refused).at("/error").asText());
    stopped.toCompletableFuture().get(NodeFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void theLeaderHandsOverAndAFollowerSaysWhoLeads() throws Exception {
    start("credentials = [" + OPS + "]");
    serve(Server.Mode.FOLLOWER);
    HttpResponse<String> refused = act("POST", "/troupe/leadership/hand-over", Optional.of(basic("ops", PASSWORD)));
    assertEquals(409, refused.statusCode());
    assertEquals("server 2 leads, not this one: ask there", json(refused).at("/error").asText());
  }

  @Test
  void aSessionIsEnded() throws Exception {
    start("credentials = [" + OPS + "]");
    serve(Server.Mode.LEADER);
    Thread player = Thread.ofPlatform().start(() -> {
      for (SessionTracker.Expiry answer : List.of(SessionTracker.Expiry.UNDER_WAY, SessionTracker.Expiry.UNKNOWN)) {
        SessionTracker.Expire expire = tracker.expectMessageClass(SessionTracker.Expire.class, NodeFixture.PATIENCE);
        expire.replyTo().tell(answer);
      }
    });
    assertEquals(202, act("DELETE", "/troupe/sessions/0x1f", Optional.of(basic("ops", PASSWORD))).statusCode());
    assertEquals(404, act("DELETE", "/troupe/sessions/0x1f", Optional.of(basic("ops", PASSWORD))).statusCode());
    assertEquals(400, act("DELETE", "/troupe/sessions/none", Optional.of(basic("ops", PASSWORD))).statusCode());
    player.join();
    assertEquals(202, act("POST", "/troupe/leadership/hand-over", Optional.of(basic("ops", PASSWORD))).statusCode());
    node.server.expectMessage(NodeFixture.PATIENCE, new Server.HandOver());
  }

  @Test
  void theLogLevelIsChangedAndComesBack() throws Exception {
    start("credentials = [" + OPS + "]");
    Optional<String> ops = Optional.of(basic("ops", PASSWORD));
    JsonNode changed = json(act("PUT", "/troupe/log-level?logger=troupe.tests&level=DEBUG", ops));
    assertEquals("DEBUG", changed.at("/loggers/troupe.tests").asText());
    assertTrue(json(act("PUT", "/troupe/log-level?logger=troupe.tests&level=RESET", ops))
        .at("/loggers/troupe.tests").isMissingNode());
    assertEquals(400, act("PUT", "/troupe/log-level?logger=troupe.tests&level=LOUD", ops).statusCode());
  }
}
