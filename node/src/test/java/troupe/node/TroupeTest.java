package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TroupeTest {
  private final List<Config> started = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path dir;

  @Test
  void startRunsANodeWithTheSettingsGiven() throws IOException {
    Path file = Files.writeString(dir.resolve("my.conf"), "troupe.client.port = 1");
    assertEquals(0, execute("start", file.toString(), "-Dtroupe.tick=1s", "-Dtroupe.tree.super-digest=super:a=b="));
    assertEquals(1, started.getFirst().getInt("troupe.client.port"));
    assertEquals("1s", started.getFirst().getString("troupe.tick"));
    assertEquals("super:a=b=", started.getFirst().getString("troupe.tree.super-digest"));
  }

  @Test
  void aTypoEndsStartWithOneLineAndCodeTwo() {
    assertEquals(2, execute("start", "-Dtroupe.client.prot=1"));
    assertEquals("troupe: command line: there is no setting troupe.client.prot; the nearest is troupe.client.port\n",
        err.toString());
    assertEquals(List.of(), started);
  }

  @Test
  void anUnknownLogLevelIsRefused() {
    assertEquals(2, execute("start", "-Dtroupe.log-level=LOUD"));
    assertEquals("troupe: troupe.log-level = LOUD: ERROR, WARN, INFO, DEBUG or TRACE is needed\n", err.toString());
  }

  @Test
  void anUnknownLogFormatIsRefused() {
    assertEquals(2, execute("start", "-Dtroupe.log-format=xml"));
    assertEquals("troupe: troupe.log-format = xml: text or json is needed\n", err.toString());
  }

  @Test
  void aValueThatTheNodeFindsOutOfRangeIsOneLineToo() {
    NodeRunner picky = config -> {
      throw new ConfigException.BadValue(config.getValue("troupe.tick").origin(), "troupe.tick", "too long");
    };
    assertEquals(2, execute(picky, "start", "-Dtroupe.tick=9h"));
    assertEquals("troupe: command line: Invalid value at 'troupe.tick': too long\n", err.toString());
  }

  @Test
  void aBugShowsItsStackTraceAndIsCodeOne() {
    NodeRunner broken = config -> {
      throw new IllegalStateException("broken promise");
    };
    assertEquals(1, execute(broken, "start"));
    String expected = "IllegalStateException: broken promise\n\tat troupe.node.TroupeTest";
    assertTrue(err.toString().contains(expected), err::toString);
  }

  @Test
  void versionNamesTroupeJavaAndPekko() {
    assertEquals(0, execute("version"));
    List<String> lines = out.toString().lines().toList();
    assertTrue(lines.get(0).matches("Troupe \\d+\\.\\d+\\.\\d+.*"), lines::toString);
    assertTrue(lines.get(1).startsWith("Java " + Runtime.version().feature()), lines::toString);
    assertTrue(lines.get(2).matches("Pekko \\d+\\.\\d+\\.\\d+"), lines::toString);
  }

  @Test
  void helpShowsTheCommandsButNotTheRehearsal() {
    assertEquals(0, execute("--help"));
    String help = out.toString();
    assertTrue(help.matches("(?s).* start +Run one server.* backup +Save the newest state.*"), help);
    assertTrue(help.contains("Examples:"), help);
    assertTrue(!help.contains("rehearse"), help);
  }

  @Test
  void whatStartDoesNotUnderstandIsOneLine() {
    assertEquals(2, execute("start", "--loud"));
    assertEquals("troupe: Unknown option: '--loud'; 'troupe start --help' tells more\n", err.toString());
  }

  @Test
  void withoutACommandTheHelpIsShownAndTheCodeIsTwo() {
    assertEquals(2, execute());
    assertTrue(err.toString().contains("Usage: troupe"), err::toString);
  }

  private int execute(String... args) {
    return execute(started::add, args);
  }

  private int execute(NodeRunner runner, String... args) {
    CommandLine commandLine = Troupe.commandLine(runner);
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(args);
  }
}
