package troupe.session;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * @param tick the unit of timeouts
 * @param minTimeout the shortest timeout of a session
 * @param maxTimeout the longest timeout of a session
 * @param mostRead bytes that one request may read of many znodes: few bytes that ask for much must not fill the memory
 */
public record SessionSettings(Duration tick, Duration minTimeout, Duration maxTimeout, long mostRead) {
  private static final int MIN_TICKS = 2;
  private static final int MAX_TICKS = 20;

  public SessionSettings {
    if (tick.toMillis() < 1) {
      throw new IllegalArgumentException("troupe.tick has to be at least a millisecond");
    }
    if (minTimeout.isZero()) {
      minTimeout = tick.multipliedBy(MIN_TICKS);
    }
    if (maxTimeout.isZero()) {
      maxTimeout = tick.multipliedBy(MAX_TICKS);
    }
    if (minTimeout.isNegative() || minTimeout.compareTo(maxTimeout) > 0) {
      throw new IllegalArgumentException("troupe.session.min-timeout (" + minTimeout.toMillis()
          + " ms) has to be between 0 and troupe.session.max-timeout (" + maxTimeout.toMillis() + " ms)");
    }
  }

  /** @param troupe the block {@code troupe} */
  public static SessionSettings from(Config troupe) {
    return new SessionSettings(
        troupe.getDuration("tick"),
        troupe.getDuration("session.min-timeout"),
        troupe.getDuration("session.max-timeout"),
        troupe.getBytes("client.unread-limit"));
  }

  /** What a client gets that asks for so many milliseconds. */
  public int negotiate(int asked) {
    return (int) Math.clamp(asked, minTimeout.toMillis(), maxTimeout.toMillis());
  }

  /** How often the tracker looks, and how long a busy session may leave it between two signs of life. */
  Duration beat() {
    return Duration.ofMillis(Math.max(1, tick.toMillis() / 4));
  }
}
