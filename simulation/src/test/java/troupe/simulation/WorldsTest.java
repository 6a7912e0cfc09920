package troupe.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worlds with everything going wrong. */
class WorldsTest {
  private static final int SEEDS = 250;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @BeforeAll
  static void collectLogs() {
    Logs.collect(false);
  }

  private static World.Result run(long seed) {
    try (Turns turns = new Turns()) {
      return new World(seed).run(turns);
    }
  }

  private static void expectNothingWrong(long seed) {
    run(seed).failure().ifPresent(failure -> {
      throw new AssertionError("bin/troupe simulate --replay " + seed, failure);
    });
  }

  @Test
  void worldsAreSound() throws InterruptedException {
    List<String> failures = new ArrayList<>();
    Hunt hunt = new Hunt(1, SEEDS, Duration.ofMinutes(10), false, result ->
        failures.add("seed " + result.seed() + ": " + result.failure().orElseThrow()));
    hunt.run(PROCESSORS);
    System.out.print(hunt.summary());
    assertEquals(List.of(), failures);
  }

  /**
   * Worlds that are known to find something: each of these seeds has met the bug when it was put into the sources
   * ({@link MutationsTest}). They lose their meaning when the world changes, and are drawn anew then.
   */
  @ParameterizedTest
  @CsvSource({
    "2, a notice changes places with a transaction",
    "3, what was given up is kept in memory (ZOOKEEPER-2845)",
    "4, the state before the event",
    "7, clients let in before what was committed is applied (ZOOKEEPER-3023)",
    "32, sessions end early",
    "34, a received snapshot counts before it is on the disk (ZOOKEEPER-3642)",
  })
  void worldsThatAreKnownToFindBugsAreSound(long seed, String bug) {
    expectNothingWrong(seed);
  }
}
