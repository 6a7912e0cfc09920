package troupe.node;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log that the node stops, and when it has, how long that took. A JVM that is told to end does not wait
 * for its main thread; here it does, so that the word is said.
 */
final class LastWord implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration UNTIL_IT_BEGINS = Duration.ofSeconds(1);
  private static final Duration UNTIL_IT_ENDS = Duration.ofSeconds(30);

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch said = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().name("last-word").unstarted(this::await);
  private volatile OptionalLong stoppingSince = OptionalLong.empty();

  private LastWord() {}

  /** Closed when the node has ended. */
  static LastWord keep() {
    LastWord word = new LastWord();
    Runtime.getRuntime().addShutdownHook(word.hook);
    return word;
  }

  /** It begins to stop. */
  void stopping() {
    LOG.info("stopping");
    stoppingSince = OptionalLong.of(System.nanoTime());
    begun.countDown();
  }

  private void await() {
    try {
      // A node that is not up yet does not stop in order: the JVM just ends.
      if (begun.await(UNTIL_IT_BEGINS.toMillis(), TimeUnit.MILLISECONDS)) {
        said.await(UNTIL_IT_ENDS.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stoppingSince.ifPresent(since ->
        LOG.info("stopped, after {} ms", Duration.ofNanos(System.nanoTime() - since).toMillis()));
    said.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // the JVM is about to end, and the hook has nothing more to wait for
    }
  }
}
