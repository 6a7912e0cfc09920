package troupe.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
    cut();
    if (fails(smallest.script().stream().flatMap(DifferentialShrinker::singly).toList())) {
      cut();
    }
  }

  /** Requests that were sent in one segment, each on its own. */
  private static Stream<DifferentialStep> singly(DifferentialStep step) {
    return step instanceof DifferentialStep.Ask(int slot, List<DifferentialRequest> requests)
        ? requests.stream().map(request -> DifferentialStep.ask(slot, request))
        : Stream.of(step);
  }

  private void cut() {
    int parts = 2;
    while (parts <= smallest.script().size()) {
      if (leaveOneOut(parts)) {
        parts = Math.max(2, parts - 1);
      } else if (parts == smallest.script().size()) {
        return;
      } else {
        parts = Math.min(2 * parts, smallest.script().size());
      }
    }
  }

  /** Whether the script still fails without one of so many parts of it. The early parts go first: they are setup. */
  private boolean leaveOneOut(int parts) {
    List<DifferentialStep> script = smallest.script();
    for (int part = 0; part < parts; part++) {
      var rest = new ArrayList<>(script.subList(0, part * script.size() / parts));
      rest.addAll(script.subList((part + 1) * script.size() / parts, script.size()));
      if (fails(rest)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the script fails, in which case it is the smallest now. Once time is up, nothing does. */
  private boolean fails(List<DifferentialStep> script) {
    if (Instant.now().isAfter(limit)) {
      return false;
    }
    DifferentialRun run = DifferentialRun.of(script, directory.resolve("shrink" + runs++));
    if (run.mismatch().isEmpty()) {
      return false;
    }
    smallest = run;
    return true;
  }
}
