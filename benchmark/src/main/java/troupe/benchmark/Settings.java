package troupe.benchmark;

import java.time.Duration;

/**
 * How hard and how long servers are worked.
 *
 * @param rounds how often everything is measured
 * @param warmUp how long a load runs before it is measured
 * @param measured how long a load is measured
 * @param clients sessions of a load that has many
 * @param window requests that such a session keeps outstanding
 * @param watchers sessions that watch one node
 * @param maxOperations where a load ends before its time; bounds the tree that creates build
 * @param znodes size of the tree that is recovered
 * @param kills of a leader, in each round
 */
record Settings(
    int rounds,
    Duration warmUp,
    Duration measured,
    int clients,
    int window,
    int watchers,
    long maxOperations,
    int znodes,
    int kills) {
  Settings {
    requirePositive(rounds, "--rounds");
    requirePositive(warmUp.toNanos(), "--warm-up");
    requirePositive(measured.toNanos(), "--seconds");
    requirePositive(clients, "--clients");
    requirePositive(window, "--window");
    requirePositive(watchers, "--watchers");
    requirePositive(maxOperations, "--max-operations");
    requirePositive(znodes, "--znodes");
    requirePositive(kills, "--kills");
  }

  private static void requirePositive(long value, String option) {
    if (value <= 0) {
      throw new IllegalArgumentException(option + " must be more than 0");
    }
  }
}
