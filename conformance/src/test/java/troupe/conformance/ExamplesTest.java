package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples, as they are run by hand, while the leader is killed in the middle of each. They end well, and say so. */
class ExamplesTest {
  private static final Path LAUNCHER = Path.of("..", "bin", "example").toAbsolutePath().normalize();

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 0);

  @Test
  void everyTaskHasItsResultThoughAWorkerTheMasterAndTheLeaderOfTheServersAreKilled() throws Exception {
    assertEndsWell(
        "master-worker",
        24,
        ", a worker, is killed",
        "result: 24 of 24 tasks have the right result, each has one");
  }

  @Test
  void everyCallIsAnsweredByAServiceThatIsThere() throws Exception {
    assertEndsWell(
        "load-balancing",
        120,
        "story: one and two are there",
        "result: right: every call was answered, by those who were there, as often as their weights say");
  }

  @Test
  void whoWasPausedWithALockIsRefused() throws Exception {
    assertEndsWell(
        "paused-holder",
        1,
        "writer-1: knows that it holds the lock, and stands still in this very moment",
        "result: right: 1 wrote too late and were refused, the store has"
            + " [writer-1 begins, writer-2 begins, writer-2 goes on]");
  }

  @Test
  void badInputIsNamedAndNothingIsBegun() throws Exception {
    Process process = command("master-worker", "--size", "many").start();
    try (BufferedReader lines = process.inputReader()) {
      assertEquals(
          List.of("example: --size is 'many', it has to be a number from 1 to 99999"), lines.lines().toList());
    }
    assertEquals(2, process.waitFor());
  }

  /** @param when the leader is killed: a part of a line that the example prints */
  private static void assertEndsWell(String name, int size, String when, String last) throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    Process process = command(
        name, "--size", "" + size, "--servers", String.join(",", servers.peerAddresses()), "--host", servers.clientHost())
        .start();
    List<String> said = new CopyOnWriteArrayList<>();
    Thread reader = Thread.ofVirtual().start(() -> read(process, said));
    try {
      Await.until("'" + when + "' among " + said, () -> {
        assertTrue(process.isAlive(), said::toString);
        return said.stream().anyMatch(line -> line.contains(when));
      });
      EnsembleFault.LEADER_KILLED.strike(servers);
      assertTrue(process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), said::toString);
      reader.join();
      assertEquals(0, process.exitValue(), said::toString);
      assertTrue(said.contains(last), said::toString);
    } finally {
      process.destroy(); // and with it the processes that it has begun
    }
  }

  private static ProcessBuilder command(String... words) {
    ProcessBuilder command = new ProcessBuilder(LAUNCHER.toString()).redirectErrorStream(true);
    command.command().addAll(List.of(words));
    command.environment().put("TROUPE_NO_BUILD", "1"); // the build that runs this test is the one to test
    command.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "TROUPE_JAVA_OPTS"));
    return command;
  }

  private static void read(Process process, List<String> said) {
    try (BufferedReader lines = process.inputReader()) {
      lines.lines().forEach(said::add);
    } catch (IOException ended) {
      said.add("(not heard any more: " + ended.getMessage() + ")");
    }
  }
}
