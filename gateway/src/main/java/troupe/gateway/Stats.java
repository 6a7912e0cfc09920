package troupe.gateway;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What the client port counts. Written by all event loops, so it is made of adders. */
final class Stats {
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder latencySum = new LongAdder();
  private final LongAdder latencyCount = new LongAdder();
  private final LongAccumulator latencyMin = new LongAccumulator(Math::min, Long.MAX_VALUE);
  private final LongAccumulator latencyMax = new LongAccumulator(Math::max, 0);
  private final AtomicInteger outstandingWrites = new AtomicInteger();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicLong rejectedConnections = new AtomicLong();
  private final LongAdder malformed = new LongAdder();
  private final LongAdder handshakes = new LongAdder();

  void received(int packets) {
    received.add(packets);
    outstanding.addAndGet(packets);
  }

  void sent(int packets) {
    sent.add(packets);
  }

  /** Answers, and the milliseconds that each of them took, in one go for all that leave together. */
  void answered(int answers, long latencySumMillis, long min, long max) {
    outstanding.addAndGet(-answers);
    latencyCount.add(answers);
    latencySum.add(latencySumMillis);
    latencyMin.accumulate(min);
    latencyMax.accumulate(max);
  }

  /** Requests whose connection went before their answers came. */
  void abandoned(int requests) {
    outstanding.addAndGet(-requests);
  }

  void connectionRejected() {
    rejectedConnections.incrementAndGet();
  }

  void handshake() {
    handshakes.increment();
  }

  void malformed() {
    malformed.increment();
  }

  int writesBegun(int writes) {
    return outstandingWrites.addAndGet(writes);
  }

  int outstandingWrites() {
    return outstandingWrites.get();
  }

  void reset() {
    received.reset();
    sent.reset();
    latencySum.reset();
    latencyCount.reset();
    latencyMin.reset();
    latencyMax.reset();
  }

  Traffic snapshot() {
    long count = latencyCount.sum();
    return new Traffic(
        received.sum(),
        sent.sum(),
        outstanding.get(),
        count == 0 ? 0 : latencyMin.get(),
        count == 0 ? 0 : (double) latencySum.sum() / count,
        latencyMax.get(),
        rejectedConnections.get(),
        malformed.sum(),
        handshakes.sum());
  }
}
