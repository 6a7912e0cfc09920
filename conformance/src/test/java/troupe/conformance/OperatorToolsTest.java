package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's commands, as typed, on what a real server has written under a stock client. */
class OperatorToolsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SESSION_TIMEOUT_MILLIS = 60_000;
  private static final List<String> USER = List.of("digest", "anna:geheim");

  @TempDir private Path directory;

  private TroupeCommand troupe(Object... arguments) throws IOException, InterruptedException {
    return TroupeCommand.run(directory, Map.of(), arguments);
  }

  /** Paths and stats, as a client sees them. */
  private static SortedMap<String, Stat> stats(Client client, String path) throws Exception {
    SortedMap<String, Stat> stats = new TreeMap<>();
    stats.put(path, client.exists(path, false));
    for (String child : client.getChildren(path, false)) {
      stats.putAll(stats(client, path.equals("/") ? "/" + child : path + "/" + child));
    }
    return stats;
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /** LevelDB's log, or the table that a compaction has just made of it. */
  private static Path newestEvents(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("log").resolve("events"))) {
      return files.filter(file -> file.toString().matches(".*\\.(log|sst|ldb)") && file.toFile().length() > 0)
          .max(Path::compareTo).orElseThrow();
    }
  }

  private static void write(Client client) throws Exception {
    client.addAuthInfo(USER.getFirst(), Client.bytes(USER.getLast()));
    client.create("/orders", "first", CreateMode.PERSISTENT);
    for (int i = 0; i < 60; i++) {
      client.create("/orders/n-", "order " + i, CreateMode.PERSISTENT_SEQUENTIAL);
    }
    client.delete("/orders/n-0000000059", -1);
    client.setData("/orders", Client.bytes("second"), 0);
    client.create("/guarded", Client.bytes("secret"), Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    client.create("/mine", "alive", CreateMode.EPHEMERAL);
    assertThrows(KeeperException.NodeExistsException.class, () -> client.create("/orders"));
    for (int i = 0; i < 60; i++) {
      client.setData("/orders/n-0000000000", Client.bytes("version " + i), -1);
    }
  }

  @Test
  void aStateThatIsSavedAndRestoredIsTheSameForClientsAndGoesOn() throws Exception {
    NodeSettings settings = patient(NodeSettings.inDirectory(directory.resolve("old")));
    Path data = settings.dataDirectory();
    Path backup = directory.resolve("backup");
    Path restored = directory.resolve("new").resolve("data");
    SortedMap<String, Stat> before;
    String hash;
    long session;
    byte[] password;
    try (NodeProcess server = NodeProcess.start(settings);
        Client client = Client.connect(server.connectString(), SESSION_TIMEOUT_MILLIS)) {
      write(client);
      awaitSnapshot(data);
      before = stats(client, "/");
      hash = server.fourLetterWord("hash");
      session = client.getSessionId();
      password = client.getSessionPasswd();
      TroupeCommand running = troupe("log", "verify", "--data-dir", data).expect(2);
      assertTrue(running.err().getFirst().contains("is in use by process"), running::toString);
      client.vanish();
      server.stop(PATIENCE);
    }

    TroupeCommand verify = troupe("log", "verify", "--data-dir", data).expect(0);
    assertTrue(verify.out().getFirst().startsWith("sound: "), verify::toString);
    TroupeCommand dump = troupe("log", "dump", "--data-dir", data, "--path", "/orders/n-0000000059").expect(0);
    assertEquals(1, dump.out().stream().filter(line -> line.endsWith("delete /orders/n-0000000059")).count(),
        dump::toString);
    TroupeCommand json = troupe("log", "dump", "--data-dir", data, "--output", "json").expect(0);
    assertTrue(json.out().stream().anyMatch(line -> line.contains("\"outcome\":\"NODE_EXISTS\"")), json::toString);

    troupe("backup", "--data-dir", data, backup).expect(0);
    troupe("snapshot", "verify", backup).expect(0);
    TroupeCommand nodes = troupe("snapshot", "dump", backup, "--data").expect(0);
    assertTrue(nodes.out().stream().anyMatch(line -> line.startsWith("/orders ") && line.endsWith("data \"second\"")));
    assertTrue(nodes.out().stream().anyMatch(line -> line.startsWith("/guarded ")
        && line.contains("digest:anna:(hidden):cdrwa")), nodes::toString);

    TroupeCommand twice = troupe("restore", backup, "--data-dir", data).expect(2);
    assertEquals(1, twice.err().size(), twice::toString);
    troupe("restore", backup, "--data-dir", restored).expect(0);
    troupe("log", "verify", "--data-dir", restored).expect(0);
    Path again = directory.resolve("again");
    troupe("backup", "--data-dir", restored, again).expect(0);
    troupe("snapshot", "compare", backup, again).expect(0);

    try (NodeProcess server = NodeProcess.start(patient(NodeSettings.inDirectory(directory.resolve("new"))))) {
      assertEquals(hash, server.fourLetterWord("hash"));
      try (Client client = new Client(server.connectString(), new Events(), session, password).awaitConnected()) {
        client.addAuthInfo(USER.getFirst(), Client.bytes(USER.getLast()));
        assertEquals(before, stats(client, "/"));
        assertEquals(session, client.getSessionId());
        assertEquals(session, client.exists("/mine", false).getEphemeralOwner());
        assertEquals("secret", client.read("/guarded"));
        assertEquals("/orders/n-0000000060",
            client.create("/orders/n-", "on", CreateMode.PERSISTENT_SEQUENTIAL));
        long epoch = client.exists("/orders/n-0000000060", false).getCzxid() >>> 32;
        assertTrue(epoch > 1_000_000, () -> "epoch " + epoch + " may have been before");
      }
      try (Client stranger = Client.connect(server.connectString(), SESSION_TIMEOUT_MILLIS)) {
        assertThrows(KeeperException.NoAuthException.class, () -> stranger.read("/guarded"));
        assertFalse(stranger.has("/mine"));
      }
      server.stop(PATIENCE);
    }
    TroupeCommand later = troupe("log", "verify", "--data-dir", restored).expect(0);
    assertNotEquals(verify.out(), later.out());
    TroupeCommand different = troupe("snapshot", "compare", backup, newestState(restored)).expect(1);
    assertTrue(different.out().contains("+ /orders/n-0000000060"), different::toString);

    damage(newestEvents(data));
    TroupeCommand damaged = troupe("log", "verify", "--data-dir", data).expect(1);
    assertTrue(damaged.err().getFirst().contains("corrupt journal"), damaged::toString);
    damage(backup);
    TroupeCommand notSound = troupe("snapshot", "verify", backup).expect(1);
    assertTrue(notSound.out().getFirst().contains(": damaged: "), notSound::toString);
    assertFalse(Files.exists(directory.resolve("unsound")));
    troupe("restore", backup, "--data-dir", directory.resolve("unsound")).expect(1);
    assertFalse(Files.exists(directory.resolve("unsound")));
  }

  /** With sessions that outlast what is done to their server meanwhile, also on a busy machine. */
  private static NodeSettings patient(NodeSettings settings) {
    return new NodeSettings(settings.home(), settings.host(), settings.clientPort(), settings.managementPort(),
        Duration.ofMillis(SESSION_TIMEOUT_MILLIS / 20), 50, settings.place());
  }

  private static void awaitSnapshot(Path data) {
    Await.until("a snapshot is there", () -> {
      try (Stream<Path> files = Files.list(data.resolve("snapshots"))) {
        return files.anyMatch(file -> file.getFileName().toString().matches("snapshot\\.[0-9a-f]+"));
      }
    });
  }

  private Path newestState(Path data) throws Exception {
    Path file = directory.resolve("newest");
    troupe("backup", "--data-dir", data, file).expect(0);
    return file;
  }

  @Test
  void whatIsTypedWrongIsOneLineAndCodeTwo() throws Exception {
    for (List<String> wrong : List.of(
        List.of("backup"), List.of("restore", "file"), List.of("log"), List.of("log", "dump"),
        List.of("snapshot", "verify", "/no/such/file"), List.of("status", "--url", "7626"),
        List.of("credential", "--rights", "write"))) {
      TroupeCommand refused = troupe(wrong.toArray()).expect(2);
      assertEquals(1, refused.err().size(), refused::toString);
      assertTrue(refused.err().getFirst().startsWith("troupe: "), refused::toString);
      assertEquals(List.of(), refused.out());
    }
  }

  @Test
  void nobodyThereIsCodeOne() throws Exception {
    TroupeCommand nobody = troupe("status", "--url", "http://127.0.0.1:" + NodeSettings.freePort()).expect(1);
    assertTrue(nobody.err().getFirst().startsWith("troupe: nothing answers at http://127.0.0.1:"), nobody::toString);
  }
}
