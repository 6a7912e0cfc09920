package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void nothingToDoIsRefusedByTheOptionsName() {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class,
        () -> new Settings(1, SECOND, SECOND, 1, 0, 1, 1, 1, 1));
    assertEquals("--window must be more than 0", refusal.getMessage());
  }
}
