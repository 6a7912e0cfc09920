package troupe.benchmark;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * One section of one server in one round.
 *
 * @param round counted from 1
 */
record Result(int round, String section, Product product, Map<Figure, Double> figures) {
  Result {
    figures = Collections.unmodifiableMap(new EnumMap<>(figures));
  }
}
