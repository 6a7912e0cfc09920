package troupe.management;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which part of a long list somebody wants.
 *
 * @param after the last one of the part before
 * @param limit how many at most
 */
record Page(Optional<String> after, int limit) {
  static final int DEFAULT = 100;
  private static final int MOST = 1000;

  Page {
    if (limit < 1 || limit > MOST) {
      throw new Refusal(400, "limit is " + limit + ", it has to be 1 to " + MOST);
    }
  }

  /** @param next where the next part begins; none: this is the last one */
  record Part<T>(List<T> items, Optional<String> next) {}

  /** @param all in the order of their keys */
  <T> Part<T> of(List<T> all, Function<T, String> key) {
    List<T> rest = after.isEmpty()
        ? all
        : all.stream().dropWhile(item -> key.apply(item).compareTo(after.get()) <= 0).toList();
    List<T> part = rest.subList(0, Math.min(limit, rest.size()));
    return new Part<>(part, part.size() < rest.size() ? Optional.of(key.apply(part.getLast())) : Optional.empty());
  }
}
