package troupe.benchmark;

import java.time.Duration;

/** Something that keeps a server busy, with sessions of its own. */
sealed interface Load extends AutoCloseable permits RequestLoad, WatchLoad, SessionLoad {
  /** Decimal digits to which a latency is kept. */
  int LATENCY_DIGITS = 3;

  /** How long after its time a load may take to hear its last answers. */
  Duration GRACE = Duration.ofSeconds(30);

  /**
   * Works for that time, or until it has done as much as it may, and returns once all answers are in.
   *
   * @throws Exception if an operation fails or an answer stays out: such work must not be counted
   */
  Work run(Duration time) throws Exception;

  @Override
  void close();
}
