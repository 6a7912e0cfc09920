package troupe.benchmark;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;

/**
 * What a load got done.
 *
 * @param elapsed from the first request to the last answer
 * @param latencies of each operation, in nanoseconds
 */
record Work(Duration elapsed, AbstractHistogram latencies) {
  private static final double PERCENT = 100;
  private static final double NANOS_PER_MICRO = TimeUnit.MICROSECONDS.toNanos(1);
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  Work {
    if (latencies.getTotalCount() == 0) {
      throw new IllegalArgumentException("not one operation in " + elapsed);
    }
  }

  long operations() {
    return latencies.getTotalCount();
  }

  /** What it came to, and what it cost. */
  Map<Figure, Double> figures(Spending spent, int processors) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.OPERATIONS_PER_SECOND, operations() * NANOS_PER_SECOND / elapsed.toNanos());
    figures.put(Figure.P50_MICROS, latencies.getValueAtPercentile(50) / NANOS_PER_MICRO);
    figures.put(Figure.P99_MICROS, latencies.getValueAtPercentile(99) / NANOS_PER_MICRO);
    figures.put(Figure.P999_MICROS, latencies.getValueAtPercentile(99.9) / NANOS_PER_MICRO);
    figures.put(Figure.CPU_MICROS_PER_OPERATION, spent.server().toNanos() / NANOS_PER_MICRO / operations());
    figures.put(Figure.WRITTEN_BYTES_PER_OPERATION, (double) spent.writtenBytes() / operations());
    figures.put(Figure.OTHERS_PERCENT, PERCENT * spent.others().toNanos() / elapsed.toNanos() / processors);
    return figures;
  }
}
