package troupe.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the rounds came to: per section and figure the median of each server, and of the rounds' ratios. */
record Report(List<Result> results) {
  private static final String ROW = "  %-26s %-6s %12s %12s   %s%n";
  private static final String NOTHING = "-";
  private static final double WHOLE_NUMBERS_FROM = 100;

  Report {
    results = List.copyOf(results);
  }

  /** A table for each section, in the order in which they were measured. */
  String text() {
    return results.stream().map(Result::section).distinct().map(this::table).collect(Collectors.joining());
  }

  /** The median over the rounds, or none if no round has the figure. */
  Optional<Spread> values(String section, Figure figure, Product product) {
    return spread(byRound(section, figure, product));
  }

  /** Troupe's figure divided by ZooKeeper's of the same round; a round that lacks either does not count. */
  Optional<Spread> ratios(String section, Figure figure) {
    if (figure == Figure.OTHERS_PERCENT) {
      return Optional.empty(); // neither server's doing
    }
    Map<Integer, Double> ratios = byRound(section, figure, Product.TROUPE);
    Map<Integer, Double> zooKeeper = byRound(section, figure, Product.ZOOKEEPER);
    // A ratio to nothing says nothing: reads write no bytes.
    ratios.keySet().removeIf(round -> zooKeeper.getOrDefault(round, 0.0) == 0);
    ratios.replaceAll((round, value) -> value / zooKeeper.get(round));
    return spread(ratios);
  }

  private String table(String section) {
    StringBuilder table = new StringBuilder(format("%n%s%n", section));
    table.append(format(ROW, "median", "", Product.TROUPE, Product.ZOOKEEPER, "Troupe / ZooKeeper"));
    for (Figure figure : Figure.values()) {
      Optional<Spread> troupe = values(section, figure, Product.TROUPE);
      Optional<Spread> zooKeeper = values(section, figure, Product.ZOOKEEPER);
      if (troupe.isPresent() || zooKeeper.isPresent()) {
        table.append(format(ROW, figure.title(), figure.unit(), median(troupe), median(zooKeeper),
            ratios(section, figure).map(Report::range).orElse(NOTHING)));
      }
    }
    return table.toString();
  }

  private Map<Integer, Double> byRound(String section, Figure figure, Product product) {
    return results.stream()
        .filter(result -> result.section().equals(section) && result.product() == product)
        .filter(result -> result.figures().containsKey(figure))
        .collect(Collectors.toMap(Result::round, result -> result.figures().get(figure)));
  }

  private static Optional<Spread> spread(Map<Integer, Double> byRound) {
    return byRound.isEmpty() ? Optional.empty() : Optional.of(Spread.of(List.copyOf(byRound.values())));
  }

  private static String median(Optional<Spread> values) {
    return values.map(spread -> number(spread.median())).orElse(NOTHING);
  }

  private static String range(Spread ratios) {
    return format("%.2f  (%.2f .. %.2f)", ratios.median(), ratios.min(), ratios.max());
  }

  static String number(double value) {
    return format(value < WHOLE_NUMBERS_FROM ? "%.1f" : "%,.0f", value);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
