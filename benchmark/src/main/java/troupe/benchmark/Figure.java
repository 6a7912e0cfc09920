package troupe.benchmark;

/** What is measured, in the order in which it is printed. More is better for the throughput alone. */
enum Figure {
  OPERATIONS_PER_SECOND("throughput", "op/s"),
  P50_MICROS("latency p50", "us"),
  P99_MICROS("latency p99", "us"),
  P999_MICROS("latency p99.9", "us"),
  CPU_MICROS_PER_OPERATION("server CPU per operation", "us"),
  WRITTEN_BYTES_PER_OPERATION("written per operation", "bytes"),
  /** Processor time used by neither the server nor the benchmark: says how far to trust the rest. */
  OTHERS_PERCENT("other work on the machine", "%"),
  /** From the start of the process on an empty data directory until a create is acknowledged. */
  FIRST_WRITE_MILLIS("first write after", "ms"),
  /** From the start of the process on a full data directory until a read and a write are answered. */
  RECOVERED_MILLIS("read and write after", "ms"),
  /** From the kill of a leader until a session that is new to a follower has written. */
  UNAVAILABLE_MILLIS("new session's write after", "ms"),
  /** Between two acknowledged writes, of whatever sessions. */
  NO_WRITE_MILLIS("nobody's write for", "ms"),
  /** Between two acknowledged writes of a session whose server was not killed; the median of these sessions. */
  NO_OWN_WRITE_MILLIS("a session's write for", "ms"),
  /** All processor time of the process, from its start. */
  CPU_MILLIS("server CPU until then", "ms"),
  HEAP_BYTES_PER_ZNODE("heap per znode", "bytes"),
  DISK_BYTES_PER_ZNODE("disk per znode", "bytes"),
  RESIDENT_MIB("server RSS", "MiB"),
  HEAP_MIB("live heap after GC", "MiB"),
  DISK_MIB("data directory", "MiB");

  private final String title;
  private final String unit;

  Figure(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  String title() {
    return title;
  }

  String unit() {
    return unit;
  }
}
