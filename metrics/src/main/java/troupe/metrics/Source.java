package troupe.metrics;

/** Has something to tell Prometheus. Asked at each scrape, by any thread; must not wait for anybody. */
@FunctionalInterface
public interface Source {
  /** Writes all that it has as it is now. */
  void tell(Scrape scrape);
}
