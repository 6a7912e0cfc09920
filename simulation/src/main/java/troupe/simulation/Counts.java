package troupe.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often what happened. */
final class Counts {
  private final Map<String, Long> byName = new TreeMap<>();

  void add(String what) {
    byName.merge(what, 1L, Long::sum);
  }

  void add(Counts others) {
    others.byName.forEach((what, number) -> byName.merge(what, number, Long::sum));
  }

  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    byName.forEach((what, number) -> lines.append("%,14d  %s%n".formatted(number, what)));
    return lines.toString();
  }
}
