package troupe.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.persistence.Backup;
import troupe.persistence.DataAtRest;
import troupe.persistence.DataDirectory;
import troupe.tree.DataTree;

/** {@code troupe backup} and {@code troupe restore}. */
class BackupAndRestoreTest {
  @TempDir private Path directory;

  private DataTree tree;
  private Path data;
  private Path file;
  private HttpServer server;

  @BeforeEach
  void write() throws IOException {
    data = directory.resolve("data");
    file = directory.resolve("backup");
    tree = ServerData.write(data);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private Asked restore(Path into, String... options) {
    String[] all = new String[options.length + 4];
    all[0] = "restore";
    all[1] = file.toString();
    all[2] = "--data-dir";
    all[3] = into.toString();
    System.arraycopy(options, 0, all, 4, options.length);
    return Asked.troupe(all);
  }

  private static DataTree newest(Path dataDirectory) throws IOException {
    try (DataAtRest server = DataAtRest.open(dataDirectory, Optional.empty())) {
      return server.newest().tree();
    }
  }

  @Test
  void theStateOfAServerThatDoesNotRunIsItsSnapshotAndTheLogSince() throws IOException {
    Map<Path, Integer> before = ServerData.files(data);
    Asked backup = Asked.troupe("backup", "--data-dir", data.toString(), file.toString()).expect(Tool.FINE);
    assertTrue(backup.out().startsWith(file + ": " + tree.nodeCount() + " nodes and 1 sessions at 0x200000001, "),
        backup::toString);
    assertEquals(ServerData.contents(tree), ServerData.contents(Backup.read(file)));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(before, ServerData.files(data));
    assertFalse(Files.exists(directory.resolve("backup.tmp")));
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyIfThatWasSaid() throws IOException {
    Files.writeString(file, "precious");
    Asked refused = Asked.troupe("backup", "--data-dir", data.toString(), file.toString()).expect(Tool.WRONG);
    assertEquals("troupe: " + file + " is there already; name another file, or add --replace\n", refused.err());
    assertEquals("precious", Files.readString(file));
    Asked.troupe("backup", "--replace", "--data-dir", data.toString(), file.toString()).expect(Tool.FINE);
    assertEquals(tree.digest(), Backup.read(file).digest());
  }

  @Test
  void theStateOfARunningServerComesOverHttp() throws IOException {
    Backup.write(tree, directory.resolve("served"));
    byte[] served = Files.readAllBytes(directory.resolve("served"));
    String expected = "Basic " + Base64.getEncoder().encodeToString("ops:geheim".getBytes(StandardCharsets.UTF_8));
    server.createContext("/troupe/backup", exchange -> {
      boolean known = expected.equals(exchange.getRequestHeaders().getFirst("Authorization"));
      answer(exchange, known ? 200 : 401, known ? served : "{\"error\":\"who are you?\"}".getBytes());
    });
    Asked unknown = Asked.troupe("backup", "--url", url(), file.toString()).expect(Tool.WRONG);
    assertEquals("troupe: " + url() + " asks for credentials: who are you?. Set TROUPE_MANAGEMENT_USER and"
        + " TROUPE_MANAGEMENT_PASSWORD, or name a --token-file\n", unknown.err());
    Map<String, String> credentials = Map.of(ManagementPort.USER, "ops", ManagementPort.PASSWORD, "geheim");
    Asked backup =
        Asked.troupe(credentials, "backup", "--url", url(), "--output", "json", file.toString()).expect(Tool.FINE);
    assertEquals("0x200000001", backup.json().getFirst().get("zxid").textValue());
    assertEquals(served.length, backup.json().getFirst().get("bytes").intValue());
    assertEquals(ServerData.contents(tree), ServerData.contents(Backup.read(file)));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void whatArrivesDamagedOrCutShortIsNotKept() throws IOException {
    Backup.write(tree, directory.resolve("served"));
    byte[] served = Files.readAllBytes(directory.resolve("served"));
    served[served.length / 2] ^= 1;
    server.createContext("/troupe/backup", exchange -> answer(exchange, 200, served));
    Asked damaged = Asked.troupe("backup", "--url", url(), file.toString()).expect(Tool.FAILED);
    assertTrue(damaged.err().startsWith("troupe: what was written is not sound"), damaged::toString);
    server.removeContext("/troupe/backup");
    server.createContext("/troupe/backup", exchange -> {
      exchange.sendResponseHeaders(200, served.length);
      exchange.getResponseBody().write(served, 0, 100);
      exchange.getResponseBody().flush();
      exchange.close();
    });
    Asked early = Asked.troupe("backup", "--url", url(), file.toString()).expect(Tool.FAILED);
    assertTrue(early.err().contains("ended early"), early::toString);
    assertFalse(Files.exists(file));
    assertFalse(Files.exists(directory.resolve("backup.tmp")));
  }

  @Test
  void aRestoredServerHasTheTreeAtItsZxidAndPromisesALaterEpoch() throws IOException {
    Backup.write(tree, file);
    Path restored = directory.resolve("new").resolve("data");
    Asked restore = restore(restored).expect(Tool.FINE);
    assertTrue(restore.out().startsWith(restored + ": " + tree.nodeCount() + " nodes and 1 sessions at 0x200000001\n"),
        restore::toString);
    try (DataAtRest server = DataAtRest.open(restored, Optional.empty())) {
      assertEquals(ServerData.contents(tree), ServerData.contents(server.newest().tree()));
      assertEquals(2, server.history().currentEpoch());
      assertTrue(server.history().acceptedEpoch() > 1_000_000);
    }
    Asked.troupe("log", "verify", "--data-dir", restored.toString()).expect(Tool.FINE);
    // And backed up again it is the same file.
    Path again = directory.resolve("again");
    Asked.troupe("backup", "--data-dir", restored.toString(), again.toString()).expect(Tool.FINE);
    Asked.troupe("snapshot", "compare", file.toString(), again.toString()).expect(Tool.FINE);
  }

  @Test
  void theStateOfANewServerIsRestoredToo() throws IOException {
    Backup.write(DataTree.initial(), file);
    restore(directory.resolve("new")).expect(Tool.FINE);
    assertEquals(ServerData.contents(DataTree.initial()), ServerData.contents(newest(directory.resolve("new"))));
  }

  @Test
  void theLogMayHaveADirectoryOfItsOwn() throws IOException {
    Backup.write(tree, file);
    Path log = directory.resolve("log disk");
    restore(directory.resolve("new"), "--log-dir", log.toString()).expect(Tool.FINE);
    assertFalse(Files.exists(directory.resolve("new").resolve("log")));
    try (DataAtRest server = DataAtRest.open(directory.resolve("new"), Optional.of(log))) {
      assertEquals(tree.digest(), server.newest().tree().digest());
    }
  }

  @Test
  void aDirectoryWithDataIsLeftAsItIs() throws IOException {
    Backup.write(tree, file);
    Map<Path, Integer> before = ServerData.files(data);
    Asked refused = restore(data).expect(Tool.WRONG);
    assertTrue(refused.err().startsWith("troupe: there is data of a server in " + data.resolve("log")),
        refused::toString);
    Map<Path, Integer> after = ServerData.files(data);
    after.keySet().removeIf(path -> path.toString().endsWith(".lock"));
    before.keySet().removeIf(path -> path.toString().endsWith(".lock"));
    assertEquals(before, after);
    try (DataDirectory held = DataDirectory.hold(directory.resolve("held"))) {
      assertTrue(restore(held.path()).expect(Tool.WRONG).err().contains("is in use by process"));
    }
  }

  @Test
  void aRestorationThatWasBrokenOffIsRepeated() throws IOException {
    Backup.write(tree, file);
    Path half = directory.resolve("half");
    Files.createDirectories(half.resolve("log").resolve("restoring").resolve("events"));
    Files.createDirectories(half.resolve("snapshots"));
    Files.writeString(half.resolve("snapshots").resolve("snapshot.200000001"), "half");
    restore(half).expect(Tool.FINE);
    assertEquals(tree.digest(), newest(half).digest());
  }

  @Test
  void aDamagedBackupIsRefusedBeforeAnythingIsMade() throws IOException {
    Backup.write(tree, file);
    ServerData.damage(file);
    assertTrue(restore(directory.resolve("new")).expect(Tool.FAILED).err().startsWith("troupe: corrupt snapshot"));
    assertFalse(Files.exists(directory.resolve("new")));
    Files.delete(file);
    restore(directory.resolve("new")).expect(Tool.WRONG);
  }

  @Test
  void theNextEpochCanBeChosenButNotBeyondWhatClientsUnderstand() throws IOException {
    Backup.write(tree, file);
    JsonNode told = restore(directory.resolve("new"), "--epoch-at-least", "100000000", "--output", "json")
        .expect(Tool.FINE).json().getFirst();
    assertEquals(100_000_000, told.get("nextEpochAtLeast").longValue());
    restore(directory.resolve("other"), "--epoch-at-least", "0").expect(Tool.WRONG);
    Asked beyond = restore(directory.resolve("other"), "--epoch-at-least", "2147483649").expect(Tool.WRONG);
    assertTrue(beyond.err().contains("2147483647"), beyond::toString);
    assertFalse(Files.exists(directory.resolve("other")));
  }

  @Test
  void theSameBackupRestoredLaterLeapsFurther() {
    Instant first = Instant.parse("2026-11-23T00:00:00Z");
    long then = Backup.promisedEpoch(7, OptionalLong.empty(), first);
    assertTrue(Backup.promisedEpoch(7, OptionalLong.empty(), first.plusSeconds(3600)) >= then + 360);
    assertTrue(then > 1_000_007);
    assertEquals(1_000_007, Backup.promisedEpoch(7, OptionalLong.empty(), Instant.EPOCH)); // a clock that was never set
    assertThrows(IllegalArgumentException.class,
        () -> Backup.promisedEpoch(Integer.MAX_VALUE - 5, OptionalLong.empty(), first));
  }
}
