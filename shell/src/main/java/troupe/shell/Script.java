package troupe.shell;

import java.io.BufferedReader;
import java.io.IOException;

/** Commands from standard input, where nobody types. */
final class Script {
  private Script() {}

  /**
   * Does them line by line; what begins with # is a comment. A line that fails does not keep the next from being done,
   * unless the server is gone or {@code stopAtError} says so.
   *
   * @return the exit code of the first line that failed
   */
  static int run(BufferedReader lines, Dialogue dialogue, Complaints complaints, boolean stopAtError)
      throws IOException {
    int code = Exit.DONE;
    int number = 0;
    while (!dialogue.hasEnded()) {
      String line = lines.readLine();
      if (line == null) {
        return code;
      }
      number++;
      if (line.stripLeading().startsWith("#")) {
        continue;
      }
      if (dialogue.executeLine(line) instanceof Outcome.Failed failed) {
        complaints.tell(failed, number);
        code = code == Exit.DONE ? failed.exitCode() : code;
        if (stopAtError || failed.exitCode() == Exit.NO_CONNECTION) {
          return code;
        }
      }
    }
    return code;
  }
}
