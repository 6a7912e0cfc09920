package troupe.shell;

import java.io.PrintWriter;

/** Says what failed, to standard error: a line of text, or a JSON object. */
final class Complaints {
  private static final int NO_LINE = 0;

  private final PrintWriter err;
  private final boolean asJson;

  Complaints(PrintWriter err, boolean asJson) {
    this.err = err;
    this.asJson = asJson;
  }

  void tell(Outcome.Failed failed) {
    tell(failed, NO_LINE);
  }

  /** @param line of the script, from 1 on */
  void tell(Outcome.Failed failed, int line) {
    String text = line == NO_LINE
        ? "troupe: " + failed.message()
        : "troupe: line " + line + ": " + failed.command() + ": " + failed.message();
    err.println(new Printer(err, asJson).form(() -> text, json -> {
      if (line != NO_LINE) {
        json.writeNumberField("line", line);
      }
      json.writeStringField("command", failed.command());
      json.writeStringField("error", failed.error());
      json.writeStringField("message", failed.message());
      if (failed.path().isPresent()) {
        json.writeStringField("path", failed.path().get());
      }
    }));
    err.flush();
  }
}
