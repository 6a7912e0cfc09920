package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Small programs of the system that do what Java cannot. */
final class Shell {
  private Shell() {}

  /** Runs a program to its end; fails, with what it printed, if it does not end well. */
  static void run(String... words) {
    output(words);
  }

  /** The same, and returns what it printed. */
  static String output(String... words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new UncheckedIOException(new IOException(List.of(words) + ": " + output.strip()));
      }
      return output.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted during " + List.of(words), e);
    }
  }
}
