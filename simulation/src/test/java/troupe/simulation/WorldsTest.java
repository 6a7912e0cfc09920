package troupe.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Worlds with everything going wrong. */
class WorldsTest {
  private static final int SEEDS = 250;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @BeforeAll
  static void collectLogs() {
    Logs.collect(false);
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
}
