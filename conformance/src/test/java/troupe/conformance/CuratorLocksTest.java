package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMultiLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Curator's locks, each between two clients and more. */
class CuratorLocksTest {
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
  void aMutexAdmitsOneAtATime() throws Exception {
    one.create().forPath("/count", bytes("0"));
    var workers = new ArrayList<CompletableFuture<Void>>();
    for (CuratorFramework curator : List.of(one, two, node.curator())) {
      workers.add(Await.start(() -> {
        var mutex = new InterProcessMutex(curator, "/mutex");
        for (int i = 0; i < 15; i++) {
          mutex.acquire();
          int count = Integer.parseInt(new String(curator.getData().forPath("/count")));
          curator.setData().forPath("/count", bytes("" + (count + 1))); // lost if another did the same meanwhile
          mutex.release();
        }
        return null;
      }));
    }
    for (CompletableFuture<Void> worker : workers) {
      Await.get(worker);
    }
    assertEquals("45", new String(one.getData().forPath("/count")));
  }

  @Test
  void aMutexIsHeldAndWaitedForThroughARestart() throws Exception {
    var held = new InterProcessMutex(one, "/through");
    held.acquire();
    CompletableFuture<Boolean> waiting = Await.start(() -> {
      var mutex = new InterProcessMutex(two, "/through");
      mutex.acquire();
      mutex.release();
      return true;
    });
    Await.until("the other one waits", () -> one.getChildren().forPath("/through").size() == 2);

    node.restart();

    assertTrue(held.isOwnedByCurrentThread());
    assertEquals(2, one.getChildren().forPath("/through").size());
    assertFalse(waiting.isDone());
    held.release();
    assertTrue(Await.get(waiting));
  }

  @Test
  void aMutexIsFreeWhenItsOwnersSessionExpires() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    CuratorFramework lost = node.curator(relay.connectString(), 1_000);
    new InterProcessMutex(lost, "/expiring").acquire();
    var mutex = new InterProcessMutex(two, "/expiring");
    assertFalse(mutex.acquire(0, TimeUnit.SECONDS));
    relay.cut();
    mutex.acquire();
    relay.mend();
  }

  @Test
  void aSemaphoreMutexBelongsToNoThread() throws Exception {
    var held = new InterProcessSemaphoreMutex(one, "/semaphore-mutex");
    var wanted = new InterProcessSemaphoreMutex(two, "/semaphore-mutex");
    Await.get(Await.start(() -> {
      held.acquire();
      return true;
    }));
    assertFalse(wanted.acquire(50, TimeUnit.MILLISECONDS));
    held.release();
    assertTrue(wanted.acquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Test
  void readersShareALockAndAWriterIsAlone() throws Exception {
    var first = new InterProcessReadWriteLock(one, "/read-write");
    var second = new InterProcessReadWriteLock(two, "/read-write");
    first.readLock().acquire();
    assertTrue(second.readLock().acquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    second.readLock().release();

    CompletableFuture<Boolean> writer = Await.start(() -> {
      second.writeLock().acquire();
      // a reader that comes now has to wait
      boolean alone = !Await.get(Await.start(() -> first.readLock().acquire(50, TimeUnit.MILLISECONDS)));
      second.writeLock().release();
      return alone;
    });
    Await.until("the writer waits", () -> one.getChildren().forPath("/read-write").size() == 2);
    assertFalse(writer.isDone());
    first.readLock().release();
    assertTrue(Await.get(writer));
  }

  @Test
  void aSemaphoreHasSoManyLeases() throws Exception {
    var semaphore = new InterProcessSemaphoreV2(one, "/semaphore", 2);
    var other = new InterProcessSemaphoreV2(two, "/semaphore", 2);
    Lease first = semaphore.acquire();
    Lease second = other.acquire();
    assertNull(other.acquire(50, TimeUnit.MILLISECONDS));
    CompletableFuture<Lease> third = Await.start(other::acquire);
    semaphore.returnLease(first);
    other.returnLease(Await.get(third));
    other.returnLease(second);
    assertEquals(2, semaphore.acquire(2).size());
  }

  @Test
  void aMultiLockIsAllOfItsLocksOrNone() throws Exception {
    var both = new InterProcessMultiLock(one, List.of("/multi-a", "/multi-b"));
    InterProcessLock onlyB = new InterProcessMutex(two, "/multi-b");
    onlyB.acquire();
    assertFalse(both.acquire(50, TimeUnit.MILLISECONDS));
    onlyB.release();
    assertTrue(both.acquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    assertFalse(onlyB.acquire(0, TimeUnit.SECONDS));
    both.release();
    assertTrue(onlyB.acquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
  }
}
