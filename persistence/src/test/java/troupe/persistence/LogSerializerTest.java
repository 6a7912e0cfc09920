package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import troupe.ensemble.Zxid;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.ErrorCode;
import troupe.tree.Owner;
import troupe.tree.Password;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;
import troupe.tree.Znode;

/** What goes to the disk comes back. */
class LogSerializerTest {
  private static final Zxid LARGEST = new Zxid(0xFFFF_FFFFL, 0xFFFF_FFFFL);

  private final LogSerializer serializer = new LogSerializer();

  private Object again(Object object) throws NotSerializableException {
    return serializer.fromBinary(serializer.toBinary(object), serializer.manifest(object));
  }

  private static List<Change> changes() {
    Change.CreateNode create = new Change.CreateNode("/a", new byte[] {1, -1}, Acl.OPEN, Story.OTHER);
    return List.of(
        create,
        new Change.CreateNode("/\u00e9", Znode.NO_DATA, Story.GUARDED, Owner.CONTAINER),
        new Change.CreateNode("/a", new byte[0], Acl.of(List.of()), Owner.NONE),
        new Change.DeleteNode("/a/b"),
        new Change.SetNodeData("/a", new byte[] {0}, Integer.MIN_VALUE),
        new Change.SetNodeData("/a", new byte[0], Integer.MAX_VALUE),
        new Change.SetNodeData("/a", Znode.NO_DATA, 0),
        new Change.SetNodeAcl("/a", Story.GUARDED, 7),
        new Change.SetNodeAcl("/a", Acl.OPEN, 7),
        new Change.SetNodeAcl("/a", Acl.of(List.of()), 7),
        new Change.Checked(),
        new Change.Several(List.of()),
        new Change.Several(List.of(create, new Change.Checked(), new Change.DeleteNode("/a"))),
        new Change.SessionOpened(new SessionInfo(40_000, new Password(Long.MIN_VALUE, -1))),
        new Change.SessionClosed(List.of()),
        new Change.SessionClosed(List.of("/a", "/b/c")),
        new Change.Failed(ErrorCode.NO_NODE),
        new Change.Failed(ErrorCode.OK),
        new Change.SeveralFailed(List.of(ErrorCode.OK, ErrorCode.BAD_VERSION, ErrorCode.RUNTIME_INCONSISTENCY)));
  }

  /** With the bytes' content in place of the array, and null data told from empty data. */
  private static String described(Change change) {
    return switch (change) {
      case Change.CreateNode c -> c.path() + described(c.data()) + c.acl() + c.owner();
      case Change.SetNodeData s -> s.path() + described(s.data()) + s.version();
      case Change.Several s -> s.changes().stream().map(LogSerializerTest::described).collect(Collectors.joining());
      case Change.DeleteNode d -> d.toString();
      case Change.SetNodeAcl s -> s.toString();
      case Change.Checked c -> c.toString();
      case Change.SessionOpened o ->
          "opened " + o.session().timeout() + " " + Arrays.toString(o.session().password().bytes());
      case Change.SessionClosed c -> c.toString();
      case Change.Failed f -> f.toString();
      case Change.SeveralFailed f -> f.toString();
    };
  }

  private static String described(byte[] data) {
    return data == Znode.NO_DATA ? "none" : Arrays.toString(data);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void everyChangeComesBack(Change change) throws NotSerializableException {
    for (Transaction transaction : List.of(
        new Transaction(LARGEST, Long.MIN_VALUE, Integer.MIN_VALUE, -1, change),
        new Transaction(new Zxid(1, 1), 0, Integer.MAX_VALUE, Long.MAX_VALUE, change))) {
      Batch batch = Batch.of(List.of(transaction), Long.MIN_VALUE | 5);
      TransactionLog.Appended read =
          assertInstanceOf(TransactionLog.Appended.class, again(new TransactionLog.Appended(batch)));
      assertEquals(batch.digest(), read.batch().digest());
      Transaction back = read.batch().transactions().getFirst();
      assertEquals(described(change), described(back.change()));
      assertEquals(change.getClass(), back.change().getClass());
      assertEquals(
          List.of(transaction.zxid(), transaction.session(), transaction.cxid(), transaction.time()),
          List.of(back.zxid(), back.session(), back.cxid(), back.time()));
    }
  }

  @Test
  void noKindOfChangeIsForgottenHere() {
    assertEquals(Change.class.getPermittedSubclasses().length,
        changes().stream().map(Change::getClass).distinct().count());
  }

  private static Stream<Object> eventsAndStates() {
    SnapshotRef one = new SnapshotRef(LARGEST, Long.MAX_VALUE, "snapshot.ffffffff", Long.MIN_VALUE);
    SnapshotRef two = new SnapshotRef(new Zxid(1, 1), 1, "snapshot.1", 0);
    return Stream.of(
        new TransactionLog.Appended(new Story().grow(3).batches().getLast()),
        new TransactionLog.EpochAccepted(0xFFFF_FFFFL),
        new TransactionLog.EpochAccepted(0),
        new TransactionLog.EpochEstablished(3),
        new TransactionLog.EpochEstablished(0),
        new TransactionLog.SnapshotTaken(one, 3),
        new TransactionLog.SnapshotTaken(two, Integer.MAX_VALUE),
        new TransactionLog.Truncated(new Truncation(Long.MAX_VALUE, LARGEST)),
        new TransactionLog.Truncated(new Truncation(1, Zxid.ZERO)),
        new TransactionLog.SnapshotInstalled(one),
        History.EMPTY,
        new History(9, 8, LARGEST, List.of(one, two)),
        new History(9, 8, LARGEST, List.of(two), List.of(new Truncation(7, LARGEST)), 6));
  }

  @ParameterizedTest
  @MethodSource("eventsAndStates")
  void everyEventAndTheStateComeBack(Object object) throws NotSerializableException {
    assertEquals(object, again(object));
  }

  @Test
  void noKindOfEventIsForgottenHere() {
    assertEquals(TransactionLog.Event.class.getPermittedSubclasses().length,
        eventsAndStates().filter(TransactionLog.Event.class::isInstance).map(Object::getClass).distinct().count());
  }

  @Test
  void aBatchIsEncodedOnceAndTheSameBytesAreReadBack() throws NotSerializableException {
    Batch batch = new Story().grow(3).batches().getLast();
    TransactionLog.Appended read = (TransactionLog.Appended) again(new TransactionLog.Appended(batch));
    assertEquals(batch.encoded(), read.batch().encoded());
    assertEquals(batch.encoded().size(), read.batch().size());
    assertEquals("Batch[0x100000004..0x100000006]", read.batch().toString());
  }

  /** Whoever changes these bytes changes what is on the disks of servers out there. */
  @Test
  void theBytesStayAsTheyAre() {
    Batch batch = Batch.of(List.of(
        new Transaction(new Zxid(2, 3), 5, -6, 7, new Change.CreateNode("/a", new byte[] {8}, Story.GUARDED, 9)),
        new Transaction(new Zxid(2, 4), 5, 1, 8, new Change.Failed(ErrorCode.NO_NODE))), 10);
    List<String> hex = new ArrayList<>();
    for (Object object : List.of(
        new TransactionLog.Appended(batch), new TransactionLog.EpochAccepted(3), new TransactionLog.EpochEstablished(4),
        new TransactionLog.SnapshotTaken(new SnapshotRef(new Zxid(1, 2), 3, "f", 4), 5),
        new History(6, 7, new Zxid(8, 9), List.of(new SnapshotRef(new Zxid(1, 2), 3, "f", 4))))) {
      hex.add(serializer.manifest(object) + ":" + HexFormat.of().formatHex(serializer.toBinary(object)));
    }
    assertEquals(7_626_001, serializer.identifier());
    assertEquals(List.of(
        "e:0a7f0a57090300000002000000110500000000000000180b20072a3f0a3d0a022f611201081a2b0a16083e1206"
            + "6469676573741a0a616c6963653a686173680a1108021205776f726c641a06616e796f6e65210900000000000000"
            + "0a1b090400000002000000110500000000000000180220082a0348c901110a00000000000000",
        "e:1003",
        "e:1804",
        "e:221b0a1709020000000100000010031a01662104000000000000001005",
        "h:08061007190900000008000000221709020000000100000010031a0166210400000000000000"), hex);
  }

  @Test
  void whatIsUnknownIsRefusedByName() {
    NotSerializableException manifest =
        assertThrows(NotSerializableException.class, () -> serializer.fromBinary(new byte[0], "x"));
    assertTrue(manifest.getMessage().contains("'x'"), manifest.getMessage());
    assertThrows(UncheckedIOException.class, () -> serializer.fromBinary(new byte[0], "e")); // of a newer version
    assertThrows(UncheckedIOException.class, () -> serializer.fromBinary(new byte[] {1, 2, 3}, "e"));
    byte[] unknownChange = {10, 11, 10, 9, 42, 7, (byte) 0xA2, 6, 4, 1, 2, 3, 4}; // field 100 of a change
    UncheckedIOException change =
        assertThrows(UncheckedIOException.class, () -> serializer.fromBinary(unknownChange, "e"));
    assertTrue(change.getCause().getMessage().contains("kind"), change.getCause().getMessage());
    assertThrows(IllegalArgumentException.class, () -> serializer.toBinary("a string"));
  }

  @Test
  void aBatchHasNoGapAndIsOfOneEpoch() {
    assertThrows(IllegalArgumentException.class, () -> Batch.of(List.of(), 0));
    assertGap(new Zxid(1, 1), new Zxid(1, 3));
    assertGap(new Zxid(1, 1), new Zxid(1, 1));
    assertGap(new Zxid(1, 2), new Zxid(1, 1));
    assertGap(new Zxid(1, 2), new Zxid(2, 1));
    Batch batch = Batch.of(Stream.of(new Zxid(1, 1), new Zxid(1, 2), new Zxid(1, 3)).map(LogSerializerTest::at).toList(), 0);
    assertEquals(List.of(new Zxid(1, 1), new Zxid(1, 3)), List.of(batch.first(), batch.last()));
    assertFalse(batch.equals(Batch.of(batch.transactions(), 1)), "the digest is part of it");
  }

  private static void assertGap(Zxid first, Zxid second) {
    assertThrows(IllegalArgumentException.class, () -> Batch.of(List.of(at(first), at(second)), 0));
  }

  private static Transaction at(Zxid zxid) {
    return new Transaction(zxid, 0, 0, 0, new Change.Checked());
  }
}
