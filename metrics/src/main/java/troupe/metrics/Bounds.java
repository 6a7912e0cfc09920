package troupe.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Upper bounds of the cells of a {@link Distribution}, ascending; what is above the last has a cell of its own. */
final class Bounds {
  private static final long[] TENTHS_OF_A_DECADE = {100, 125, 160, 200, 250, 315, 400, 500, 630, 800};
  private static final long[] THIRDS_OF_A_DECADE = {1, 2, 5};

  /** Nanoseconds, from a microsecond to 100 s: a quantile is off by a tenth at most. */
  static final Bounds TIMES = new Bounds(
      decades(8, TENTHS_OF_A_DECADE, 10),
      // Served are 1, 2.5 and 5 of each decade from 10 us to 10 s: few enough for a label or two.
      bound -> bound >= 10_000 && bound <= 10_000_000_000L && isOneOf(bound, 1, 25, 5));

  /** Numbers and bytes, from 1 to 500 millions. */
  static final Bounds SIZES = new Bounds(decades(9, THIRDS_OF_A_DECADE, 1), bound -> true);

  private interface Served {
    boolean test(long bound);
  }

  private final long[] values;
  private final int[] served;

  /** Where to begin to look for a number with so many leading zeros. */
  private final int[] starts = new int[Long.SIZE + 1];

  private Bounds(long[] values, Served served) {
    this.values = values;
    this.served = IntStream.range(0, values.length).filter(i -> served.test(values[i])).toArray();
    for (int zeros = 1; zeros <= Long.SIZE; zeros++) {
      long smallest = zeros == Long.SIZE ? 0 : 1L << (Long.SIZE - 1 - zeros);
      starts[zeros] = (int) Arrays.stream(values).filter(bound -> bound < smallest).count();
    }
  }

  private static long[] decades(int number, long[] steps, long unit) {
    return IntStream.range(0, number)
        .mapToObj(decade -> Arrays.stream(steps).map(step -> step * unit * (long) Math.pow(10, decade)))
        .flatMapToLong(decade -> decade)
        .toArray();
  }

  private static boolean isOneOf(long bound, long... digits) {
    long significant = bound;
    while (significant % 10 == 0) {
      significant /= 10;
    }
    long found = significant;
    return LongStream.of(digits).anyMatch(each -> each == found);
  }

  int size() {
    return values.length;
  }

  long get(int index) {
    return values[index];
  }

  /** Those that Prometheus is told, by their index. */
  int[] served() {
    return served;
  }

  /** Of the cell for this value: the first whose bound is not below it. A few steps, wherever it is. */
  int indexOf(long value) {
    if (value <= values[0]) {
      return 0;
    }
    int at = starts[Long.numberOfLeadingZeros(value)];
    while (at < values.length && values[at] < value) {
      at++;
    }
    return at;
  }
}
