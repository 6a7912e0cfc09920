package troupe.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler.TaskRunOnClose;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.concurrent.ExecutionContext;
import scala.runtime.BoxedUnit;

class SleepingSchedulerTest {
  private static final Duration SOON = Duration.ofMillis(5);
  private static final Duration NEVER = Duration.ofDays(365);

  private final SleepingScheduler scheduler =
      new SleepingScheduler(ConfigFactory.empty(), null, work -> new Thread(work, "timers"));
  private final ExecutionContext here = ExecutionContext.fromExecutor(Runnable::run);

  @AfterEach
  void close() {
    scheduler.close();
  }

  @Test
  void aTimerFiresWhenItIsDueAndNotBefore() {
    CompletableFuture<Long> fired = new CompletableFuture<>();
    long before = System.nanoTime();
    Cancellable timer = scheduler.scheduleOnce(SOON, () -> fired.complete(System.nanoTime()), here);
    assertTrue(fired.join() - before >= SOON.toNanos());
    assertFalse(timer.cancel(), "it has fired");
    assertFalse(timer.isCancelled());
  }

  @Test
  void oneThatIsGivenUpDoesNotFire() {
    BlockingQueue<String> fired = new LinkedBlockingQueue<>();
    Cancellable givenUp = scheduler.scheduleOnce(SOON, () -> fired.add("given up"), here);
    assertTrue(givenUp.cancel());
    assertFalse(givenUp.cancel(), "once only");
    assertTrue(givenUp.isCancelled());
    CompletableFuture<Void> later = new CompletableFuture<>();
    scheduler.scheduleOnce(SOON.multipliedBy(2), () -> later.complete(null), here);
    later.join();
    assertTrue(fired.isEmpty());
  }

  @Test
  void oneThatRepeatsKeepsItsRateUntilItIsGivenUp() throws InterruptedException {
    BlockingQueue<Long> fired = new LinkedBlockingQueue<>();
    long before = System.nanoTime();
    Cancellable timer = scheduler.scheduleAtFixedRate(SOON, SOON, () -> fired.add(System.nanoTime()), here);
    for (int n = 1; n <= 5; n++) {
      assertTrue(fired.take() - before >= n * SOON.toNanos());
    }
    assertTrue(timer.cancel());
    assertFalse(timer.cancel());
    fired.clear();
    CompletableFuture<Void> later = new CompletableFuture<>();
    scheduler.scheduleOnce(SOON.multipliedBy(3), () -> later.complete(null), here);
    later.join();
    assertTrue(fired.size() <= 1, "at most the one that was under way");
  }

  @Test
  void workThatFailsDoesNotHarmOtherTimers() throws InterruptedException {
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    ExecutionContext full = ExecutionContext.fromExecutor(work -> {
      throw new IllegalStateException("full");
    }, failure -> {
      failures.add(failure);
      return BoxedUnit.UNIT;
    });
    scheduler.scheduleOnce(SOON, () -> {}, full);
    assertEquals("full", failures.take().getMessage());
    CompletableFuture<Void> other = new CompletableFuture<>();
    scheduler.scheduleOnce(SOON, () -> other.complete(null), here);
    other.join();
  }

  @Test
  void whatHasToBeDoneAtTheEndIsDoneThenAndNothingAfterwards() {
    AtomicInteger done = new AtomicInteger();
    TaskRunOnClose end = done::incrementAndGet;
    scheduler.scheduleOnce(NEVER, end, here);
    scheduler.scheduleOnce(NEVER, end, here).cancel();
    scheduler.scheduleOnce(NEVER, () -> done.addAndGet(100), here);
    scheduler.close();
    assertEquals(1, done.get());
    scheduler.close();
    assertEquals(1, done.get());
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> scheduler.scheduleOnce(SOON, () -> {}, here));
    assertInstanceOf(SchedulerException.class, refused.getCause(), "by which Pekko knows it");
  }

  @Test
  void anActorSystemLivesAndEndsWithIt() {
    ActorTestKit kit = ActorTestKit.create(SleepingScheduler.config().withFallback(ConfigFactory.load()));
    assertInstanceOf(SleepingScheduler.class, kit.system().classicSystem().scheduler());
    TestProbe<Integer> probe = kit.createTestProbe();
    kit.spawn(Behaviors.<Integer>withTimers(timers -> {
      timers.startTimerAtFixedRate("rate", 1, SOON);
      timers.startTimerWithFixedDelay("delay", 2, SOON);
      timers.startSingleTimer("once", 3, SOON);
      return Behaviors.receiveMessage(message -> {
        probe.ref().tell(message);
        return Behaviors.same();
      });
    }));
    AtomicInteger heard = new AtomicInteger();
    probe.fishForMessage(Duration.ofSeconds(10), message -> {
      heard.updateAndGet(all -> all | 1 << message);
      return heard.get() == 0b1110
          ? FishingOutcomes.complete()
          : FishingOutcomes.continueAndIgnore();
    });
    kit.shutdownTestKit();
    assertTrue(kit.system().whenTerminated().isCompleted());
  }
}
