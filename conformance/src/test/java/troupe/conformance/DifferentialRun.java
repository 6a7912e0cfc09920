package troupe.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One script played to two fresh servers, step by step, up to the first step that they answer differently. */
final class DifferentialRun {
  private static final Pattern ERR = Pattern.compile("reply xid=\\S+ zxid=\\S+ err=(\\S+)");
  private static final Pattern EVENT = Pattern.compile("event type=(\\S+)");

  private final List<Played> played = new ArrayList<>();

  private DifferentialRun() {}

  /** A step and what was heard from each server. */
  record Played(DifferentialStep step, List<String> reference, List<String> subject) {
    boolean differs() {
      return !reference.equals(subject);
    }

    @Override
    public String toString() {
      return differs()
          ? "%s\n    ZooKeeper: %s\n    Troupe:    %s".formatted(step, reference, subject)
          : "%s\n    both: %s".formatted(step, reference);
    }
  }

  /** Plays the script; {@code directory} is where fresh servers may put their data. */
  static DifferentialRun of(List<DifferentialStep> script, Path directory) {
    var run = new DifferentialRun();
    try (var reference = DifferentialServer.reference(directory.resolve("reference"));
        var subject = DifferentialServer.subject(directory.resolve("subject"));
        var left = new DifferentialSide(reference.address());
        var right = new DifferentialSide(subject.address())) {
      // The pings at the end bring in the events that no later answer has pushed out yet.
      Stream<DifferentialStep> last = IntStream.range(0, DifferentialGenerator.SLOTS).mapToObj(DifferentialStep::ping);
      for (DifferentialStep step : Stream.concat(script.stream(), last).toList()) {
        run.played.add(new Played(step, left.perform(step), right.perform(step)));
        if (run.mismatch().isPresent()) {
          return run;
        }
      }
    }
    return run;
  }

  /** The step the two servers differed on, which is the last one played. */
  Optional<Played> mismatch() {
    return Optional.of(played.getLast()).filter(Played::differs);
  }

  /** The steps played, without the closing pings if it came to them. */
  List<DifferentialStep> script() {
    return played.stream().map(Played::step).toList();
  }

  /**
   * How often each kind of request sent alone had each outcome, {@code create -110} for one that found the node
   * existing, and how often each type of event came.
   */
  Map<String, Integer> outcomes() {
    var outcomes = new TreeMap<String, Integer>();
    for (Played one : played) {
      count("event", EVENT, one, outcomes);
      if (one.step() instanceof DifferentialStep.Ask ask && ask.requests().size() == 1) {
        count(DifferentialRequest.name(ask.requests().getFirst().op()), ERR, one, outcomes);
      }
    }
    return outcomes;
  }

  private static void count(String name, Pattern pattern, Played one, Map<String, Integer> outcomes) {
    one.reference().stream()
        .map(pattern::matcher)
        .filter(Matcher::lookingAt)
        .forEach(found -> outcomes.merge(name + " " + found.group(1), 1, Integer::sum));
  }

  /** The last steps, each with its answers. */
  String tail(int length) {
    var text = new StringBuilder();
    played.subList(Math.max(0, played.size() - length), played.size())
        .forEach(one -> text.append("  ").append(one).append('\n'));
    return text.toString();
  }
}
