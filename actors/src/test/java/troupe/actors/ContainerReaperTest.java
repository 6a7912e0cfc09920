package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.session.PublishedTree;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Operation;
import troupe.tree.Owner;
import troupe.tree.Request;
import troupe.tree.Requester;
import troupe.tree.Transaction;

class ContainerReaperTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final List<Request> submitted = new ArrayList<>();
  private DataTree tree = DataTree.initial();
  private Zxid next = new Zxid(1, 1);

  private void apply(Change change) {
    tree = tree.apply(new Transaction(next, 0, 0, 1000, change)).tree();
    next = next.next();
  }

  private void create(String path, long owner) {
    apply(new Change.CreateNode(path, new byte[0], Acl.OPEN, owner));
  }

  /** One that had a child. */
  private void emptyContainer(String path) {
    create(path, Owner.CONTAINER);
    create(path + "/child", Owner.NONE);
    apply(new Change.DeleteNode(path + "/child"));
  }

  private void check(int perMinute) {
    BehaviorTestKit<ContainerReaper.CheckDue> reaper = BehaviorTestKit.create(ContainerReaper.create(
        new PublishedTree(tree),
        submitted::addAll,
        InstantSource.fixed(Instant.ofEpochMilli(2000)),
        INTERVAL,
        perMinute));
    assertEquals(INTERVAL.toMillis(), reaper.expectEffectClass(Effect.TimerScheduled.class).delay().toMillis());
    reaper.run(new ContainerReaper.CheckDue());
  }

  @Test
  void onlyContainersThatHadChildrenAndAreEmptyGo() {
    create("/plain", Owner.NONE);
    create("/new", Owner.CONTAINER);
    create("/used", Owner.CONTAINER);
    create("/used/child", Owner.NONE);
    emptyContainer("/empty");
    check(100);
    assertEquals(List.of(new Request(Requester.SERVER, 0, new Operation.DeleteContainer("/empty"))), submitted);
  }

  @Test
  void noMoreGoThanTheRateAllows() {
    for (int i = 0; i < 5; i++) {
      emptyContainer("/c" + i);
    }
    check(6); // in a minute; the interval is half of one
    assertEquals(3, submitted.size());
  }

  @Test
  void aRateBelowOneForAnIntervalIsOne() {
    emptyContainer("/a");
    emptyContainer("/b");
    check(1);
    assertEquals(1, submitted.size());
  }

  @Test
  void nothingIsAskedWhereNothingHasToGo() {
    check(100);
    assertEquals(List.of(), submitted);
  }
}
