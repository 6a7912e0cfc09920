package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Zxid;
import troupe.tree.Acl;
import troupe.tree.DataTree;
import troupe.tree.Owner;
import troupe.tree.TreeBuilder;
import troupe.tree.Znode;

class RestorationTest {
  private static final long PROMISED = 2_000_000;

  /** In the order in which a restoration moves them: what was there, where it is kept; what is new, its place. */
  private static final List<List<String>> MOVES = List.of(
      List.of("log/events", "log/before-restore/events"), List.of("log/restored/events", "log/events"),
      List.of("log/values", "log/before-restore/values"), List.of("log/restored/values", "log/values"),
      List.of("snapshots", "before-restore/snapshots"), List.of("restored/snapshots", "snapshots"));

  @TempDir private Path directory;

  private Path data;
  private Path backup;
  private Restoration restoration;

  @BeforeEach
  void writeOldDataAndABackupOfOther() throws IOException {
    data = directory.resolve("data");
    backup = directory.resolve("backup");
    restoration = new Restoration(data, data.resolve("log"));
    Path old = directory.resolve("old");
    Backup.write(tree("old"), old);
    Backup.restore(old, data, Optional.empty(), PROMISED);
    Backup.write(tree("new"), backup);
  }

  private static DataTree tree(String name) {
    TreeBuilder builder = new TreeBuilder();
    DataTree.initial().forEachNode(builder::node);
    builder.node(1, name, new Znode(new byte[0], Acl.OPEN, 1, 1, 1, 0, 0, Owner.NONE, 0, 0, 0));
    return builder.build(new Zxid(1, 7));
  }

  private static void assertHolds(String name, Path data, Path log) throws IOException {
    try (DataAtRest server = DataAtRest.open(data, Optional.of(log))) {
      assertTrue(server.newest().tree().find("/" + name).isPresent(), data + " does not have what is " + name);
    }
  }

  private void assertRestored() throws IOException {
    assertHolds("new", data, data.resolve("log"));
    assertHolds("old", data.resolve("before-restore"), data.resolve("log").resolve("before-restore"));
    assertFalse(Files.exists(data.resolve("restored")), "it is over");
    assertFalse(Files.exists(data.resolve("log").resolve("restored")), "it is over");
  }

  @Test
  void theBackupTakesThePlaceOfTheDataWhichIsKept() throws IOException {
    assertEquals(new Zxid(1, 7), restoration.prepare(backup, PROMISED + 1).last());
    assertHolds("old", data, data.resolve("log"));
    assertTrue(restoration.finish(), "there was something to do");
    assertRestored();
    assertFalse(restoration.finish(), "once");
  }

  @Test
  void aCrashBetweenAnyTwoStepsOnlyDelaysIt() throws IOException {
    for (int done = 0; done <= MOVES.size(); done++) {
      Path before = data;
      restoration.prepare(backup, PROMISED + 1);
      for (List<String> move : MOVES.subList(0, done)) {
        Path to = data.resolve(move.getLast());
        Files.createDirectories(to.getParent());
        Files.move(data.resolve(move.getFirst()), to);
      }
      assertTrue(restoration.finish(), "after " + done + " steps");
      assertRestored();
      Backup.delete(before);
      writeOldDataAndABackupOfOther();
    }
  }

  @Test
  void whatWasNotDecidedIsForgotten() throws IOException {
    restoration.prepare(backup, PROMISED + 1);
    Files.move(data.resolve("restored"), data.resolve("restored.unfinished")); // as it is until all of it is there
    assertFalse(restoration.finish(), "nothing to do");
    assertHolds("old", data, data.resolve("log"));
    assertFalse(Files.exists(data.resolve("restored.unfinished")));
    assertFalse(Files.exists(data.resolve("log").resolve("restored")));
  }

  @Test
  void aDamagedBackupChangesNothing() throws IOException {
    byte[] bytes = Files.readAllBytes(backup);
    bytes[bytes.length / 2] ^= 1;
    Files.write(backup, bytes);
    assertThrows(CorruptSnapshotException.class, () -> restoration.prepare(backup, PROMISED + 1));
    assertFalse(restoration.finish(), "nothing to do");
    assertHolds("old", data, data.resolve("log"));
  }

  @Test
  void whatAnEarlierOneHasKeptIsNotGivenUp() throws IOException {
    restoration.prepare(backup, PROMISED + 1);
    restoration.finish();
    String where = assertThrows(DirectoryNotEmptyException.class, () -> restoration.prepare(backup, PROMISED + 2))
        .getMessage();
    assertEquals(data.resolve("before-restore").toString(), where);
    assertRestored();
  }

  @Test
  void aServerThatStartsForTheFirstTimeHasNothingToFinish() throws IOException {
    Path none = directory.resolve("none");
    assertFalse(new Restoration(none, none.resolve("log")).finish());
    assertFalse(Files.exists(none));
  }
}
