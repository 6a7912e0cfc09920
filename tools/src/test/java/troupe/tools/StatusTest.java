package troupe.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code troupe status}, asking a small server that answers as a Troupe does. */
class StatusTest {
  private static final String SERVER = """
      {"id": %d, "host": "zoo%1$d", "port": 2888, "lifeLinePort": 3888, "role": "voter", "weight": 1, "group": null,
       "reached": %b, "heardAt": %s, "inStep": true, "lag": %s, "status": %s}""";
  private static final String STATUS = """
      {"version": "1", "mode": %s, "serving": %b, "why": %s, "since": "%s", "startedAt": "%4$s", "epoch": 3,
       "leader": 3, "zxid": "0x300000012", "digest": "-123", "znodes": 17, "sessions": 4, "connections": 3}""";

  private final AtomicReference<String> authorization = new AtomicReference<>();
  private HttpServer server;
  private int status = 200;
  private String body = "";

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/troupe/ensemble", exchange -> {
      authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Asked status(String... options) {
    return status(Map.of(), options);
  }

  private Asked status(Map<String, String> environment, String... options) {
    String[] all = new String[options.length + 3];
    all[0] = "status";
    all[1] = "--url";
    all[2] = url();
    System.arraycopy(options, 0, all, 3, options.length);
    return Asked.troupe(environment, all);
  }

  private static String state(String mode, boolean serving, String why) {
    return STATUS.formatted(mode, serving, why, Instant.now().minus(Duration.ofMinutes(125)).minusSeconds(3));
  }

  private static String ensemble(String... servers) {
    return "{\"self\": 3, \"servers\": [" + String.join(",", servers) + "], \"elections\": []}";
  }

  @Test
  void anEnsembleThatIsWellIsATableAndCodeZero() {
    body = ensemble(
        SERVER.formatted(1, true, "null", "0", state("\"follower\"", true, "null")),
        SERVER.formatted(2, true, "null", "4", state("\"follower\"", true, "null")),
        SERVER.formatted(3, true, "null", "0", state("\"leader\"", true, "null")));
    Asked well = status().expect(Tool.FINE);
    assertEquals(List.of(
        "ID  ADDRESS    MODE      EPOCH  ZXID         LAG  SESSIONS  CLIENTS  SINCE",
        "1   zoo1:2888  follower  3      0x300000012  0    4         3        2h 5m",
        "2   zoo2:2888  follower  3      0x300000012  4    4         3        2h 5m",
        "3   zoo3:2888  leader    3      0x300000012  0    4         3        2h 5m",
        "server 3 of 3 answered; leader 3"), well.lines());
    assertEquals("", well.err());
  }

  @Test
  void aServerAloneHasNoAddressForOthers() {
    body = ensemble(SERVER.formatted(1, true, "null", "0", state("\"standalone\"", true, "null")))
        .replace("2888", "0");
    assertTrue(status().expect(Tool.FINE).lines().get(1).matches("1 +- +standalone .*"), status()::toString);
  }

  @Test
  void theJsonIsTheServersInOneLine() throws IOException {
    body = ensemble(SERVER.formatted(3, true, "null", "0", state("\"standalone\"", true, "null")));
    Asked json = status("--output", "json").expect(Tool.FINE);
    assertEquals(1, json.lines().size());
    assertEquals("0x300000012",
        json.json().getFirst().get("servers").get(0).get("status").get("zxid").textValue());
  }

  @Test
  void aServerThatIsAwayIsCodeOne() {
    body = ensemble(
        SERVER.formatted(1, false, '"' + Instant.now().minusSeconds(90).toString() + '"', "null", "null"),
        SERVER.formatted(3, true, "null", "0", state("\"leader\"", true, "null")));
    Asked away = status().expect(Tool.FAILED);
    assertTrue(away.lines().get(1).matches("1   zoo1:2888  \\(voter\\)  - .* not reached, last heard of 1m 30s ago"
        .replace("30s", "3\\ds")), away::toString);
    assertTrue(away.lines().contains("not reached: 1"), away::toString);
  }

  @Test
  void withoutALeaderItIsCodeOneAndSaidWhy() {
    body = ensemble(SERVER.formatted(3, true, "null", "null", state("null", false, "\"it looks for a leader\"")));
    Asked looking = status().expect(Tool.FAILED);
    assertTrue(looking.lines().get(1).endsWith("does not serve: it looks for a leader"), looking::toString);
    assertTrue(looking.lines().contains("no leader: no server takes a write"), looking::toString);
    assertTrue(looking.lines().contains("not serving: 3"), looking::toString);
  }

  @Test
  void nobodyThereIsCodeOne() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Asked nobody = Asked.troupe("status", "--url", "http://127.0.0.1:" + free).expect(Tool.FAILED);
    assertEquals("troupe: nothing answers at http://127.0.0.1:" + free + ". Does the server run, and is this its"
        + " management port (troupe.management.host and .port)?\n", nobody.err());
  }

  @Test
  void whatIsNoTroupeIsToldSo() {
    body = "<html>hello</html>";
    assertTrue(status().expect(Tool.FAILED).err().contains("is no Troupe, or an older one"));
    body = "[]";
    assertTrue(status().expect(Tool.FAILED).err().contains("is no Troupe, or an older one"));
    body = "{}";
    assertTrue(status().expect(Tool.FAILED).err().contains("does not tell of servers"));
    status = 404;
    assertTrue(status().expect(Tool.FAILED).err().contains("it does not know /troupe/ensemble"));
    status = 503;
    body = "{\"error\": \"it starts\"}";
    assertTrue(status().expect(Tool.FAILED).err().contains("status 503: it starts"));
  }

  @Test
  void refusalsAreToldWithWhatTheServerSays() {
    status = 401;
    assertTrue(status().expect(Tool.WRONG).err().contains("asks for credentials"));
    Map<String, String> wrong = Map.of(ManagementPort.USER, "ops", ManagementPort.PASSWORD, "geheim");
    Asked refused = status(wrong).expect(Tool.WRONG);
    assertTrue(refused.err().contains("does not know these credentials"), refused::toString);
    assertFalse(refused.err().contains("geheim"), refused::toString);
    status = 403;
    body = "{\"error\": \"the right to read is needed\"}";
    assertTrue(status().expect(Tool.WRONG).err().contains("refuses /troupe/ensemble: the right to read is needed"));
    assertTrue(status(Map.of(ManagementPort.USER, "ops")).expect(Tool.WRONG).err().contains("belong together"));
  }

  @Test
  void aTokenFromAFileIsShown() throws IOException {
    body = ensemble(SERVER.formatted(3, true, "null", "0", state("\"leader\"", true, "null")));
    Path token = Files.writeString(directory.resolve("token"), "abc\n");
    status("--token-file", token.toString()).expect(Tool.FINE);
    assertEquals("Bearer abc", authorization.get());
    status("--token-file", directory.resolve("none").toString()).expect(Tool.WRONG);
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    for (String bad : List.of("127.0.0.1:7626", "ftp://127.0.0.1", "http://ops:geheim@127.0.0.1:1")) {
      Asked refused = Asked.troupe("status", "--url", bad).expect(Tool.WRONG);
      assertFalse(refused.err().contains("geheim"), refused::toString);
      assertEquals(1, refused.err().lines().count(), refused::toString);
    }
  }

  @Test
  void aFileWithoutACertificateIsRefused() throws IOException {
    Path none = Files.writeString(directory.resolve("ca.pem"), "no certificate");
    Asked refused = Asked.troupe("status", "--url", "https://127.0.0.1:1", "--ca", none.toString()).expect(Tool.WRONG);
    assertTrue(refused.err().startsWith("troupe: --ca " + none), refused::toString);
  }
}
