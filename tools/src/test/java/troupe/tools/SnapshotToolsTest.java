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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.persistence.Backup;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/** {@code troupe snapshot}, on files that a server has written. */
class SnapshotToolsTest {
  @TempDir private Path directory;

  private DataTree tree;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    tree = ServerData.write(directory.resolve("data"));
    file = directory.resolve("backup");
    Backup.write(tree, file);
  }

  private Asked snapshot(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "snapshot";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Asked.troupe(all);
  }

  @Test
  void soundFilesAreToldFromADamagedOneAndAllAreLookedAt() throws IOException {
    Path damaged = directory.resolve("damaged");
    Path other = directory.resolve("data").resolve("snapshots").resolve("snapshot.100000007");
    Files.copy(file, damaged);
    ServerData.damage(damaged);
    Asked verify = snapshot("verify", file.toString(), damaged.toString(), other.toString()).expect(Tool.FAILED);
    assertEquals(file + ": sound, " + tree.nodeCount() + " nodes and 1 sessions at 0x200000001, digest "
        + tree.digest(), verify.lines().get(0));
    assertTrue(verify.lines().get(1).startsWith(damaged + ": damaged: corrupt snapshot"), verify::toString);
    assertTrue(verify.lines().get(2).startsWith(other + ": sound"), verify::toString);
    List<JsonNode> json = snapshot("verify", "--output", "json", file.toString(), damaged.toString())
        .expect(Tool.FAILED).json();
    assertEquals(Long.toString(tree.digest()), json.get(0).get("digest").textValue());
    assertFalse(json.get(1).get("sound").booleanValue());
  }

  @Test
  void aFlippedBitAnywhereIsFound() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at += 29) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      Files.write(file, flipped);
      snapshot("verify", file.toString()).expect(Tool.FAILED);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    snapshot("verify", file.toString()).expect(Tool.FAILED);
  }

  @Test
  void aDumpShowsSessionsAndNodesAndHidesWhatIsSecret() throws IOException {
    List<String> lines = snapshot("dump", file.toString()).expect(Tool.FINE).lines();
    assertEquals(
        "# " + file + ": " + tree.nodeCount() + " nodes at 0x200000001, digest " + tree.digest(), lines.get(0));
    assertEquals("session 0x100000000000007, timeout 30000 ms", lines.get(1));
    String orders = lines.stream().filter(line -> line.startsWith("/orders ")).findFirst().orElseThrow();
    assertTrue(orders.startsWith("/orders (6 bytes, version 1, next sequence number 4) czxid 0x100000002"), orders);
    String guarded = lines.stream().filter(line -> line.startsWith("/guarded ")).findFirst().orElseThrow();
    assertTrue(guarded.endsWith("acl digest:alice:(hidden):cdrwa (version 0)"), guarded);
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("/mine (0 bytes, version 0, next sequence number 0,"
        + " ephemeral of 0x100000000000007)")), lines::toString);
    assertTrue(snapshot("dump", "--secrets", file.toString()).out().contains("digest:alice:c2VjcmV0IGhhc2g=:cdrwa"));
  }

  @Test
  void dataIsShownAsTextOrAsBase64() throws IOException {
    String dump = snapshot("dump", "--data", file.toString()).expect(Tool.FINE).out();
    assertTrue(dump.contains(" data \"birnen\"\n"), dump);
    assertTrue(dump.contains(" data base64 AAH/\n"), dump);
    assertTrue(dump.contains(" no data\n"), dump);
    List<JsonNode> below =
        snapshot("dump", "--data", "--path", "/orders/raw", "--output", "json", file.toString()).json();
    assertEquals(2, below.size(), below::toString);
    assertEquals("base64", below.get(1).get("data").get("as").textValue());
    assertEquals("/orders/raw", below.get(1).get("path").textValue());
    assertEquals(1, below.get(1).get("aversion").intValue());
  }

  @Test
  void theNewestSnapshotOfADirectoryIsFound() {
    String dump = snapshot("dump", "--data-dir", directory.resolve("data").toString()).expect(Tool.FINE).out();
    assertTrue(dump.startsWith("# " + directory.resolve("data/snapshots/snapshot.10000000c")), dump);
    snapshot("dump").expect(Tool.WRONG);
    snapshot("dump", "--data-dir", directory.toString()).expect(Tool.WRONG);
    Asked missing = snapshot("dump", directory.resolve("no").toString()).expect(Tool.WRONG);
    assertEquals("troupe: " + directory.resolve("no") + ": there is no such file or directory\n", missing.err());
  }

  @Test
  void aFileIsNotDifferentFromItself() {
    Asked same = snapshot("compare", file.toString(), file.toString()).expect(Tool.FINE);
    assertTrue(same.out().endsWith(": 0 added, 0 removed, 0 changed\n"), same::toString);
  }

  @Test
  void whatIsDifferentIsNamed() throws IOException {
    DataTree next = tree;
    for (Change change : List.of(
        new Change.SetNodeData("/orders/raw", new byte[] {1}, 1),
        new Change.DeleteNode("/guarded"),
        ServerData.create("/new", ""),
        new Change.SetNodeAcl("/m", ServerData.GUARDED, 1),
        new Change.SessionClosed(List.of("/mine")))) {
      next = next.apply(new Transaction(next.lastZxid().next(), ServerData.SESSION, 0, ServerData.TIME, change)).tree();
    }
    Path other = directory.resolve("other");
    Backup.write(next, other);
    Asked compare = snapshot("compare", file.toString(), other.toString()).expect(Tool.FAILED);
    List<String> lines = compare.lines();
    assertTrue(lines.contains("- session 0x100000000000007"), compare::toString);
    assertTrue(lines.containsAll(List.of("- /guarded", "- /mine", "+ /new")), compare::toString);
    assertTrue(lines.stream().anyMatch(line ->
        line.startsWith("~ /orders/raw: data 3 bytes -> 1 bytes, version 0 -> 1")), compare::toString);
    assertTrue(lines.contains("~ /m: acl world:anyone:cdrwa -> digest:alice:(hidden):cdrwa, aversion 0 -> 1"),
        compare::toString);
    assertTrue(lines.getLast().endsWith(": 1 added, 3 removed, 3 changed"), compare::toString);
    List<JsonNode> below = snapshot("compare", "--path", "/orders", "--output", "json", file.toString(),
        other.toString()).expect(Tool.FAILED).json();
    assertEquals(2, below.size(), below::toString);
    assertEquals("changed", below.getFirst().get("change").textValue());
    assertEquals("data", below.getFirst().get("differences").get(0).get("field").textValue());
  }
}
