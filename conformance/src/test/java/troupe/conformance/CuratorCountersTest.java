package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.atomic.CachedAtomicLong;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicInteger;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicValue;
import org.apache.curator.framework.recipes.atomic.PromotedToLock;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.retry.RetryNTimes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Curator's shared numbers and barriers, each between two clients and more. */
class CuratorCountersTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  private CuratorFramework one;
  private CuratorFramework two;

  @BeforeEach
  void connect() throws Exception {
    one = node.curator();
    two = node.curator();
  }

  @Test
  void aSharedCountIsSeenByAllAndSetByOneAtATime() throws Exception {
    try (var mine = new SharedCount(one, "/count", 7); var theirs = new SharedCount(two, "/count", 8)) {
      mine.start();
      theirs.start();
      Await.until("the first value stands", () -> theirs.getCount() == 7);
      var outdated = theirs.getVersionedValue();
      mine.setCount(9);
      Await.until("the other one sees it", () -> theirs.getCount() == 9);
      assertFalse(theirs.trySetCount(outdated, 10));

      node.restart();
      mine.setCount(11);
      Await.until("the other one sees it after a restart", () -> theirs.getCount() == 11);
      assertTrue(theirs.trySetCount(theirs.getVersionedValue(), 12));
    }
  }

  @Test
  void anAtomicLongLosesNoIncrement() throws Exception {
    var adding = new ArrayList<CompletableFuture<Void>>();
    for (CuratorFramework curator : List.of(one, two, node.curator())) {
      adding.add(Await.start(() -> {
        var number = new DistributedAtomicLong(
            curator, "/long", new RetryNTimes(3, 1),
            PromotedToLock.builder().lockPath("/long-lock").retryPolicy(new RetryNTimes(1000, 1)).build());
        for (int i = 0; i < 15; i++) {
          assertTrue(number.increment().succeeded());
        }
        return null;
      }));
    }
    for (CompletableFuture<Void> done : adding) {
      Await.get(done);
    }
    var number = new DistributedAtomicLong(one, "/long", new RetryNTimes(3, 1));
    assertEquals(45, number.get().postValue());

    var cached = new CachedAtomicLong(number, 10);
    assertEquals(List.of(46L, 47L), List.of(cached.next().postValue(), cached.next().postValue()));
    assertEquals(55, number.get().postValue());
  }

  @Test
  void anAtomicIntegerAddsAndCompares() throws Exception {
    var mine = new DistributedAtomicInteger(one, "/integer", new RetryNTimes(3, 1));
    var theirs = new DistributedAtomicInteger(two, "/integer", new RetryNTimes(3, 1));
    assertTrue(mine.initialize(5));
    assertFalse(theirs.initialize(6));
    assertEquals(8, theirs.add(3).postValue());
    assertEquals(6, mine.subtract(2).postValue());
    assertFalse(mine.compareAndSet(8, 1).succeeded());
    assertTrue(theirs.compareAndSet(6, 1).succeeded());
    assertEquals(1, mine.get().postValue());
  }

  @Test
  void anAtomicValueIsReplacedOnlyByWhoKnowsIt() throws Exception {
    var mine = new DistributedAtomicValue(one, "/value", new RetryNTimes(3, 1));
    var theirs = new DistributedAtomicValue(two, "/value", new RetryNTimes(3, 1));
    assertTrue(mine.trySet(bytes("a")).succeeded());
    assertTrue(theirs.compareAndSet(bytes("a"), bytes("b")).succeeded());
    assertFalse(mine.compareAndSet(bytes("a"), bytes("c")).succeeded());
    assertArrayEquals(bytes("b"), mine.get().postValue());
  }

  @Test
  void aBarrierHoldsAllUntilItIsRemoved() throws Exception {
    var barrier = new DistributedBarrier(one, "/barrier");
    barrier.setBarrier();
    var passed = new AtomicInteger();
    var waiting = new ArrayList<CompletableFuture<Void>>();
    for (CuratorFramework curator : List.of(one, two)) {
      waiting.add(Await.start(() -> {
        new DistributedBarrier(curator, "/barrier").waitOnBarrier();
        passed.incrementAndGet();
        return null;
      }));
    }
    Await.until("both wait", () -> node.process().fourLetterWord("wchp").contains("/barrier"));
    assertEquals(0, passed.get());
    barrier.removeBarrier();
    for (CompletableFuture<Void> done : waiting) {
      Await.get(done);
    }
  }

  @Test
  void aDoubleBarrierOpensWhenAllHaveComeAndAgainWhenAllHaveDone() throws Exception {
    var inside = new AtomicInteger();
    var members = new ArrayList<CompletableFuture<Boolean>>();
    for (CuratorFramework curator : List.of(one, two, node.curator())) {
      members.add(Await.start(() -> {
        var barrier = new DistributedDoubleBarrier(curator, "/double", 3);
        inside.incrementAndGet();
        barrier.enter();
        boolean allCame = inside.get() == 3;
        barrier.leave();
        return allCame;
      }));
    }
    for (CompletableFuture<Boolean> member : members) {
      assertTrue(Await.get(member));
    }
  }
}
