package troupe.metrics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * What was counted in the last minutes, for quantiles that tell of now rather than of always. ZooKeeper's summaries
 * forget after ten minutes, in five steps, and so does this. It looks at the time only when it is asked, so where nobody
 * asks for long, it remembers back to when somebody last did.
 */
public final class Recent {
  private static final long STEP = Duration.ofMinutes(2).toNanos();
  private static final int STEPS = 5;

  private record Mark(long at, Counts counts) {}

  private final LongSupplier nanos;
  private final Deque<Mark> marks = new ArrayDeque<>();

  public Recent() {
    this(System::nanoTime);
  }

  Recent(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** @param all everything that was ever counted */
  public synchronized Counts of(Counts all) {
    long now = nanos.getAsLong();
    if (marks.isEmpty()) {
      marks.add(new Mark(now, all.minus(all)));
    }
    if (now - marks.getLast().at() >= STEP) {
      marks.add(new Mark(now, all));
      if (marks.size() > STEPS) {
        marks.remove();
      }
    }
    return all.minus(marks.getFirst().counts());
  }
}
