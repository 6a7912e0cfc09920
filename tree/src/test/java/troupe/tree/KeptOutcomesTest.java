package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class KeptOutcomesTest {
  private static KeptOutcomes.Kept kept(long zxid) {
    return new KeptOutcomes.Kept(zxid, new Outcome.Deleted());
  }

  private static List<Integer> numbers(KeptOutcomes outcomes) {
    List<Integer> numbers = new ArrayList<>();
    outcomes.forEach((cxid, kept) -> numbers.add(cxid));
    return numbers;
  }

  @Test
  void whatWasNotHeardOfIsKeptInTheOrderOfWrites() {
    KeptOutcomes outcomes = KeptOutcomes.NONE;
    for (int cxid = 1; cxid <= 9; cxid++) {
      outcomes = outcomes.with(Math.max(0, cxid - 4), cxid, kept(cxid));
    }
    assertEquals(List.of(6, 7, 8, 9), numbers(outcomes));
    assertEquals(9, outcomes.last());
    assertEquals(kept(7), outcomes.get(7).orElseThrow());
  }

  @Test
  void numbersGoOnBelowZero() {
    int first = Integer.MAX_VALUE - 1;
    KeptOutcomes outcomes = KeptOutcomes.NONE
        .with(first - 1, first, kept(1)).with(first - 1, first + 1, kept(2)).with(first, first + 2, kept(3));
    assertEquals(List.of(Integer.MAX_VALUE, Integer.MIN_VALUE), numbers(outcomes));
  }

  /** Whatever a client says of itself: the log is read again by every server. */
  @Test
  void numbersThatMakeNoSenseTakeNoTime() {
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(2), () -> {
      KeptOutcomes outcomes = KeptOutcomes.NONE
          .with(0, 1, kept(1)).with(Integer.MAX_VALUE, 2, kept(2)).with(-2, 3, kept(3));
      assertEquals(3, outcomes.last());
      outcomes = KeptOutcomes.NONE.with(0, 1, kept(1)).with(0, Integer.MIN_VALUE, kept(2)).with(7, 8, kept(3));
      numbers(outcomes);
    });
  }
}
