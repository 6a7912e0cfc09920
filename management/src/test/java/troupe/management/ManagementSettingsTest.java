package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class ManagementSettingsTest {
  private static ManagementSettings from(int port) {
    return ManagementSettings.from(
        ConfigFactory.parseString("enabled = true, host = \"127.0.0.1\", port = " + port));
  }

  @Test
  void theSettingsAreThoseOfTheFile() {
    assertEquals(new ManagementSettings(true, "127.0.0.1", 65535), from(65535));
  }

  @Test
  void aPortThatIsNoneIsRefusedByName() {
    for (int port : new int[] {-1, 65536}) {
      assertEquals("troupe.management.port is " + port + ", it has to be 0 to 65535",
          assertThrows(IllegalArgumentException.class, () -> from(port)).getMessage());
    }
  }
}
