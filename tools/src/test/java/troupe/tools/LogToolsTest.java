package troupe.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.persistence.DataDirectory;
import troupe.tree.Change;
import troupe.tree.DataTree;

/** {@code troupe log}, on a directory that a log's own actor has written. */
class LogToolsTest {
  @TempDir private Path directory;

  private Path data() {
    return directory.resolve("data");
  }

  private Asked log(String command, String... options) {
    String[] all = new String[options.length + 4];
    List.of("log", command, "--data-dir", data().toString()).toArray(all);
    System.arraycopy(options, 0, all, 4, options.length);
    return Asked.troupe(all);
  }

  @Test
  void aLogThatIsSoundIsFoundSoundAndLeftAsItIs() throws IOException {
    DataTree tree = ServerData.write(data());
    Map<Path, Integer> before = ServerData.files(directory);
    Asked verify = log("verify").expect(Tool.FINE);
    assertEquals("sound: 14 events, 14 transactions up to " + tree.lastZxid()
        + ", 6 digests of the tree compared, 2 snapshots read\n", verify.out());
    assertEquals("", verify.err());
    JsonNode json = log("verify", "--output", "json").expect(Tool.FINE).json().getFirst();
    assertTrue(json.get("sound").booleanValue());
    assertEquals("0x200000001", json.get("last").textValue());
    log("dump").expect(Tool.FINE);
    assertEquals(before, ServerData.files(directory));
  }

  @Test
  void aDumpTellsWhatHappenedInOrder() throws IOException {
    ServerData.write(data());
    List<String> lines = log("dump").expect(Tool.FINE).lines();
    // The journal does not say when.
    assertEquals(List.of("-- epoch 1 promised", "-- epoch 1 begins"), lines.subList(0, 2));
    assertEquals(
        "0x100000001 2023-11-14T22:13:20.001Z session 0x100000000000007 cxid 0 createSession (timeout 30000 ms)",
        lines.get(2));
    assertTrue(lines.get(3).endsWith("cxid 0 create /orders (6 bytes)"), lines::toString);
    assertTrue(lines.get(8).endsWith("create /mine (0 bytes, ephemeral of 0x100000000000007)"), lines::toString);
    assertTrue(lines.get(9).endsWith(" snapshot snapshot.100000007 taken"), lines::toString);
    assertTrue(lines.stream().anyMatch(line -> line.endsWith(" refused NO_NODE")), lines::toString);
    assertTrue(lines.stream().anyMatch(line ->
        line.endsWith("multi [create /m (0 bytes); check; create /m/1 (0 bytes)]")), lines::toString);
    assertTrue(lines.stream().anyMatch(line -> line.endsWith("create /never (0 bytes) (given up)")), lines::toString);
    assertTrue(lines.getLast().contains("0x200000001") && lines.getLast().endsWith("create /orders/later (1 bytes)"));
    assertFalse(lines.toString().contains("c2VjcmV0"), "a hash of a password was shown");
  }

  @Test
  void aDumpIsOneJsonObjectALine() throws IOException {
    ServerData.write(data());
    List<JsonNode> objects = log("dump", "--output", "json").expect(Tool.FINE).json();
    assertEquals("epochPromised", objects.getFirst().get("event").textValue());
    JsonNode orders = objects.get(3);
    assertEquals("0x100000002", orders.get("zxid").textValue());
    assertEquals("create", orders.get("operation").textValue());
    assertEquals("/orders", orders.get("path").textValue());
    assertEquals(6, orders.get("dataBytes").intValue());
    assertEquals("OK", orders.get("outcome").textValue());
    assertTrue(orders.get("counts").booleanValue());
    List<JsonNode> never = objects.stream().filter(each -> each.path("path").asText().equals("/never")).toList();
    assertFalse(never.getFirst().get("counts").booleanValue());
    List<JsonNode> multi = objects.stream().filter(each -> each.path("operation").asText().equals("multi")).toList();
    assertEquals(3, multi.getFirst().get("changes").size());
  }

  @Test
  void aDumpCanBeLimitedToZxidsAndToAPath() throws IOException {
    ServerData.write(data());
    List<String> some = log("dump", "--from", "0x100000008", "--to", "0x100000009").expect(Tool.FINE).lines();
    assertEquals(2, some.size(), some::toString);
    assertTrue(some.get(0).endsWith("delete /orders/n-0000000001"), some::toString);
    List<String> below = log("dump", "--path", "/m").expect(Tool.FINE).lines();
    assertEquals(1, below.size(), below::toString);
    assertEquals("troupe: --from 9: a zxid is needed, such as 0x100000007\n",
        log("dump", "--from", "9").expect(Tool.WRONG).err());
    assertEquals("troupe: --path m: the path of a node is needed, such as /orders\n",
        log("dump", "--path", "m").expect(Tool.WRONG).err());
  }

  @Test
  void aFlippedBitInTheLogIsFound() throws IOException {
    ServerData.write(data());
    Path log = ServerData.eventLog(data());
    ServerData.damage(log);
    for (String command : List.of("verify", "dump")) {
      Asked asked = log(command).expect(Tool.FAILED);
      assertTrue(asked.err().startsWith("troupe: corrupt journal " + log + ": offset "), asked::toString);
    }
    JsonNode json = log("verify", "--output", "json").expect(Tool.FAILED).json().getFirst();
    assertFalse(json.get("sound").booleanValue());
  }

  @Test
  void aFlippedBitInASnapshotThatTheLogCountsOnIsFound() throws IOException {
    ServerData.write(data());
    Path snapshot = data().resolve("snapshots").resolve("snapshot.100000007");
    ServerData.damage(snapshot);
    Asked verify = log("verify").expect(Tool.FAILED);
    assertTrue(verify.err().startsWith("troupe: corrupt snapshot " + snapshot), verify::toString);
  }

  @Test
  void aTreeThatIsNotTheOneThatWasLoggedIsFound() throws IOException {
    try (ServerData data = new ServerData(data())) {
      data.begin(1);
      data.commit(ServerData.create("/a", ""));
      data.commitWithAWrongDigest(ServerData.create("/b", ""));
      data.commit(ServerData.create("/c", ""));
    }
    Asked verify = log("verify").expect(Tool.FAILED);
    assertTrue(verify.err().contains("digest") && verify.err().contains("sequence number 4"), verify::toString);
    log("verify", "--no-digest").expect(Tool.FINE);
  }

  @Test
  void aWriteThatACrashCutShortIsToldAndIsNoDamage() throws IOException {
    DataTree tree = ServerData.write(data());
    Path log = ServerData.eventLog(data());
    byte[] whole = Files.readAllBytes(log);
    Files.write(log, Arrays.copyOf(whole, whole.length - 3));
    Map<Path, Integer> before = ServerData.files(directory);
    Asked verify = log("verify").expect(Tool.FINE);
    assertTrue(verify.err().contains("was never acknowledged"), verify::toString);
    assertFalse(verify.out().contains(tree.lastZxid().toString()), verify::toString);
    assertEquals(before, ServerData.files(directory));
  }

  @Test
  void aDirectoryInUseAndOneWithoutALogAreRefused() throws IOException {
    ServerData.write(data());
    try (DataDirectory held = DataDirectory.hold(data())) {
      Asked verify = log("verify").expect(Tool.WRONG);
      assertTrue(verify.err().startsWith("troupe: data directory " + held.path() + " is in use by process"),
          verify::toString);
    }
    Asked nowhere = Asked.troupe("log", "dump", "--data-dir", directory.toString()).expect(Tool.WRONG);
    assertEquals("troupe: " + directory.resolve("log") + ": no server has written a log there\n", nowhere.err());
  }

  @Test
  void whatWasPurgedIsNotMissed() throws IOException {
    try (ServerData data = new ServerData(data())) {
      data.begin(1);
      for (int i = 0; i < 5; i++) {
        data.commit(ServerData.create("/n" + i, ""), new Change.Checked());
        data.commit(ServerData.create("/m" + i, ""));
        data.snapshot();
      }
      data.purge(3);
    }
    String verify = log("verify").expect(Tool.FINE).out();
    assertTrue(verify.contains(", 4 digests of the tree compared, 3 snapshots read"), verify);
    assertEquals(4, log("dump", "--path", "/").expect(Tool.FINE).lines().stream()
        .filter(line -> line.contains("create")).count());
  }
}
