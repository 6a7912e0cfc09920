package troupe.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Measures every section on every server, round by round, and tells how it goes. */
final class Comparison {
  /** What starting a server, connecting to it and reading its heap add to the loads, roughly; for the estimate only. */
  private static final Duration AROUND_A_SECTION = Duration.ofSeconds(4);

  private static final int FIGURES_IN_SUMMARY = 5;

  private final Launcher launcher;
  private final List<Product> products;
  private final List<Section> sections;
  private final Settings settings;
  private final PrintStream out;
  private final Machine machine;
  private final List<Result> results = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  Comparison(
      Launcher launcher, List<Product> products, List<Section> sections, Settings settings, PrintStream out)
      throws IOException {
    this.launcher = launcher;
    this.products = List.copyOf(products);
    this.sections = List.copyOf(sections);
    this.settings = settings;
    this.out = out;
    this.machine = Machine.here(launcher.root());
  }

  /** A section that fails is told and left out; the others go on. */
  void run() throws IOException, InterruptedException {
    introduce();
    int rounds = settings.rounds();
    for (int round = 1; round <= rounds; round++) {
      List<Product> order = round % 2 == 1 ? products : products.reversed();
      for (Section section : sections) {
        out.printf(Locale.ROOT, "%nround %d of %d: %s%n", round, rounds, section.title());
        for (Product product : order) {
          measure(round, section, product);
        }
      }
    }
    out.print(new Report(results).text());
    out.printf(Locale.ROOT, """

        Medians of %d round(s); the ratio is the median of the rounds' ratios, with the smallest and the largest.
        More is better for throughput, less is better for all else. Only ratios and medians are to be quoted, and
        with the machine: single figures and differences within the range of the rounds are noise.
        """, rounds);
    failures.forEach(failure -> out.println("FAILED: " + failure));
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Every figure of every round, and where they come from. */
  void write(Path json) throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("machine", machine);
    content.put("commands", launcher.commands().lines());
    content.put("memberCommands", launcher.commands().memberLines());
    content.put("javaOptions", launcher.commands().javaOptions());
    content.put("results", results);
    content.put("failures", failures);
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), content);
  }

  private void introduce() throws IOException, InterruptedException {
    out.println(machine.describe());
    Duration section = settings.warmUp().plus(settings.measured()).plus(AROUND_A_SECTION);
    out.printf(Locale.ROOT, "rounds: %d, sections: %d, minutes: about %d%n", settings.rounds(), sections.size(),
        section.multipliedBy((long) settings.rounds() * sections.size() * products.size()).toMinutes() + 1);
    for (Product product : products) {
      // Unmeasured: the first start of each would otherwise pay for reading its jars from the disk.
      try (Installation installation = launcher.install(product);
          Server server = installation.startUnmeasured(); BareSession session = server.whenServing()) {
        out.printf(Locale.ROOT, "%s: %s, %s%n", product, server.jvm(), launcher.commands().javaOptions());
      }
      launcher.awaitHelpers();
    }
  }

  private void measure(int round, Section section, Product product) throws IOException, InterruptedException {
    try (Installation installation = launcher.install(product)) {
      try {
        Result result = new Result(round, section.title(), product, section.measure(installation, settings));
        results.add(result);
        out.printf(Locale.ROOT, "  %-10s %s%n", product, summary(result));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        failures.add("round " + round + ", " + section.title() + ", " + product + ": " + e);
        out.printf(Locale.ROOT, "  %-10s failed: %s%s%n", product, e, installation.lastWords());
      }
    }
  }

  private static String summary(Result result) {
    return result.figures().entrySet().stream()
        .limit(FIGURES_IN_SUMMARY)
        .map(figure -> figure.getKey().title() + " " + Report.number(figure.getValue()) + " " + figure.getKey().unit())
        .collect(Collectors.joining(", "));
  }
}
