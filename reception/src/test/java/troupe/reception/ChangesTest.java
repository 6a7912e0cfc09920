package troupe.reception;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.protocol.wire.EventMessage;
import troupe.protocol.wire.OpenStream;
import troupe.protocol.wire.PositionMessage;
import troupe.protocol.wire.StreamMessage;
import troupe.session.ChangeHistory;
import troupe.tree.Acl;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Requester;
import troupe.tree.Transaction;

class ChangesTest {
  private static final int ALL = 2;
  private static final List<Identity> NOBODY = List.of();

  private final ChangeHistory history = new ChangeHistory(100);
  private DataTree tree = DataTree.initial();
  private int counter;

  @BeforeEach
  void openSession() {
    add(new Operation.OpenSession(4000, new Password(1, 2)));
  }

  private long create(String path) {
    return add(new Operation.Create(path, new byte[0], Acl.OPEN.entries(), 0, Operation.Create.Kind.PLAIN, -1));
  }

  private long add(Operation operation) {
    Applied applied = tree.apply(new Transaction(
        new Zxid(1, ++counter), 1, 0, 1, tree.prepare(operation, new Requester(1, NOBODY), true)));
    tree = applied.tree();
    history.append(applied);
    return applied.transaction().zxid().toLong();
  }

  private Changes openAfter(long zxid, long lastZxid) {
    OpenStream open = OpenStream.newBuilder().setStream(1).setPath("/").setScope(ALL).setCredit(100)
        .setAfter(PositionMessage.newBuilder().setZxid(zxid).setIndex(Integer.MAX_VALUE)).build();
    return Changes.open(open, history, lastZxid).orElseThrow();
  }

  private static List<String> paths(Optional<StreamMessage> message) {
    return message.stream().flatMap(each -> each.getEventsList().stream()).map(EventMessage::getPath).toList();
  }

  @Test
  void aStreamGoesOnBehindWhatItsClientHasSeen() {
    long first = create("/a");
    long second = create("/b");
    Changes changes = openAfter(first, second);
    assertEquals(first, changes.reached(second).orElseThrow().getReached().getZxid());
    assertEquals(List.of("/b"), paths(changes.next(second, NOBODY, 10)));
    assertEquals(List.of(), paths(changes.next(second, NOBODY, 10)));
    assertEquals(second, changes.reached(second).orElseThrow().getReached().getZxid());
  }

  /** Its next change might be one that never happened, or one after others which it was not told of. */
  @Test
  void aStreamDoesNotGoOnInAHistoryThatWasTakenBack() {
    history.begin(0);
    long committed = 0;
    for (int i = 0; i < 512; i++) { // as many as are kept together
      committed = create("/n" + i);
    }
    Changes changes = openAfter(committed, committed);
    add(new Operation.OpenSession(4000, new Password(3, 4))); // in the log, and never committed
    assertFalse(changes.isLost());
    history.begin(committed);
    assertTrue(changes.isLost());
  }

  /** Its client has heard of it from somebody who has seen more. */
  @Test
  void aStreamMayBeginWhereThisServerIsNotYet() {
    long here = create("/a");
    long there = new Zxid(1, 4).toLong();
    Changes changes = openAfter(there, here);
    assertEquals(Optional.empty(), changes.reached(here), "nobody here has seen that");
    create("/b");
    assertEquals(there, create("/c"));
    long last = create("/d");
    assertEquals(List.of("/d"), paths(changes.next(last, NOBODY, 10)));
    assertEquals(last, changes.reached(last).orElseThrow().getReached().getZxid());
  }
}
