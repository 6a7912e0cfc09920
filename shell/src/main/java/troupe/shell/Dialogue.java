package troupe.shell;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** What the commands of one person, or one script, have in common: their connection, and those to whom they speak. */
final class Dialogue implements AutoCloseable {
  /**
   * @param servers the connect string
   * @param version Troupe's own
   * @param progress whether a person reads standard error
   */
  record Setup(String servers, Connection.Settings settings, String version, boolean progress) {}

  private final Setup setup;
  private final Printer printer;
  private final PrintWriter err;
  private final List<String> history = new ArrayList<>();
  private Consumer<String> aside;
  private Connection.Listener onState = (event, server) -> { };
  private String servers;
  private volatile Optional<Connection> connection = Optional.empty();
  private boolean disconnected;
  private boolean ended;
  private volatile boolean printsWatches = true;
  private String command = "";

  Dialogue(Setup setup, Printer printer, PrintWriter err) {
    this.setup = setup;
    this.printer = printer;
    this.err = err;
    this.servers = setup.servers();
    this.aside = line -> {
      printer.line(line);
      printer.flush();
    };
  }

  /** @param aside says what comes while a person types, from the client's thread */
  void speakAside(Consumer<String> aside) {
    this.aside = aside;
  }

  /** @param onState told of changes of the connection, from the client's thread */
  void watchConnection(Connection.Listener onState) {
    this.onState = onState;
  }

  /** What to ask the server with, once there is one. */
  ZooKeeper client() throws KeeperException, NoConnection, InterruptedException {
    return connection().connected();
  }

  /** Begun when it is needed first: what asks no server needs none. */
  Connection connection() throws NoConnection, InterruptedException {
    if (disconnected) {
      throw new NoConnection("Not connected; 'connect' begins a new session");
    }
    if (connection.isEmpty()) {
      connect(servers);
    }
    return connection.orElseThrow();
  }

  /**
   * Begins to connect, and leaves where it was before.
   *
   * @throws WrongInput if this is no connect string; then nothing has changed
   */
  void connect(String to) throws InterruptedException {
    Connection next = Connection.open(to, setup.settings(), this::onEvent);
    disconnect();
    connection = Optional.of(next);
    servers = to;
    disconnected = false;
  }

  void disconnect() throws InterruptedException {
    disconnected = true;
    Optional<Connection> last = connection;
    connection = Optional.empty();
    if (last.isPresent()) {
      last.get().close();
    }
  }

  /** The connect string. */
  String servers() {
    return servers;
  }

  /** The connection, if there is a session. */
  Optional<Connection> established() {
    return connection;
  }

  private void onEvent(WatchedEvent event, String server) {
    if (event.getType() == EventType.None) {
      if (event.getState() != KeeperState.Closed) {
        onState.happened(event, server);
      }
    } else if (printsWatches) {
      aside.accept(printer.form(() -> "\nWATCHER::\n\n" + event, json -> {
        json.writeObjectFieldStart("event");
        json.writeStringField("type", event.getType().name());
        json.writeStringField("path", event.getPath());
        if (event.getZxid() != WatchedEvent.NO_ZXID) {
          json.writeStringField("zxid", Values.hex(event.getZxid()));
        }
        json.writeEndObject();
      }));
    }
  }

  /** Puts a line into the history and does what it says. A line of nothing is done at once. */
  Outcome executeLine(String line) {
    Words words = Words.of(line);
    if (words.list().isEmpty()) {
      return Outcome.DONE;
    }
    history.add(line.strip());
    String name = words.texts().getFirst();
    return words.unclosed()
        ? Outcome.Failed.wrong(name, "a quote is not closed; where a word begins with one it needs another at its end")
        : execute(words.texts());
  }

  /** Does what these words say, the first of them being the name of the command. */
  Outcome execute(List<String> words) {
    Outcome outcome = Commands.run(words, this);
    printer.flush();
    return outcome;
  }

  /** Which command speaks. */
  void begin(String name) {
    command = name;
  }

  /** The answer of a command. */
  void say(Supplier<String> text, Printer.Fields fields) {
    printer.line(printer.form(text, json -> {
      json.writeStringField("command", command);
      fields.to(json);
    }));
  }

  /** The answer of a command that has nothing to say to people when all went well. */
  void sayDone(Printer.Fields fields) {
    if (printer.isJson()) {
      say(() -> "", fields);
    }
  }

  /** The answer of a command that has changed a node. */
  void sayChanged(NodePath path, Stat stat, boolean withStat) {
    if (withStat || printer.isJson()) {
      say(() -> Values.stat(stat), json -> {
        json.writeStringField("path", path.text());
        Values.writeStat(json, stat);
      });
    }
  }

  /** Text that is made for people, whatever form was asked for. */
  void help(String text) {
    printer.line(text.stripTrailing());
    printer.flush();
  }

  void warn(String message) {
    err.println(message);
    err.flush();
  }

  Progress progress(String what) {
    return new Progress(err, setup.progress(), what);
  }

  Duration timeout() {
    return setup.settings().timeout();
  }

  String version() {
    return setup.version();
  }

  /** The lines of this dialogue, the one that is being done last. */
  List<String> history() {
    return List.copyOf(history);
  }

  /** The line that is being done was another in other words. */
  void wasInFact(String line) {
    if (!history.isEmpty()) {
      history.set(history.size() - 1, line);
    }
  }

  boolean printsWatches() {
    return printsWatches;
  }

  void printWatches(boolean on) {
    printsWatches = on;
  }

  void quit() {
    ended = true;
  }

  /** Whether there is nothing more to be done. */
  boolean hasEnded() {
    return ended;
  }

  @Override
  public void close() throws InterruptedException {
    disconnect();
  }
}
