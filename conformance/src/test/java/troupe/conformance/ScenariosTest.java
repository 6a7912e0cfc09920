package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that {@code docs/scenarios.md} promises are there. */
class ScenariosTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
  private static final Pattern MUTATION = Pattern.compile("mutation \"([^\"]+)\"");

  @Test
  void everyTestAndMutationThatIsNamedExists() throws IOException {
    String page = Files.readString(ROOT.resolve("docs").resolve("scenarios.md"));
    List<String> missing = new ArrayList<>();
    List<MatchResult> tests = TEST.matcher(page).results().toList();
    for (MatchResult test : tests) {
      if (!source(test.group(1)).contains("void " + test.group(2) + "(")) {
        missing.add(test.group());
      }
    }
    String mutations = source("MutationsTest");
    MUTATION.matcher(page).results().filter(mutation -> !mutations.contains("\"" + mutation.group(1)))
        .forEach(mutation -> missing.add(mutation.group()));
    assertTrue(tests.size() > 30, "the page has changed its form");
    assertEquals(List.of(), missing);
  }

  private static String source(String test) throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        Path tests = module.resolve("src/test/java/troupe").resolve(module.getFileName()).resolve(test + ".java");
        if (Files.exists(tests)) {
          return Files.readString(tests);
        }
      }
    }
    return "";
  }
}
