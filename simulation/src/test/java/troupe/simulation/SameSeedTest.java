package troupe.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a seed does it does again, or nobody could find out why. */
class SameSeedTest {
  @BeforeAll
  static void collectLogs() {
    Logs.collect(false);
  }

  private static World.Result run(long seed) {
    try (Turns turns = new Turns()) {
      return new World(seed).run(turns);
    }
  }

  @Test
  void theSameSeedIsTheSameWorldAndAnotherIsAnother() {
    World.Result once = run(3);
    World.Result again = run(3);
    assertEquals(once.trace(), again.trace());
    assertEquals(once.steps(), again.steps());
    assertEquals(once.time(), again.time());
    assertNotEquals(once.trace(), run(4).trace());
  }

  /** Hash codes of identities, and the order of sets that cannot be changed, are others in each process. */
  @ParameterizedTest
  @ValueSource(longs = {3, 9, 777})
  void alsoInAnotherProcess(long seed) throws IOException, InterruptedException {
    World.Result here = run(seed);
    String there = "seed " + seed + ": " + here.steps() + " steps, trace " + Long.toHexString(here.trace());
    List<String> said = replayElsewhere(seed);
    assertEquals(there, said.getLast());
  }

  private static List<String> replayElsewhere(long seed) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("java.class.path"),
        Simulate.class.getName(), "--replay", Long.toString(seed)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    process.waitFor();
    assertTrue(lines.size() > 1, () -> "it said " + lines);
    return lines;
  }
}
