package troupe.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a failing script down by delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
 * input", 2002): leave out ever smaller parts as long as what is left still fails, in whatever way.
 */
final class DifferentialShrinker {
  private final Path directory;
  private final Instant limit;
  private DifferentialRun smallest;
  private int runs;

  private DifferentialShrinker(DifferentialRun failed, Path directory, Duration patience) {
    smallest = failed;
    this.directory = directory;
    limit = Instant.now().plus(patience);
  }

  /** The smallest failing run found in that time; at worst the one given. */
  static DifferentialRun shrunk(DifferentialRun failed, Path directory, Duration patience) {
    var shrinker = new DifferentialShrinker(failed, directory, patience);
    shrinker.shrink();
    return shrinker.smallest;
  }

  private void shrink() {
    int parts = 2;
    while (parts <= smallest.script().size()) {
      if (leaveOneOut(parts)) {
        parts = Math.max(2, parts - 1);
      } else if (parts == smallest.script().size()) {
        return;
      } else {
        parts = Math.min(2 * parts, smallest.script().size());
      }
      if (Instant.now().isAfter(limit)) {
        return;
      }
    }
  }

  /** Whether the script still fails without one of so many parts of it. The early parts go first: they are setup. */
  private boolean leaveOneOut(int parts) {
    List<DifferentialStep> script = smallest.script();
    for (int part = 0; part < parts && Instant.now().isBefore(limit); part++) {
      var rest = new ArrayList<>(script.subList(0, part * script.size() / parts));
      rest.addAll(script.subList((part + 1) * script.size() / parts, script.size()));
      DifferentialRun run = DifferentialRun.of(rest, directory.resolve("shrink" + runs++));
      if (run.mismatch().isPresent()) {
        smallest = run;
        return true;
      }
    }
    return false;
  }
}
