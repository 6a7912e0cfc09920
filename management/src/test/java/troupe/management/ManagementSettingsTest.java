package troupe.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManagementSettingsTest {
  private static ManagementSettings from(String more) {
    return ManagementSettings.from(ConfigFactory.parseString(more).withFallback(ConfigFactory.parseString("""
        enabled = true, host = "127.0.0.1", port = 1, open-reading = true, credentials = []
        tls { key-store = "", key-store-password = "" }
        slow-threshold = 100ms
        """)));
  }

  private static String refusal(String more) {
    return assertThrows(IllegalArgumentException.class, () -> from(more)).getMessage();
  }

  @Test
  void theSettingsAreThoseOfTheFile() {
    assertEquals(
        new ManagementSettings(true, "127.0.0.1", 65535, true, List.of(), Optional.empty(), Duration.ofMillis(100)),
        from("port = 65535"));
  }

  @Test
  void aPortThatIsNoneIsRefusedByName() {
    for (int port : new int[] {-1, 65536}) {
      assertEquals("troupe.management.port is " + port + ", it has to be 0 to 65535", refusal("port = " + port));
    }
  }

  @Test
  void anAccountThatMakesNoSenseIsRefusedWithoutItsSecret() {
    String example = ". An entry looks like {user = ops, password = \"...\", rights = [read, act]};"
        + " 'bin/troupe credential' makes one";
    assertEquals("troupe.management.credentials: user ops needs either a password or a token" + example,
        refusal("credentials = [{user = ops, rights = []}]"));
    String plain = refusal("credentials = [{user = ops, password = swordfish, rights = [act]}]");
    assertFalse(plain.contains("swordfish"), plain);
    String token = Credential.ofToken("t").encoded();
    assertEquals("troupe.management.credentials: user ops: a right is read or act, not everything" + example,
        refusal("credentials = [{user = ops, token = \"" + token + "\", rights = [everything]}]"));
  }

  @Test
  void aKeyStoreThatCannotBeReadIsRefusedByName() {
    String message = assertThrows(IllegalArgumentException.class, () ->
        Management.check(from("tls { key-store = \"/none.p12\", key-store-password = secret }"))).getMessage();
    assertTrue(message.startsWith("troupe.management.tls.key-store = /none.p12: there is no such file"), message);
    assertFalse(message.contains("secret"), message);
  }
}
