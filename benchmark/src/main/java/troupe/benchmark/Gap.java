package troupe.benchmark;

import java.time.Duration;

/** The longest time without a success, of one session or of several together. */
final class Gap {
  private long last = System.nanoTime();
  private long longest;
  private long successes;

  /** Forgets all but the last success. */
  synchronized void begin() {
    longest = 0;
    successes = 0;
  }

  synchronized void success() {
    long now = System.nanoTime();
    longest = Math.max(longest, now - last);
    last = now;
    successes++;
    notifyAll();
  }

  /** Returns when there have been so many since the beginning, or the time is up: then false. */
  synchronized boolean awaitSuccesses(int enough, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (successes < enough) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Between two successes, of which the later one came since the beginning. */
  synchronized Duration longest() {
    return Duration.ofNanos(longest);
  }
}
