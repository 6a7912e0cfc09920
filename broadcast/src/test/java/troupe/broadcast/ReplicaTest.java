package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.persistence.Snapshots;
import troupe.persistence.TreeAt;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

class ReplicaTest {
  /** Writes down what it hears, in order. */
  private static final class Listener implements Audience {
    final List<Object> heard = new ArrayList<>();

    @Override
    public void confirmed() {
      heard.add("confirmed");
    }

    @Override
    public void delivered(List<Applied> applied) {
      heard.add(applied);
    }

    @Override
    public void delivered(Notice notice) {
      heard.add(notice);
    }

    @Override
    public <T> void delivered(ActorRef<T> to, T message) {
      heard.add(message);
    }
  }

  private final AtomicReference<Optional<TreeAt>> committed = new AtomicReference<>(Optional.empty());
  private final Listener audience = new Listener();
  private final TestInbox<Snapshots.Command> snapshots = TestInbox.create();
  private final BehaviorTestKit<Replica.Command> replica =
      BehaviorTestKit.create(Replica.create(
          new TreeAt(DataTree.initial(), 0), committed, audience, snapshots.getRef()));
  private DataTree tree = DataTree.initial();

  private List<Applied> applied(Zxid... zxids) {
    List<Applied> applied = new ArrayList<>();
    for (Zxid zxid : zxids) {
      applied.add(tree.apply(new Transaction(zxid, 0, 0, 0, new Change.Checked())));
      tree = applied.getLast().tree();
    }
    return applied;
  }

  @Test
  void deliversInOrderAndTellsTheSnapshotsOfTheLastTree() {
    List<Applied> first = applied(new Zxid(1, 1), new Zxid(1, 2));
    List<Applied> second = applied(new Zxid(2, 1));
    Notice notice = new Notice.Synced(1, 2);
    replica.run(new Replica.Confirm());
    replica.run(new Replica.Adopt(first, 10));
    replica.run(new Replica.Pass(notice));
    replica.run(new Replica.Adopt(second, 11));
    replica.run(new Replica.Tell<>(TestInbox.<String>create().getRef(), "all of that is there"));
    assertEquals(List.of("confirmed", first, notice, second, "all of that is there"), audience.heard);
    snapshots.expectMessage(new Snapshots.Advanced(new TreeAt(first.getLast().tree(), 10), 2));
    snapshots.expectMessage(new Snapshots.Advanced(new TreeAt(second.getLast().tree(), 11), 1));
  }

  @Test
  void aGapOrARepetitionEndsItBeforeAnybodyHearsOfIt() {
    List<Applied> first = applied(new Zxid(1, 1));
    List<Applied> second = applied(new Zxid(1, 2));
    List<Applied> third = applied(new Zxid(1, 3));
    replica.run(new Replica.Adopt(first, 1));
    snapshots.getAllReceived();
    for (List<Applied> wrong : List.of(first, third)) {
      String message = assertThrows(IllegalStateException.class,
          () -> replica.run(new Replica.Adopt(wrong, 2))).getMessage();
      assertTrue(message.contains("0x100000001"), message);
    }
    assertEquals(List.of(first), audience.heard);
    assertFalse(snapshots.hasMessages());
    replica.run(new Replica.Adopt(second, 2));
    assertEquals(List.of(first, second), audience.heard);
  }
}
