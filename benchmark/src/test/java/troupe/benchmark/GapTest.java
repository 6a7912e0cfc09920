package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GapTest {
  private final Gap gap = new Gap();

  @Test
  void theLongestGapIsAsLongAsTheTimeBetweenTheSuccessesAroundIt() {
    gap.success();
    gap.begin();
    long started = System.nanoTime();
    assertFalse(wait(1), "nothing has succeeded");
    Duration silence = Duration.ofNanos(System.nanoTime() - started);
    gap.success();
    gap.success();
    assertTrue(gap.longest().compareTo(silence) >= 0, gap.longest() + " of " + silence);
    gap.begin();
    assertEquals(Duration.ZERO, gap.longest());
  }

  @Test
  void successesAreCountedFromTheBeginning() {
    gap.success();
    gap.begin();
    gap.success();
    assertFalse(wait(2));
    gap.success();
    assertTrue(wait(2));
  }

  private boolean wait(int successes) {
    try {
      return gap.awaitSuccesses(successes, Duration.ofMillis(20));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
