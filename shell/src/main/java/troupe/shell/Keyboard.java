package troupe.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/** Commands from a person at a terminal: lines that can be edited, completed, and found again. */
final class Keyboard {
  /** Lines that may have a secret in them are not kept. */
  private static final String NOT_KEPT = "*addauth*";

  private static final Size USUAL_SIZE = new Size(80, 24);

  private Keyboard() {}

  /** Goes on until the person has enough. */
  static int run(Dialogue dialogue, Map<String, String> environment) throws IOException, InterruptedException {
    try (Terminal terminal = TerminalBuilder.builder().name("troupe").provider("exec").dumb(true).build()) {
      if (terminal.getWidth() == 0) { // of one that is run by a program
        terminal.setSize(USUAL_SIZE);
      }
      LineReader reader = LineReaderBuilder.builder()
          .terminal(terminal)
          .appName("troupe")
          .parser(new LineParser())
          .completer(new Completion(dialogue))
          .variable(LineReader.HISTORY_IGNORE, NOT_KEPT)
          .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // data may have exclamation marks in it
          .build();
      historyFile(environment).ifPresent(file -> reader.setVariable(LineReader.HISTORY_FILE, file));
      dialogue.speakAside(reader::printAbove);
      greet(dialogue);
      dialogue.watchConnection((event, server) -> reader.printAbove(describe(event, server)));
      converse(dialogue, terminal, reader);
    }
    return Exit.DONE;
  }

  private static void greet(Dialogue dialogue) throws InterruptedException {
    dialogue.help("Troupe shell " + dialogue.version() + ": 'help' lists the commands, Tab completes, Ctrl-D ends.");
    try {
      dialogue.client();
    } catch (NoConnection e) {
      dialogue.warn(e.getMessage() + "; it is tried again");
    } catch (KeeperException e) {
      dialogue.warn(Refusals.explain(e, dialogue.timeout()));
    }
  }

  private static void converse(Dialogue dialogue, Terminal terminal, LineReader reader) {
    Thread self = Thread.currentThread();
    while (!dialogue.hasEnded()) {
      String line;
      try {
        line = reader.readLine(prompt(dialogue));
      } catch (UserInterruptException e) {
        continue; // Ctrl-C: another line
      } catch (EndOfFileException e) {
        return;
      }
      // While a command is under way Ctrl-C ends that, not the shell.
      Terminal.SignalHandler before = terminal.handle(Signal.INT, signal -> self.interrupt());
      try {
        if (dialogue.executeLine(line) instanceof Outcome.Failed failed) {
          dialogue.warn(failed.message());
        }
      } finally {
        terminal.handle(Signal.INT, before);
        Thread.interrupted(); // one that came too late
      }
    }
  }

  private static String prompt(Dialogue dialogue) {
    String where = dialogue.established()
        .map(connection -> connection.servers().current() + "(" + connection.state() + ")")
        .orElse("(CLOSED)");
    return "[zk: " + where + " " + dialogue.history().size() + "] ";
  }

  private static String describe(WatchedEvent event, String server) {
    return switch (event.getState()) {
      case SyncConnected -> "Connected to " + server;
      case ConnectedReadOnly -> "Connected to " + server + ", for reading only";
      case Disconnected -> "The connection is lost; another is tried";
      case Expired -> "The session has expired, and its ephemeral nodes are gone; 'connect' begins a new one";
      case AuthFailed -> "The server has refused the credentials; 'connect' begins a new session";
      default -> event.getState().name();
    };
  }

  /** In the person's own state directory, for nobody else to read; none if that is impossible. */
  private static Optional<Path> historyFile(Map<String, String> environment) {
    Path state = Optional.ofNullable(environment.get("XDG_STATE_HOME"))
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElse(Path.of(System.getProperty("user.home"), ".local", "state"));
    Path file = state.resolve("troupe").resolve("shell-history");
    try {
      Files.createDirectories(
          file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!Files.exists(file)) {
        Files.createFile(
            file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return Optional.of(file);
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }
}
