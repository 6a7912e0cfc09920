package troupe.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import troupe.conformance.EnsembleFault.Struck;
import troupe.conformance.EnsembleTrial.Report;

/**
 * Faults of all kinds, drawn by chance, for as long as {@code ensemble.minutes} says; some strike when the one before
 * is hardly over. {@code bin/soak ensemble} runs it. {@code ensemble.seed} draws the same faults and requests again
 * (the moments at which they meet are the machine's); {@code ensemble.faults} is a regular expression for names of
 * those to draw from.
 */
@EnabledIfSystemProperty(named = "ensemble.minutes", matches = "\\d+")
class EnsembleSoakTest {
  private static final int SERVERS = Integer.getInteger("ensemble.servers", 3);

  private static final String FAULTS = System.getProperty("ensemble.faults", ".*");

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(SERVERS, 0);

  private final Map<String, List<Report>> reports = new TreeMap<>();

  @Test
  void promisesAreKeptForALongTime() throws Exception {
    long seed = Long.getLong("ensemble.seed", System.nanoTime());
    System.out.println("ensemble.seed=" + seed);
    var random = new SplittableRandom(seed);
    EnsembleUnderTest servers = ensemble.servers();
    List<EnsembleFault> faults =
        Stream.of(EnsembleFault.values())
        .filter(fault -> fault.isPermitted(servers) && fault.name().matches(FAULTS))
        .toList();
    long end = System.nanoTime() + Duration.ofMinutes(Integer.getInteger("ensemble.minutes")).toNanos();
    try {
      for (int number = 1; System.nanoTime() < end; number++) {
        EnsembleFault fault = faults.get(random.nextInt(faults.size()));
        // a second blow comes before those who were away are back, whatever is going on then
        boolean twice = random.nextInt(4) == 0;
        String name = fault + (twice ? ", then all killed" : "");
        System.out.printf("%4d %s: ", number, name);
        Report report = trial(fault, twice, "soak-" + number, random.split());
        System.out.println(report);
        reports.computeIfAbsent(name, kind -> new ArrayList<>()).add(report);
      }
    } finally {
      System.out.print(summary());
    }
  }

  private static Report trial(EnsembleFault fault, boolean twice, String name, SplittableRandom random)
      throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    try (EnsembleTrial trial = EnsembleTrial.begin(servers, name, random.nextLong())) {
      trial.awaitWrites(random.nextInt(20, 2_000));
      Struck struck = fault.strike(servers);
      trial.awaitWrites(random.nextInt(1, 1_000));
      struck.end();
      if (twice) {
        EnsembleFault.ALL_KILLED.strike(servers);
      }
      servers.awaitServing();
      trial.awaitWrites(random.nextInt(1, 1_000));
      Report report = trial.judge();
      report.unanswered().forEach(System.out::println);
      if (!report.unanswered().isEmpty()) {
        System.out.println(trial.connections());
      }
      return report;
    }
  }

  /** What happened, how often, and for how long nothing could be written. A violation has ended the test before. */
  private String summary() {
    var summary = new StringBuilder("%n%-36s %6s %10s %8s %22s %12s %16s%n".formatted(
        "fault", "times", "answers", "lost", "no write, ms: median", "longest", "no answer, ms"));
    reports.forEach((fault, all) -> {
      List<Long> gaps = all.stream().map(report -> report.longestGap().toMillis()).sorted().toList();
      summary.append("%-36s %6d %10d %8d %22d %12d %16d%n".formatted(
          fault, all.size(), all.stream().mapToLong(Report::answers).sum(), all.stream().mapToLong(Report::lost).sum(),
          gaps.get(gaps.size() / 2), gaps.getLast(),
          all.stream().mapToLong(report -> report.longestSilence().toMillis()).max().orElseThrow()));
    });
    return summary.append("stale reads after a sync: %d%n".formatted(
        reports.values().stream().flatMap(List::stream).mapToInt(Report::staleReads).sum())).toString();
  }
}
