package troupe.metrics;

/** How long something takes, once as it is served in ZooKeeper's name and once in ours. */
final class Timing {
  private final Distribution nanos = Distribution.ofTimes();
  private final Recent recent = new Recent();

  void record(long took) {
    nanos.record(took);
  }

  Counts counts() {
    return nanos.counts();
  }

  Recent recent() {
    return recent;
  }
}
