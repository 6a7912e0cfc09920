package troupe.conformance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.hamcrest.Matchers;

/** Waiting for what others do, with one limit for all: a busy machine makes a test slow, not red. */
final class Await {
  static final Duration LIMIT = Duration.ofSeconds(120);

  private Await() {}

  /** Returns once {@code condition} holds; fails, naming {@code what}, if it never does or throws. */
  static void until(String what, Callable<Boolean> condition) {
    waiting(what).until(condition);
  }

  /** Returns once {@code actual} is {@code expected}; fails with the last that it was. */
  static <T> void untilEqual(String what, T expected, Callable<T> actual) {
    waiting(what).until(actual, Matchers.equalTo(expected));
  }

  private static ConditionFactory waiting(String what) {
    return Awaitility.await(what)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .atMost(LIMIT);
  }

  /** Runs {@code task} beside the test, on a thread of its own: locks belong to threads. */
  static <T> CompletableFuture<T> start(Callable<T> task) {
    var result = new CompletableFuture<T>();
    Thread.ofVirtual().start(() -> {
      try {
        result.complete(task.call());
      } catch (Exception | AssertionError e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  /** The value of {@code future}; its failure is thrown as an {@link java.util.concurrent.ExecutionException}. */
  static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + LIMIT, e);
    }
  }
}
