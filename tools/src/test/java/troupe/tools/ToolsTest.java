package troupe.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What all commands have in common. */
class ToolsTest {
  private static final List<List<String>> COMMANDS = List.of(
      List.of("status"), List.of("backup"), List.of("restore"), List.of("log"), List.of("log", "dump"),
      List.of("log", "verify"), List.of("snapshot"), List.of("snapshot", "dump"), List.of("snapshot", "verify"),
      List.of("snapshot", "compare"), List.of("credential"));

  private static Asked ask(List<String> command, String... arguments) {
    return Asked.troupe(Stream.concat(command.stream(), List.of(arguments).stream())
        .toArray(String[]::new));
  }

  @Test
  void whatIsNotUnderstoodIsOneLineAndCodeTwo() {
    for (List<String> command : COMMANDS) {
      Asked refused = ask(command, "--nonsense").expect(Tool.WRONG);
      assertEquals("", refused.out());
      assertEquals(1, refused.err().lines().count(), refused::toString);
      assertTrue(refused.err().startsWith("troupe: ")
          && refused.err().endsWith("; 'troupe " + String.join(" ", command) + " --help' tells more\n"),
          refused::toString);
    }
    assertTrue(ask(List.of("log")).expect(Tool.WRONG).err().startsWith("troupe: Missing required subcommand"));
    assertTrue(ask(List.of("status", "--output", "xml")).expect(Tool.WRONG).err().contains("--output"));
  }

  @Test
  void everyCommandHasExamplesAndFitsOnAScreen() {
    for (List<String> command : COMMANDS) {
      Asked help = ask(command, "--help").expect(Tool.FINE);
      assertTrue(help.out().contains("Examples:") && help.out().contains("  troupe " + command.getFirst()),
          help::toString);
      assertTrue(help.lines().size() < 45, help::toString);
    }
  }

  @Test
  void theirNamesAreKnown() {
    assertTrue(COMMANDS.stream().map(List::getFirst).allMatch(Tools::has));
    assertTrue(List.of("start", "ensemble", "version", "help", "").stream().noneMatch(Tools::has));
  }
}
