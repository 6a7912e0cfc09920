package troupe.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.management.Credential;

/** A whole node in this process, and what its operators do to it. */
class NodeTest {
  private static final String HOST = "127.0.0.1";
  private static final String TOKEN = "a-token-that-is-long";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path data;

  private int port;
  private int lifeLinePort;
  private int clientPort;
  private int managementPort;

  @BeforeEach
  void chooseFreePorts() throws IOException {
    List<Integer> ports = FreePorts.choose(4);
    port = ports.get(0);
    lifeLinePort = ports.get(1);
    clientPort = ports.get(2);
    managementPort = ports.get(3);
  }

  @Test
  void aNodeThatWasDownedBeginsAgainInTheSameProcessWithItsData() throws Exception {
    CompletableFuture<Void> life = CompletableFuture.runAsync(() -> Node.run(config(HOST, Map.of())));
    String before;
    try (Socket client = awaitSession(life)) {
      before = awaitZxid(life);
      operate("down");
      client.getInputStream().readAllBytes(); // until the node closes it
    }
    assertEquals(before, awaitZxid(life), "what was there is there again");
    operate("leave");
    life.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aBackupTakesThePlaceOfTheDataInTheSameProcess() throws Exception {
    CompletableFuture<Void> life = CompletableFuture.runAsync(() -> Node.run(config(HOST, Map.of(
        "troupe.management.credentials", List.of(Map.of(
            "user", "ops", "token", Credential.ofToken(TOKEN).encoded(), "rights", List.of("read", "act")))))));
    awaitSession(life).close();
    HttpResponse<byte[]> backup = manage("GET", "/troupe/backup", new byte[0]);
    assertEquals(200, backup.statusCode());
    long saved = awaitNumber(life);
    try (Socket client = awaitSession(life)) {
      assertTrue(awaitNumber(life) > saved, "a second session has begun after the backup");
      HttpResponse<byte[]> restored = manage("POST", "/troupe/restore", backup.body());
      assertEquals(202, restored.statusCode(), () -> new String(restored.body(), UTF_8));
      client.getInputStream().readAllBytes(); // until the node closes it
    }
    assertEquals(saved, awaitNumber(life), "what was in the backup is what there is");
    awaitSession(life).close();
    assertTrue(awaitNumber(life) >> 32 > 1_000_000, "in an epoch that there was not before");
    assertTrue(Files.isDirectory(data.resolve("before-restore/snapshots")), "the old snapshots are kept");
    assertTrue(Files.isDirectory(data.resolve("log/before-restore/events")), "the old log is kept");
    HttpResponse<byte[]> again = manage("POST", "/troupe/restore", backup.body());
    assertEquals(409, again.statusCode(), "what is kept is not given up");
    operate("leave");
    life.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private long awaitNumber(CompletableFuture<Void> life) {
    return Long.parseLong(awaitZxid(life), 16);
  }

  private HttpResponse<byte[]> manage(String method, String path, byte[] body) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + managementPort + path))
        .header("Authorization", "Bearer " + TOKEN)
        .method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return await().atMost(PATIENCE).ignoreException(ConnectException.class).until(
          () -> client.send(request, HttpResponse.BodyHandlers.ofByteArray()), answer -> answer.statusCode() != 503);
    }
  }

  @Test
  void anAddressThatIsNotOfThisMachineIsRefused() {
    assertRefused("server 1 is this server, and cannot listen on 192.0.2.1:" + port, config("192.0.2.1", Map.of()));
    assertRefused("the name nowhere.invalid is not known on this machine", config("nowhere.invalid", Map.of()));
  }

  @Test
  void anAddressThatOthersCannotUseIsRefused() {
    assertRefused("its host 0.0.0.0 is no address that others can reach", config("0.0.0.0", Map.of()));
  }

  @Test
  void aPortThatIsTakenIsRefused() throws IOException {
    try (ServerSocket taken = new ServerSocket(lifeLinePort, 1, InetAddress.getByName(HOST))) {
      assertRefused("cannot listen on " + HOST + ":" + taken.getLocalPort(), config(HOST, Map.of()));
    }
  }

  @Test
  void aNodeMayListenElsewhereThanWhereTheOthersLookForIt() throws IOException {
    Config config = config("192.0.2.1", Map.of("troupe.cluster.bind-host", HOST));
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
      assertRefused("cannot listen on " + HOST + ":" + taken.getLocalPort(), config);
    }
  }

  private static void assertRefused(String why, Config config) {
    String message = assertThrows(Refused.class, () -> Node.run(config)).getMessage();
    assertTrue(message.startsWith("troupe.ensemble.servers: "), message);
    assertTrue(message.contains(why), message);
  }

  private Config config(String host, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("troupe.ensemble.servers",
        List.of(Map.of("id", 1, "host", host, "port", port, "life-line-port", lifeLinePort)));
    settings.put("troupe.client.host", HOST);
    settings.put("troupe.client.port", clientPort);
    settings.put("troupe.management.port", managementPort);
    settings.put("troupe.persistence.data-dir", data.toString());
    settings.put("pekko.management.http.route-providers-read-only", false);
    return ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load());
  }

  /** A connection with a new session, whose beginning is a transaction. */
  private Socket awaitSession(CompletableFuture<Void> life) {
    return await().atMost(PATIENCE).ignoreExceptions().failFast("the node has ended", life::isDone).until(() -> {
      Socket client = new Socket(HOST, clientPort);
      client.setSoTimeout((int) PATIENCE.toMillis());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      out.writeInt(44);
      out.write(new byte[12]); // protocol version, last zxid seen
      out.writeInt(30_000); // session timeout
      out.writeLong(0); // session id: a new one
      out.writeInt(16);
      out.write(new byte[16]); // its password
      DataInputStream in = new DataInputStream(client.getInputStream());
      in.skipNBytes(in.readInt());
      return client;
    }, Objects::nonNull);
  }

  /** The zxid that the node tells of, once it serves. */
  private String awaitZxid(CompletableFuture<Void> life) {
    return await().atMost(PATIENCE).failFast("the node has ended", life::isDone).until(this::zxid, zxid -> !zxid.isEmpty());
  }

  /** Empty while it does not serve. */
  private String zxid() {
    try (Socket socket = new Socket(HOST, clientPort)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII).lines()
          .filter(line -> line.startsWith("Zxid: 0x")).findFirst().map(line -> line.substring(8)).orElse("");
    } catch (IOException notYet) {
      return "";
    }
  }

  private void operate(String operation) {
    URI member = URI.create("http://" + HOST + ":" + managementPort
        + "/cluster/members/" + Remoting.SYSTEM + "@" + HOST + ":" + port);
    HttpRequest request = HttpRequest.newBuilder(member)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .PUT(HttpRequest.BodyPublishers.ofString("operation=" + operation)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      await().atMost(PATIENCE).ignoreException(ConnectException.class).until(
          () -> client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode(), Integer.valueOf(200)::equals);
    }
  }
}
