package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What people read at three in the morning: do the commands, settings, places and words in it exist? */
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path GUIDE = ROOT.resolve("docs/operations.md");
  private static final Path ALERTS = ROOT.resolve("ops/prometheus-alerts.yml");

  /** Names of loggers that look like settings. */
  private static final Set<String> LOGGERS = Set.of("audit");

  private static final Pattern COMMAND = Pattern.compile("bin/troupe ([a-z][^`\\n|)]*)");
  private static final Pattern OPTION = Pattern.compile("(?<=\\s)--[a-z][a-z-]*");
  private static final Pattern SETTING = Pattern.compile("`troupe\\.([a-z]+(?:[.-][a-z]+)*)`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");
  private static final Pattern NOT_SERVING = Pattern.compile("[nN]otServing\\(\"([^\"]+)\"");

  @Test
  void everyCommandThatIsQuotedExistsWithItsOptions() {
    List<String> wrong = new ArrayList<>();
    for (Path document : documents()) {
      for (MatchResult quoted : find(COMMAND, read(document))) {
        String line = quoted.group(1);
        if (!line.startsWith("simulate")) { // a program of its own
          fault(line).ifPresent(fault -> wrong.add(document + ": bin/troupe " + line + ": " + fault));
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static Optional<String> fault(String line) {
    CommandLine command = Troupe.commandLine(settings -> {});
    for (String word : line.split("\\s+")) {
      CommandLine next = command.getSubcommands().get(word.replaceAll("\\W+$", ""));
      if (next == null) {
        break;
      }
      command = next;
    }
    CommandSpec found = command.getCommandSpec();
    if (found.parent() == null) {
      return Optional.of("there is no such command");
    }
    return find(OPTION, " " + line).stream()
        .map(MatchResult::group)
        .filter(option -> found.findOption(option) == null)
        .findFirst()
        .map(option -> "there is no option " + option);
  }

  @Test
  void everySettingThatIsNamedExists() {
    Config settings = ConfigFactory.load();
    Set<String> wrong = new TreeSet<>();
    for (Path document : documents()) {
      for (MatchResult named : find(SETTING, read(document))) {
        if (!LOGGERS.contains(named.group(1)) && !settings.hasPathOrNull("troupe." + named.group(1))) {
          wrong.add(document + ": troupe." + named.group(1));
        }
      }
    }
    assertEquals(Set.of(), wrong);
  }

  @Test
  void everyLinkOfTheGuideLeadsSomewhere() {
    Set<String> wrong = new TreeSet<>();
    for (MatchResult link : find(LINK, read(GUIDE))) {
      Path target = link.group(1).isEmpty() ? GUIDE : GUIDE.resolveSibling(link.group(1));
      boolean leads = Files.exists(target)
          && (link.group(2) == null || anchors(read(target)).contains(link.group(2)));
      if (!leads) {
        wrong.add(link.group());
      }
    }
    assertEquals(Set.of(), wrong);
  }

  @Test
  void everyAlertHasItsSection() {
    assumeTrue(Files.exists(ALERTS), "there are no alerts");
    Set<String> alerts = find(Pattern.compile("(?m)^\\s*- alert: (\\w+)$"), read(ALERTS)).stream()
        .map(alert -> alert.group(1).toLowerCase(Locale.ROOT)).collect(Collectors.toCollection(TreeSet::new));
    Set<String> sections = anchors(read(GUIDE)).stream()
        .filter(anchor -> anchor.startsWith("troupe")).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(alerts, sections);
  }

  @Test
  void everyReasonNotToServeIsExplained() throws IOException {
    String guide = read(GUIDE);
    try (Stream<Path> sources = Files.walk(ROOT.resolve("actors/src/main"))) {
      List<MatchResult> reasons = sources.filter(Files::isRegularFile)
          .flatMap(source -> find(NOT_SERVING, read(source)).stream()).toList();
      assertTrue(reasons.size() > 4, "only " + reasons.size() + " reasons are found in the sources");
      for (MatchResult reason : reasons) {
        if (!reason.group(1).endsWith(" ")) { // those that end so go on with a number
          assertTrue(guide.contains("`" + reason.group(1) + "`"), reason.group(1));
        }
      }
    }
  }

  private static List<Path> documents() {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (Path directory : List.of(ROOT.resolve("docs"), ROOT.resolve("ops"))) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return documents;
  }

  /** As GitHub makes them from headings. */
  private static Set<String> anchors(String document) {
    Set<String> anchors = new HashSet<>();
    for (MatchResult heading : find(HEADING, document)) {
      anchors.add(heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'));
    }
    return anchors;
  }

  private static List<MatchResult> find(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
