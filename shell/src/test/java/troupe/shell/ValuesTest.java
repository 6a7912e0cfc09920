package troupe.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class ValuesTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void dataIsTextOnlyIfATerminalCanShowIt() {
    assertEquals("größer\n\tals", Values.data(bytes("größer\n\tals")));
    assertEquals("null", Values.data(null));
    assertEquals("", Values.data(new byte[0]));
    assertEquals(Optional.empty(), Values.text(bytes("\u001b[2J")), "it would clear the screen");
    assertEquals(Optional.empty(), Values.text(new byte[] {(byte) 0xff, 'a'}));
    assertTrue(Values.data(new byte[] {0, 'a'}).contains("|00000000| 00 61 "), Values.data(new byte[] {0, 'a'}));
  }

  @Test
  void anAclIsReadAsItIsWrittenElsewhere() {
    assertEquals(
        List.of(
            new ACL(Perms.ALL, new Id("world", "anyone")),
            new ACL(Perms.READ | Perms.WRITE, new Id("digest", "anna:hash=")),
            new ACL(Perms.ADMIN, new Id("auth", ""))),
        Values.acl("world:anyone:cdrwa,digest:anna:hash=:rw,auth::a"));
    assertEquals("'digest,'anna:hash=\n: rw",
        Values.acl(List.of(new ACL(Perms.READ | Perms.WRITE, new Id("digest", "anna:hash=")))));
  }

  @Test
  void whatIsNoAclIsRefusedAsAWhole() {
    for (String wrong : List.of("", "world", "world:anyone", ":a:r", "world:anyone:x", "world:anyone:",
        "world:anyone:r,oops")) {
      assertThrows(WrongInput.class, () -> Values.acl(wrong), wrong);
    }
  }

  @Test
  void anIdCannotCommandTheTerminal() {
    assertEquals("'ip,'?[2J\n: r", Values.acl(List.of(new ACL(Perms.READ, new Id("ip", "\u001b[2J")))));
  }

  @Test
  void durationsHaveUnitsAndMereNumbersAreMilliseconds() {
    Durations durations = new Durations();
    assertEquals(Duration.ofSeconds(30), durations.convert("30s"));
    assertEquals(Duration.ofMinutes(2), durations.convert("2m"));
    assertEquals(Duration.ofMillis(500), durations.convert("500ms"));
    assertEquals(Duration.ofMillis(5000), durations.convert("5000"));
    assertEquals("5 s", Durations.text(Duration.ofMillis(5000)));
    assertEquals("1500 ms", Durations.text(Duration.ofMillis(1500)));
    for (String wrong : List.of("", "0", "0s", "-1", "1h", "s", "99999999m", "1.5s")) {
      assertThrows(TypeConversionException.class, () -> durations.convert(wrong), wrong);
    }
  }
}
