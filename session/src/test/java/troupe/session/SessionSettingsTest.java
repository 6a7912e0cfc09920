package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionSettingsTest {
  private static SessionSettings from(String text) {
    return SessionSettings.from(ConfigFactory.parseString(text)
        .withFallback(ConfigFactory.parseString(
            "tick = 2s, session { min-timeout = 0s, max-timeout = 0s }, client.unread-limit = 64MiB")));
  }

  @Test
  void aTimeoutIsMovedBetweenTwoAndTwentyTicks() {
    SessionSettings settings = from("");
    assertEquals(4_000, settings.negotiate(-1));
    assertEquals(4_001, settings.negotiate(4_001));
    assertEquals(40_000, settings.negotiate(Integer.MAX_VALUE));
    assertEquals(Duration.ofMillis(500), settings.beat());
  }

  @Test
  void theRangeCanBeSet() {
    SessionSettings settings = from("session { min-timeout = 1s, max-timeout = 90s }");
    assertEquals(1_000, settings.negotiate(0));
    assertEquals(90_000, settings.negotiate(100_000));
  }

  @Test
  void aRangeThatIsNoneAndATickOfNothingAreRefusedByName() {
    assertMessage("troupe.session.min-timeout", "session { min-timeout = 41s }");
    assertMessage("troupe.tick", "tick = 0s");
  }

  private static void assertMessage(String key, String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> from(text)).getMessage();
    assertTrue(message.contains(key), message);
  }
}
