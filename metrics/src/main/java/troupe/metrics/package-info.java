/**
 * What is counted and timed, and how it is told to Prometheus.
 *
 * <p>Start at {@link troupe.metrics.Metrics}: one for each actor system, with a method for each thing that happens in the
 * rooms where a library of metrics has no business. Rooms above add a {@link troupe.metrics.Source} of their own, which
 * writes into a {@link troupe.metrics.Scrape}. Where values are gathered without locks or garbage:
 * {@link troupe.metrics.Distribution}. What has ZooKeeper's name follows its units and suffixes; ours begin with
 * {@code troupe_} and are in seconds and bytes. All of them are listed in {@code docs/metrics.md}.
 */
package troupe.metrics;
