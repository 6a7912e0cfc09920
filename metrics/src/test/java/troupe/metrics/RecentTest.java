package troupe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentTest {
  private final AtomicLong clock = new AtomicLong(-50);
  private final Distribution values = Distribution.ofSizes();
  private final Recent recent = new Recent(clock::get);

  private long seen() {
    return recent.of(values.counts()).total();
  }

  @Test
  void whatIsNewIsSeenAtOnceAndForgottenAfterTenMinutes() {
    values.record(5);
    assertEquals(1, seen());
    values.record(5);
    assertEquals(2, seen());
    for (int minute = 1; minute <= 7; minute++) {
      clock.addAndGet(Duration.ofMinutes(1).toNanos());
      assertEquals(2, seen(), "after " + minute + " minutes");
    }
    for (int minute = 8; minute <= 20; minute++) {
      clock.addAndGet(Duration.ofMinutes(1).toNanos());
      seen();
    }
    assertEquals(0, seen());
    values.record(5);
    assertEquals(1, seen());
  }

  @Test
  void whoAsksSeldomLosesNothing() {
    assertEquals(0, seen());
    values.record(5);
    clock.addAndGet(Duration.ofHours(3).toNanos());
    assertEquals(1, seen());
  }
}
