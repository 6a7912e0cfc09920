package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays one random script of requests to Apache ZooKeeper and to Troupe and compares all that comes back.
 *
 * <p>System properties: {@code differential.seed} names a script, or {@code random} for a new one,
 * {@code differential.requests} is its length in steps, {@code differential.shrink} the seconds spent on making a failing one shorter, {@code differential.subject}
 * see {@link DifferentialServer}.
 */
class DifferentialTest {
  /** The same script for every build: a build does not fail for what it has not changed. New ones are for looking. */
  private static final String SEED = "1474785626328527397";

  private static final int STEPS = 15_000;
  private static final int SHRINK_SECONDS = 120;
  private static final int TAIL = 20;

  /** From this length on a script that misses one of {@link #OUTCOMES} is the generator's fault, not chance's. */
  private static final int LONG_ENOUGH = 10_000;

  /** What any script of some length must bring about, or it compares less than it claims. */
  private static final List<String> OUTCOMES = List.of(
      "create 0", "create -5", "create -8", "create -101", "create -102", "create -108", "create -110", "create -114",
      "create2 0", "createContainer 0", "createTTL 0", "createTTL -8",
      "delete 0", "delete -8", "delete -101", "delete -102", "delete -103", "delete -111",
      "setData 0", "setData -8", "setData -101", "setData -102", "setData -103",
      "exists 0", "exists -101", "exists -102", "getData 0", "getData -101", "getData -102",
      "getACL 0", "getACL -101", "setACL 0", "setACL -101", "setACL -102", "setACL -103", "setACL -114",
      "getChildren 0", "getChildren2 0", "getAllChildrenNumber 0", "getEphemerals 0", "sync 0", "whoAmI 0",
      "multi 0", "multi -5", "multiRead 0", "multiRead -5", "setWatches 0", "setWatches2 0", "reconfig -123",
      "addWatch 0", "addWatch -5", "checkWatches 0", "checkWatches -121", "removeWatches 0", "removeWatches -121",
      "event 1", "event 2", "event 3", "event 4");

  @Test
  void everyAnswerIsTheOneZooKeeperGives(@TempDir Path directory) {
    String chosen = System.getProperty("differential.seed", SEED);
    long seed = chosen.equals("random") ? new Random().nextLong() : Long.parseLong(chosen);
    int steps = Integer.getInteger("differential.requests", STEPS);
    System.out.printf("differential: -Ddifferential.seed=%d -Ddifferential.requests=%d%n", seed, steps);

    List<DifferentialStep> script = new DifferentialGenerator(new Random(seed)).script(steps);
    DifferentialRun run = DifferentialRun.of(script, directory);
    if (run.mismatch().isPresent()) {
      fail(report(run, directory, seed, steps));
    }

    Map<String, Integer> outcomes = run.outcomes();
    System.out.println("differential: " + outcomes);
    Stream<String> expected = steps < LONG_ENOUGH ? Stream.of() : OUTCOMES.stream();
    assertEquals(List.of(), expected.filter(outcome -> !outcomes.containsKey(outcome)).toList(), "never came about");
  }

  private static String report(DifferentialRun run, Path directory, long seed, int steps) {
    Duration patience = Duration.ofSeconds(Integer.getInteger("differential.shrink", SHRINK_SECONDS));
    DifferentialRun smallest = DifferentialShrinker.shrunk(run, directory, patience);
    return """
        The servers differ. Again with -Ddifferential.seed=%d -Ddifferential.requests=%d

        The last steps of %d:
        %s
        A shorter script that fails:
        %s""".formatted(seed, steps, run.script().size(), run.tail(TAIL), smallest.tail(Integer.MAX_VALUE));
  }
}
