package troupe.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What one {@link Source} has to tell. Values of the same name and with different labels belong together; labels are
 * given as name, value, name, value.
 */
public final class Scrape {
  private static final String TOTAL = "_total";
  private static final String INFO = "_info";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double[] QUANTILES_OF_ADVANCED = {0.5, 0.9, 0.99};
  private static final double[] QUANTILES_OF_BASIC = {0.5};

  private final Map<String, MetricSnapshot.Builder<?>> families = new LinkedHashMap<>();

  Scrape() {}

  /** Something that goes up and down. */
  public void gauge(String name, String help, double value, String... labels) {
    family(GaugeSnapshot.Builder.class, name, help, n -> GaugeSnapshot.builder())
        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).labels(Labels.of(labels)).build());
  }

  /** @param name with its suffix {@code _total} */
  public void counter(String name, String help, double value, String... labels) {
    family(CounterSnapshot.Builder.class, without(TOTAL, name), help, n -> CounterSnapshot.builder())
        .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder().value(value).labels(Labels.of(labels)).build());
  }

  /** A counter of ZooKeeper's, whose names have no suffix. Prometheus calls those untyped; its rates are right. */
  public void zooKeeperCounter(String name, String help, double value) {
    family(UnknownSnapshot.Builder.class, name, help, n -> UnknownSnapshot.builder())
        .dataPoint(UnknownSnapshot.UnknownDataPointSnapshot.builder().value(value).build());
  }

  /** @param name with its suffix {@code _info}; all that there is to say is in the labels */
  public void info(String name, String help, String... labels) {
    family(InfoSnapshot.Builder.class, without(INFO, name), help, n -> InfoSnapshot.builder())
        .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(Labels.of(labels)).build());
  }

  /** A histogram in seconds of what was counted in nanoseconds. */
  public void seconds(String name, String help, Counts nanos, String... labels) {
    histogram(name, help, nanos, NANOS_PER_SECOND, labels);
  }

  /** A histogram of numbers or bytes. */
  public void sizes(String name, String help, Counts counts, String... labels) {
    histogram(name, help, counts, 1, labels);
  }

  private void histogram(String name, String help, Counts counts, double unit, String... labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    int from = 0;
    for (int at : counts.bounds().served()) {
      buckets.bucket(counts.bounds().get(at) / unit, counts.between(from, at + 1));
      from = at + 1;
    }
    buckets.bucket(Double.POSITIVE_INFINITY, counts.between(from, counts.bounds().size() + 1));
    family(HistogramSnapshot.Builder.class, name, help, n -> HistogramSnapshot.builder())
        .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
            .classicHistogramBuckets(buckets.build())
            .sum(counts.sum() / unit)
            .labels(Labels.of(labels))
            .build());
  }

  /** A summary of ZooKeeper's with the quantile that its basic ones have, in its milliseconds. */
  public void zooKeeperMillis(String name, String help, Counts allNanos, Recent recent) {
    summary(name, help, allNanos, recent, NANOS_PER_MILLI, QUANTILES_OF_BASIC);
  }

  /** The same with the quantiles of its advanced ones. */
  public void zooKeeperMillisAdvanced(String name, String help, Counts allNanos, Recent recent) {
    summary(name, help, allNanos, recent, NANOS_PER_MILLI, QUANTILES_OF_ADVANCED);
  }

  /** A basic summary of ZooKeeper's that is of numbers. */
  public void zooKeeperSizes(String name, String help, Counts all, Recent recent) {
    summary(name, help, all, recent, 1, QUANTILES_OF_BASIC);
  }

  private void summary(String name, String help, Counts all, Recent recent, double unit, double... parts) {
    Counts late = recent.of(all);
    Quantiles.Builder quantiles = Quantiles.builder();
    for (double part : parts) {
      quantiles.quantile(part, late.quantile(part) / unit);
    }
    family(SummarySnapshot.Builder.class, name, help, n -> SummarySnapshot.builder())
        .dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
            .quantiles(quantiles.build())
            .count(all.total())
            .sum(all.sum() / unit)
            .build());
  }

  private <B extends MetricSnapshot.Builder<?>> B family(
      Class<B> kind, String name, String help, Function<String, B> first) {
    return kind.cast(families.computeIfAbsent(name, n -> {
      B builder = first.apply(n);
      builder.name(n).help(help);
      return builder;
    }));
  }

  private static String without(String suffix, String name) {
    if (!name.endsWith(suffix)) {
      throw new IllegalArgumentException(name + " has to end with " + suffix);
    }
    return name.substring(0, name.length() - suffix.length());
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    families.values().forEach(family -> all.metricSnapshot(family.build()));
    return all.build();
  }
}
