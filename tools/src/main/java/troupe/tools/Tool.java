package troupe.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.CorruptSnapshotException;
import troupe.persistence.DirectoryInUseException;

/** One command: what it ends with, and how it says what went wrong. */
abstract class Tool implements Callable<Integer> {
  static final int FINE = 0;
  static final int FAILED = 1;
  static final int WRONG = 2;

  /** Set by the launcher to 1 if standard error is a terminal, where progress may be shown. */
  private static final String PROGRESS = "TROUPE_PROGRESS";

  /** How a command says what it found. */
  enum Format {
    TEXT,
    JSON
  }

  private final Map<String, String> environment;

  @Spec private CommandSpec spec;
  @Mixin private HelpOption help;

  @Option(
      names = "--output", paramLabel = "FORMAT", defaultValue = "TEXT",
      description = "text, for people, or json, for programs: one object a line. Without it text.")
  private Format format;

  Tool(Map<String, String> environment) {
    this.environment = environment;
  }

  /** @return the exit code */
  abstract int run(Report report) throws IOException, InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Report report = new Report(out, format == Format.JSON)) {
      return run(report);
    } catch (WrongInput | DirectoryInUseException e) {
      return say(e.getMessage(), WRONG);
    } catch (Failed | CorruptJournalException e) {
      return say(e.getMessage(), FAILED);
    } catch (UncheckedIOException e) {
      return say(e.getCause());
    } catch (IOException e) {
      return say(e);
    } finally {
      out.flush();
    }
  }

  private int say(IOException e) {
    return switch (e) {
      case Report.ReaderGone gone -> FINE; // such as 'head', which has seen enough
      case NoSuchFileException missing when missing.getReason() != null -> say(missing.getMessage(), WRONG);
      case NoSuchFileException missing -> say(missing.getMessage() + ": there is no such file or directory", WRONG);
      case AccessDeniedException denied ->
          say(denied.getFile() + ": this user may not do that there; try as the user that runs the server", WRONG);
      case CorruptSnapshotException damage -> say(damage.getMessage(), FAILED);
      case IOException other -> say(other.getClass().getSimpleName() + ": " + other.getMessage(), FAILED);
    };
  }

  private int say(String message, int code) {
    tell(message);
    return code;
  }

  /** To standard error. */
  final void tell(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("troupe: " + message);
    err.flush();
  }

  final Map<String, String> environment() {
    return environment;
  }

  /** @param total of what is counted; 0 if nobody knows */
  final Progress progress(String what, long total) {
    return new Progress(spec.commandLine().getErr(), "1".equals(environment.get(PROGRESS)), what, total);
  }
}
