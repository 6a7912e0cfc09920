package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.actors.Server;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.management.OpenApi.Operation;
import troupe.persistence.History;
import troupe.persistence.SnapshotRef;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.Acl;
import troupe.tree.DataTree;
import troupe.tree.Identity;
import troupe.tree.Owner;
import troupe.tree.Password;
import troupe.tree.Permissions;
import troupe.tree.SessionInfo;
import troupe.tree.TreeBuilder;
import troupe.tree.Znode;

/** What the routes answer, held against the document: every status and every body has to be one that it describes. */
class OpenApiAnswersTest {
  private static final String OPS = "credentials = [{user = ops, password = \""
      + Credential.ofPassword("swordfish", new SecureRandom()).encoded() + "\", rights = [read, act]}]";
  private static final Optional<String> AS_OPS = Optional.of("Basic "
      + Base64.getEncoder().encodeToString("ops:swordfish".getBytes(StandardCharsets.UTF_8)));
  private static final Optional<String> AS_NOBODY = Optional.empty();

  private static final Zxid LAST = new Zxid(3, 7);
  private static final long SESSION = 0x100012ab34cd0001L; // the document's example
  private static final SnapshotRef SNAPSHOT = new SnapshotRef(LAST, 8, "snapshot.300000007", 11);

  @TempDir
  private Path directory;

  private NodeFixture node;

  @AfterEach
  void end() {
    node.close();
  }

  @Test
  void aServerThatServesAnswersEverythingAsDescribed() throws Exception {
    start(OPS);
    serve();
    try (Socket client = new Socket(NodeFixture.HOST, node.port.address().getPort())) {
      assertTrue(client.isConnected());
      node.await(() -> assertEquals(1, node.port.clients().size()));
      for (Operation operation : OpenApi.operations()) {
        HttpResponse<String> response = checked(operation, AS_OPS);
        boolean lacksItsFile = operation.description().has("requestBody");
        assertEquals(lacksItsFile ? 4 : 2, response.statusCode() / 100, operation + ": " + response.body());
      }
    }
  }

  @Test
  void aServerThatServesNobodySaysSoAsDescribed() throws Exception {
    start(OPS);
    for (Operation operation : OpenApi.operations()) {
      int status = checked(operation, AS_OPS).statusCode();
      boolean lacksItsFile = operation.description().has("requestBody");
      assertTrue(status == 503 || status / 100 == (lacksItsFile ? 4 : 2), operation + ": " + status);
    }
  }

  @Test
  void whoShowsNothingSeesNothingWhereReadingIsNotOpen() throws Exception {
    start("open-reading = false, " + OPS);
    for (Operation operation : OpenApi.operations()) {
      int status = checked(operation, AS_NOBODY).statusCode();
      assertEquals(operation.documents(401), status == 401, operation + ": " + status);
    }
  }

  @Test
  void nobodyActsWhereNobodyMayAndReadingIsOpen() throws Exception {
    start("");
    serve();
    for (Operation operation : OpenApi.operations()) {
      int status = checked(operation, AS_NOBODY).statusCode();
      assertEquals(operation.isAbout("Act"), status == 403, operation + ": " + status);
    }
  }

  @Test
  void whatTheDocumentDoesNotAllowIsRefused() throws Exception {
    start(OPS);
    serve();
    for (Operation operation : OpenApi.operations()) {
      for (JsonNode parameter : operation.parameters()) {
        for (Optional<String> wrong : wrongValues(parameter)) {
          HttpResponse<String> response =
              checked(operation, AS_OPS, Map.of(parameter.get("name").asText(), wrong));
          assertEquals(400, response.statusCode(), operation + " with " + wrong + ": " + response.body());
        }
      }
    }
  }

  /** Empty: it is left out. */
  private static List<Optional<String>> wrongValues(JsonNode parameter) {
    JsonNode schema = parameter.get("schema");
    List<Optional<String>> wrong = new ArrayList<>();
    if (parameter.path("required").asBoolean() && parameter.get("in").asText().equals("query")) {
      wrong.add(Optional.empty());
    }
    if (schema.has("minimum")) {
      wrong.add(Optional.of(String.valueOf(schema.get("minimum").asInt() - 1)));
      wrong.add(Optional.of(String.valueOf(schema.get("maximum").asInt() + 1)));
      wrong.add(Optional.of("many"));
    }
    if (schema.has("enum") || schema.has("pattern")) {
      wrong.add(Optional.of("nonsense"));
    }
    if (schema.has("minLength")) {
      wrong.add(Optional.of(""));
    }
    return wrong;
  }

  @Test
  void whatIsNotThereIsRefusedAsDescribed() throws Exception {
    start(OPS);
    serve();
    Map<String, Optional<String>> elsewhere = Map.of("id", Optional.of("0x1"), "path", Optional.of("/none"));
    for (Operation operation : OpenApi.operations()) {
      boolean asksForOne =
          operation.parameters().stream().anyMatch(each -> elsewhere.containsKey(each.get("name").asText()));
      if (asksForOne) {
        assertEquals(404, checked(operation, AS_OPS, elsewhere).statusCode(), operation.toString());
      }
    }
    JsonNode error = OpenApi.schemas().get("Error");
    assertEquals(List.of(), OpenApi.faults(error, json(node.get("/troupe/none").body())));
  }

  @Test
  void dataIsShownInEveryForm() throws Exception {
    start("");
    serve();
    Operation tree = OpenApi.operations().stream().filter(each -> each.path().equals("/troupe/tree")).findFirst().orElseThrow();
    for (String path : List.of("/", "/app", "/app/binary", "/app/config", "/app/large", "/app/list", "/app/mine")) {
      for (String as : List.of("text", "json", "hex")) {
        checked(tree, AS_NOBODY, Map.of("path", Optional.of(path), "as", Optional.of(as)));
      }
      assertEquals(400, checked(tree, AS_NOBODY,
          Map.of("path", Optional.of(path), "as", Optional.of("nonsense"))).statusCode(), path);
    }
  }

  @Test
  void theDocumentIsServed() throws Exception {
    start("");
    HttpResponse<String> response = node.get("/troupe/openapi.json");
    assertEquals(OpenApi.DOCUMENT, json(response.body()));
    assertEquals(Optional.of("application/json"), response.headers().firstValue("Content-Type"));
  }

  // Requests, and how they are answered.

  private HttpResponse<String> checked(Operation operation, Optional<String> authorization) {
    return checked(operation, authorization, Map.of());
  }

  /** @param values of parameters, in place of those that the document has as examples */
  private HttpResponse<String> checked(
      Operation operation, Optional<String> authorization, Map<String, Optional<String>> values) {
    String path = operation.path();
    List<String> query = new ArrayList<>();
    for (JsonNode parameter : operation.parameters()) {
      String name = parameter.get("name").asText();
      Optional<String> value = values.getOrDefault(name, example(parameter)).map(OpenApiAnswersTest::encoded);
      if (parameter.get("in").asText().equals("path")) {
        path = path.replace("{" + name + "}", value.orElseThrow());
      } else {
        value.ifPresent(text -> query.add(name + "=" + text));
      }
    }
    HttpRequest.Builder request = node.to(path + (query.isEmpty() ? "" : "?" + String.join("&", query)))
        .method(operation.method(), HttpRequest.BodyPublishers.noBody());
    authorization.ifPresent(value -> request.header("Authorization", value));
    HttpResponse<String> response = node.send(request);
    check(operation, response);
    return response;
  }

  private static Optional<String> example(JsonNode parameter) {
    return Optional.ofNullable(parameter.get("example"))
        .or(() -> Optional.ofNullable(parameter.get("schema").get("default")))
        .map(JsonNode::asText);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static void check(Operation operation, HttpResponse<String> response) {
    String what = operation + " answers " + response.statusCode() + " " + response.body();
    assertTrue(operation.documents(response.statusCode()), what + ": that status is not in the document");
    String type = response.headers().firstValue("Content-Type").orElse("none").replaceAll(";.*", "");
    JsonNode content = operation.response(response.statusCode()).get("content");
    assertTrue(content.has(type), what + ": " + type + " is not in the document");
    if (type.equals("application/json")) {
      assertEquals(List.of(), OpenApi.faults(content.get(type).get("schema"), json(response.body())), what);
    }
    for (String header : List.of("WWW-Authenticate", "Content-Disposition")) {
      assertEquals(operation.response(response.statusCode()).path("headers").has(header),
          response.headers().firstValue(header).isPresent(), what + ": " + header);
    }
    assertNotEquals(500, response.statusCode(), what);
  }

  private static JsonNode json(String body) {
    try {
      return OpenApi.MAPPER.readTree(body);
    } catch (IOException e) {
      throw new AssertionError(body, e);
    }
  }

  // A leader that knows something of everything.

  private void start(String settings) throws Exception {
    node = new NodeFixture(directory, settings);
    Files.createDirectories(directory.resolve("snapshots"));
    Files.writeString(directory.resolve("snapshots").resolve(SNAPSHOT.file()), "a snapshot");
  }

  private void serve() {
    node.subscribed().subscriber().tell(new Server.Serving(
        new Server.Office(3, Server.Mode.LEADER, new ServerId(1), () -> Set.of(new ServerId(2))),
        new PublishedTree(tree()), new ChangeHistory(1),
        node.kit.<Sessions.Command>createTestProbe().getRef(),
        node.kit.spawn(watches()),
        node.kit.spawn(tracker()),
        node.kit.spawn(snapshots()),
        node.kit.spawn(log())));
    node.await(() -> assertEquals(200, node.get("/ready").statusCode()));
  }

  private static DataTree tree() {
    TreeBuilder builder = new TreeBuilder();
    DataTree.initial().forEachNode(builder::node);
    builder.session(SESSION, new SessionInfo(4000, new Password(1, 2)));
    add(builder, 1, "app", Znode.NO_DATA, Owner.NONE);
    add(builder, 2, "binary", new byte[] {(byte) 0xff, 0}, Owner.NONE);
    add(builder, 2, "config", "{\"a\": [1]}".getBytes(StandardCharsets.UTF_8), Owner.NONE);
    add(builder, 2, "large", new byte[100_000], Owner.NONE);
    add(builder, 2, "list", "[null]".getBytes(StandardCharsets.UTF_8), Owner.NONE);
    add(builder, 2, "mine", new byte[0], SESSION);
    return builder.build(LAST);
  }

  private static void add(TreeBuilder builder, int depth, String name, byte[] data, long owner) {
    Acl acl = Acl.of(List.of(
        new Acl.Entry(Permissions.ALL, new Identity("digest", "ann:a-hash")),
        new Acl.Entry(Permissions.READ, Identity.ANYONE)));
    long zxid = LAST.toLong();
    long time = 1_700_000_000_000L;
    builder.node(depth, name, new Znode(data, acl, zxid, zxid, zxid, time, time, owner, 0, 0, 0));
  }

  private static Behavior<Watches.Command> watches() {
    return Behaviors.receiveMessage(message -> {
      if (message instanceof Watches.GetSummary get) {
        get.replyTo().tell(new Watches.Summary(Map.of(SESSION, List.of("/app")), Map.of("/app", List.of(SESSION))));
      } else if (message instanceof Watches.CountWatchers count) {
        count.replyTo().tell(1);
      }
      return Behaviors.same();
    });
  }

  private static Behavior<SessionTracker.Command> tracker() {
    return Behaviors.receiveMessage(message -> {
      if (message instanceof SessionTracker.GetExpiries get) {
        get.replyTo().tell(new SessionTracker.Expiries(new TreeMap<>(Map.of(3000L, List.of(SESSION)))));
      } else if (message instanceof SessionTracker.Expire expire) {
        expire.replyTo().tell(expire.session() == SESSION
            ? SessionTracker.Expiry.UNDER_WAY : SessionTracker.Expiry.UNKNOWN);
      }
      return Behaviors.same();
    });
  }

  private static Behavior<Snapshots.Command> snapshots() {
    return Behaviors.receiveMessage(message -> {
      if (message instanceof Snapshots.TakeNow take) {
        take.replyTo().tell(new Snapshots.Taken(SNAPSHOT));
      }
      return Behaviors.same();
    });
  }

  private static Behavior<TransactionLog.Command> log() {
    return Behaviors.receiveMessage(message -> {
      if (message instanceof TransactionLog.GetHistory get) {
        get.replyTo().tell(new TransactionLog.Reply.TheHistory(new History(3, 3, LAST, List.of(SNAPSHOT))));
      }
      return Behaviors.same();
    });
  }
}
