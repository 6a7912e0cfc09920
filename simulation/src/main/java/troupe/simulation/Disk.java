package troupe.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;
import troupe.persistence.Room;

/** The disk of one server: how long it takes, what it fails at, how much room it has. */
final class Disk {
  /** A sync did not succeed; what it was for may be on the disk or not. */
  static final class Failure extends Exception {
    private Failure() {
      super("input/output error");
    }
  }

  private static final Duration FASTEST = Duration.ofNanos(60_000);

  private final Kernel kernel;
  private final RandomGenerator random;
  private Room room = Room.ENOUGH;
  private Duration slowest = Duration.ofMillis(2);
  private boolean failing;

  Disk(Kernel kernel, RandomGenerator random) {
    this.kernel = kernel;
    this.random = random;
  }

  Room room() {
    return room;
  }

  void setRoom(Room left) {
    room = left;
  }

  /** From now on a sync takes at most so long. */
  void setSlowest(Duration duration) {
    slowest = duration;
  }

  /** The next sync fails. */
  void failOnce() {
    failing = true;
  }

  boolean isFailing() {
    return failing;
  }

  /** A process that starts anew meets a sound disk. */
  void repair() {
    failing = false;
  }

  /** Waits until everything written is safe. */
  void sync() throws Failure {
    kernel.sleep(Duration.ofNanos(random.nextLong(FASTEST.toNanos(), slowest.toNanos())));
    if (failing) {
      failing = false;
      throw new Failure();
    }
  }

  /** Waits for something to be read. */
  void read() {
    kernel.sleep(Duration.ofNanos(random.nextLong(FASTEST.toNanos(), slowest.toNanos())));
  }
}
