package troupe.metrics;

/** What a {@link Distribution}, or several of a kind together, had counted at some moment. */
public final class Counts {
  private final Bounds bounds;
  private final long[] cells;
  private final long sum;

  /** @param cells one for each bound, and one for what is above the last; becomes the property of this object */
  Counts(Bounds bounds, long[] cells, long sum) {
    this.bounds = bounds;
    this.cells = cells;
    this.sum = sum;
  }

  /** No times at all. */
  public static Counts noTimes() {
    return Distribution.ofTimes().counts();
  }

  /** Both together. */
  public Counts plus(Counts other) {
    return combined(other, 1);
  }

  /** What came after an earlier state of the same. */
  Counts minus(Counts earlier) {
    return combined(earlier, -1);
  }

  private Counts combined(Counts other, int sign) {
    if (other.bounds != bounds) {
      throw new IllegalArgumentException("times and sizes have nothing in common");
    }
    long[] both = new long[cells.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = cells[i] + sign * other.cells[i];
    }
    return new Counts(bounds, both, sum + sign * other.sum);
  }

  /** How many there were. */
  public long total() {
    long total = 0;
    for (long cell : cells) {
      total += cell;
    }
    return total;
  }

  /** All of them added up. */
  public long sum() {
    return sum;
  }

  Bounds bounds() {
    return bounds;
  }

  /** How many were in the cells from one index up to, and without, another. */
  long between(int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      number += cells[i];
    }
    return number;
  }

  /**
   * The value that this part of all does not exceed, as near as the bounds tell.
   *
   * @param part 0 to 1
   * @return not a number where there was none
   */
  double quantile(double part) {
    double rank = part * total();
    if (rank == 0) {
      return Double.NaN;
    }
    long below = 0;
    for (int i = 0; i < bounds.size(); i++) {
      if (below + cells[i] >= rank) {
        long lower = i == 0 ? 0 : bounds.get(i - 1);
        return lower + (bounds.get(i) - lower) * (rank - below) / cells[i];
      }
      below += cells[i];
    }
    return bounds.get(bounds.size() - 1);
  }
}
