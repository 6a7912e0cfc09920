package troupe.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import troupe.management.Credential;

class MakeCredentialTest {
  private final InputStream input = System.in;

  @AfterEach
  void giveBack() {
    System.setIn(input);
  }

  private static void type(String text) {
    System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aPasswordBecomesALineOfTheConfiguration() {
    type("gehéim\nmore\n");
    Asked made = Asked.troupe("credential", "--user", "an\"na", "--rights", "read").expect(Tool.FINE);
    Config line = ConfigFactory.parseString("it = " + made.out()).getConfig("it");
    assertEquals("an\"na", line.getString("user"));
    assertEquals(List.of("read"), line.getStringList("rights"));
    assertTrue(Credential.parsePassword(line.getString("password")).accepts("gehéim"));
    assertFalse(made.toString().contains("gehéim"));
  }

  @Test
  void aTokenIsShownOnceAndNotInTheLine() {
    Asked made = Asked.troupe("credential", "--token").expect(Tool.FINE);
    Config line = ConfigFactory.parseString("it = " + made.out()).getConfig("it");
    assertEquals("ops", line.getString("user"));
    assertEquals(List.of("read", "act"), line.getStringList("rights"));
    String token = made.err().strip().substring(made.err().strip().lastIndexOf(' ') + 1);
    assertTrue(Credential.parseToken(line.getString("token")).accepts(token));
    assertFalse(made.out().contains(token));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    for (String empty : List.of("", "\n")) {
      type(empty);
      assertTrue(Asked.troupe("credential").expect(Tool.WRONG).err().contains("the password is empty"));
    }
    type("x\n");
    Asked.troupe("credential", "--rights", "write").expect(Tool.WRONG);
    Asked.troupe("credential", "--user", "a:b").expect(Tool.WRONG);
  }
}
