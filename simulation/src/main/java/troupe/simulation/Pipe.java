package troupe.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** One direction of a connection: what is sent arrives later, in order, until it is cut. */
final class Pipe {
  private final Kernel kernel;
  private final RandomGenerator random;
  private Duration slowest;
  private long lastArrival;
  private boolean cut;

  Pipe(Kernel kernel, RandomGenerator random, Duration slowest) {
    this.kernel = kernel;
    this.random = random;
    this.slowest = slowest;
  }

  /** What is under way is lost, and all that comes. */
  void cut() {
    cut = true;
  }

  /** From now on it may take so long. */
  void slowDown(Duration most) {
    slowest = most;
  }

  void send(Runnable arrival) {
    if (cut) {
      return;
    }
    long due = kernel.now() + random.nextLong(slowest.toNanos()) + 1;
    // Never two at one instant, or chance would decide which is first.
    lastArrival = Math.max(lastArrival + 1, due);
    kernel.after(Duration.ofNanos(lastArrival - kernel.now()), () -> {
      if (!cut) {
        arrival.run();
      }
    });
  }
}
