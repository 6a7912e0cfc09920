package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.persistence.Journals.events;
import static troupe.persistence.Journals.replayAll;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that writes is killed. What it had acknowledged is there, and of every batch all or nothing. */
class KillTest {
  private static final int BATCH = 3;
  private static final int SIZE = 9000;

  /** The child: writes batches until it is killed, and prints the last sequence number of each. */
  static final class Writer {
    public static void main(String[] args) {
      try (JournalStore store = Journals.open(Path.of(args[0]), Boolean.parseBoolean(args[1]))) {
        while (true) {
          long from = store.highestSequenceNr(Journals.LOG) + 1;
          store.write(events(from, from + BATCH - 1, SIZE));
          System.out.println(from + BATCH - 1);
        }
      }
    }
  }

  @ParameterizedTest(name = "native library {0}")
  @ValueSource(booleans = {true, false})
  void whatWasAcknowledgedSurvivesKill9(boolean nativeLibrary, @TempDir Path directory) throws Exception {
    long acknowledged = 0;
    for (int acks : new int[] {1, 20, 47, 90}) {
      acknowledged = writeUntilKilled(directory, nativeLibrary, acks);
      try (JournalStore store = Journals.open(directory, nativeLibrary)) {
        List<JournalStore.Event> found = replayAll(store);
        assertTrue(found.size() >= acknowledged, found.size() + " found, " + acknowledged + " acknowledged");
        assertEquals(0, found.size() % BATCH);
        assertEquals(events(1, found.size(), SIZE), found);
      }
    }
  }

  private static long writeUntilKilled(Path directory, boolean nativeLibrary, int acks)
      throws IOException, InterruptedException {
    Process writer = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
            Writer.class.getName(), directory.toString(), Boolean.toString(nativeLibrary))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (BufferedReader output = writer.inputReader()) {
      long last = 0;
      for (int i = 0; i < acks; i++) {
        last = Long.parseLong(output.readLine());
      }
      writer.destroyForcibly(); // SIGKILL
      assertTrue(writer.waitFor(30, TimeUnit.SECONDS));
      // It went on writing and printing until the signal came; a line may be cut, but a whole one was acknowledged.
      return last;
    } finally {
      writer.destroyForcibly();
    }
  }
}
