package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.AclMessage;
import troupe.persistence.wire.SnapshotHeadMessage;
import troupe.persistence.wire.SnapshotNodeMessage;
import troupe.persistence.wire.SnapshotRecordMessage;
import troupe.tree.DataTree;

class SnapshotFileTest {
  @TempDir
  Path directory;

  private Path file() {
    return directory.resolve("snapshot.1");
  }

  private void write(SnapshotRecordMessage.Builder... records) throws IOException {
    try (ChunkedFile.Writer writer = new ChunkedFile.Writer(file())) {
      for (SnapshotRecordMessage.Builder record : records) {
        record.build().writeDelimitedTo(writer);
      }
      writer.commit();
    }
  }

  private static SnapshotRecordMessage.Builder head(long digest, int nodes) {
    return SnapshotRecordMessage.newBuilder().setHead(
        SnapshotHeadMessage.newBuilder().setLast(new Zxid(1, 1).toLong()).setDigest(digest).setNodes(nodes));
  }

  private static SnapshotRecordMessage.Builder node(int depth, String name) {
    return SnapshotRecordMessage.newBuilder().setNode(SnapshotNodeMessage.newBuilder().setDepth(depth).setName(name));
  }

  private void expectDamage(String part) {
    String message = assertThrows(CorruptSnapshotException.class, () -> SnapshotFile.read(file())).getMessage();
    assertTrue(message.contains(file().toString()) && message.contains(part), message);
  }

  @Test
  void aTreeComesBackWithEverythingThatIsInIt() throws IOException {
    DataTree tree = new Story().everything().grow(20).tree();
    SnapshotFile.write(tree, file());
    assertEquals(Story.contents(tree), Story.contents(SnapshotFile.read(file())));
    assertEquals(List.of(file()), Files.list(directory).toList());
  }

  @Test
  void soDoesTheTreeOfANewServer() throws IOException {
    SnapshotFile.write(DataTree.initial(), file());
    assertEquals(Story.contents(DataTree.initial()), Story.contents(SnapshotFile.read(file())));
  }

  @Test
  void itIsReadFromItsHeadOn() throws IOException {
    write();
    expectDamage("head");
    write(node(0, ""), head(0, 1));
    expectDamage("head");
    write(head(0, 1), node(0, ""), head(0, 1));
    expectDamage("does not know");
    write(head(0, 1), SnapshotRecordMessage.newBuilder());
    expectDamage("does not know");
  }

  @Test
  void aTreeThatIsNotTheOneOfTheHeadIsNotBelieved() throws IOException {
    SnapshotFile.write(DataTree.initial(), file());
    long digest = DataTree.initial().digest();
    write(head(digest, 4), node(0, ""), node(1, "zookeeper"));
    expectDamage("2 nodes are not the 4");
    write(head(digest, 1), node(0, ""));
    expectDamage("content");
    write(head(digest, 0));
    expectDamage("root");
    write(head(digest, 2), node(0, ""), node(2, "orphan"));
    expectDamage("orphan");
  }

  @Test
  void anAclThatTheFileDoesNotHaveIsDamage() throws IOException {
    SnapshotRecordMessage.Builder acl = SnapshotRecordMessage.newBuilder().setAcl(AclMessage.newBuilder());
    write(head(0, 1), acl,
        SnapshotRecordMessage.newBuilder().setNode(SnapshotNodeMessage.newBuilder().setAcl(7)));
    assertThrows(CorruptSnapshotException.class, () -> SnapshotFile.read(file()));
  }

  @Test
  void aTreeThatCannotBeWrittenLeavesNoFile() {
    Path nowhere = directory.resolve("absent").resolve("snapshot.1");
    assertThrows(IOException.class, () -> SnapshotFile.write(DataTree.initial(), nowhere));
    assertFalse(Files.exists(nowhere));
  }
}
