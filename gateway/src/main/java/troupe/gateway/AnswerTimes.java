package troupe.gateway;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the answers of one connection took. Part of the {@link Connection}, on its event loop. Answers that leave together
 * are told to the port's counters together.
 */
final class AnswerTimes {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Gateway.Port port;
  private final ConnectionStats stats;
  private final LongSupplier nanos;
  private RequestTimes ofLoop;

  /** When the answer before was ready. */
  private long lastAnswer;

  private int answers;
  private long millis;
  private long min = Long.MAX_VALUE;
  private long max;

  /** @param nanos the clock of the arrivals */
  AnswerTimes(Gateway.Port port, ConnectionStats stats, LongSupplier nanos) {
    this.port = port;
    this.stats = stats;
    this.nanos = nanos;
  }

  /** The connection stands. */
  void begin(RequestTimes timesOfLoop) {
    ofLoop = timesOfLoop;
    lastAnswer = nanos.getAsLong();
  }

  /** The answer to the oldest request is ready. */
  void answered(PendingRequests pending, long zxid) {
    long now = nanos.getAsLong();
    long took = now - pending.arrival();
    // Answers leave in the order of the requests: up to then, this one could not have left in any case.
    long waited = Math.max(0, lastAnswer - pending.arrival());
    lastAnswer = now;
    ofLoop.answered(pending.op(), took, waited);
    count(took / NANOS_PER_MILLI);
    stats.answered(pending.op(), pending.xid(), zxid, took / NANOS_PER_MILLI);
    SlowRequests slow = port.slowRequests();
    if (took >= slow.thresholdNanos()) {
      slow.listener().accept(new SlowRequest(stats.session(), stats.client(), OpCode.name(pending.op()),
          pending.request(), zxid, Duration.ofNanos(took), Duration.ofNanos(waited)));
    }
  }

  private void count(long tookMillis) {
    answers++;
    millis += tookMillis;
    min = Math.min(min, tookMillis);
    max = Math.max(max, tookMillis);
  }

  /**
   * Tells the port's counters of all answers since the last time.
   *
   * @return how many these were
   */
  int tell() {
    int told = answers;
    if (told > 0) {
      port.stats().answered(answers, millis, min, max);
      answers = 0;
      millis = 0;
      min = Long.MAX_VALUE;
      max = 0;
    }
    return told;
  }
}
