package troupe.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/** One direction of a connection: what is sent arrives later, in order, until it is cut. */
final class Pipe {
  private final Kernel kernel;
  private final RandomGenerator random;
  private Duration slowest;
  private final Deque<Runnable> underWay = new ArrayDeque<>();
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
    lastArrival = Math.max(lastArrival, kernel.now() + random.nextLong(slowest.toNanos()) + 1);
    underWay.add(arrival);
    // Of several at one instant any may be the first to run, but what arrives first is what was sent first.
    kernel.after(Duration.ofNanos(lastArrival - kernel.now()), () -> {
      Runnable next = underWay.remove();
      if (!cut) {
        next.run();
      }
    });
  }
}
