package troupe.node;

import com.typesafe.config.Config;

/** What {@code troupe start} hands its settings to: the assembly of one node. */
@FunctionalInterface
interface NodeRunner {
  /**
   * Runs one node and returns once it has stopped.
   *
   * @param config resolved, and checked for unknown {@code troupe} keys and for types; ranges are the reader's to check
   * @throws Refused if a person can mend it, such as a port that is taken
   * @throws com.typesafe.config.ConfigException if a value is out of range; becomes one line as well
   */
  void run(Config config);
}
