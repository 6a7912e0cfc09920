package troupe.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often values of each size occurred. Written by one thread at a time, which costs a few nanoseconds, no lock and no
 * object; read by any, a moment late.
 *
 * <p>HdrHistogram records in half of the time (8 to 11 ns where this takes 15), but takes 4 to 69 kB where this takes 0.7, has
 * no exact sum, which Prometheus wants, and its bounds are none of those that are served.
 */
public final class Distribution {
  private final Bounds bounds;

  /** One for each bound, one for what is above the last, and the sum. */
  private final AtomicLongArray cells;

  private Distribution(Bounds bounds) {
    this.bounds = bounds;
    this.cells = new AtomicLongArray(bounds.size() + 2);
  }

  /** Of nanoseconds. */
  public static Distribution ofTimes() {
    return new Distribution(Bounds.TIMES);
  }

  /** Of numbers of things, or of bytes. */
  public static Distribution ofSizes() {
    return new Distribution(Bounds.SIZES);
  }

  /** One more. */
  public void record(long value) {
    add(bounds.indexOf(value), 1);
    add(bounds.size() + 1, value);
  }

  private void add(int cell, long more) {
    cells.setOpaque(cell, cells.getPlain(cell) + more); // one writer: nothing can come in between
  }

  /** As it is now. */
  public Counts counts() {
    long[] now = new long[bounds.size() + 1];
    for (int i = 0; i < now.length; i++) {
      now[i] = cells.getOpaque(i);
    }
    return new Counts(bounds, now, cells.getOpaque(now.length));
  }
}
