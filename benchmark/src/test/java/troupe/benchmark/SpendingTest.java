package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpendingTest {
  @Test
  void whatWasSpentInBetweenIsTheDifference() {
    assertEquals(spending(10, 20, 35, 1_000), spending(110, 220, 335, 3_000).since(spending(100, 200, 300, 2_000)));
  }

  @Test
  void othersSpentWhatIsLeftAndNeverLessThanNothing() {
    assertEquals(Duration.ofMillis(5), spending(10, 20, 35, 0).others());
    assertEquals(Duration.ZERO, spending(10, 20, 25, 0).others());
  }

  private static Spending spending(long server, long client, long machine, long writtenBytes) {
    return new Spending(Duration.ofMillis(server), Duration.ofMillis(client), Duration.ofMillis(machine), writtenBytes);
  }
}
