package troupe.benchmark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.filefilter.FileFilterUtils;
import org.apache.commons.io.filefilter.TrueFileFilter;

/** A place on disk where a server runs. Started again, it finds its data again; closing removes them. */
record Installation(Launcher launcher, Product product, Path directory) implements AutoCloseable {
  private static final String LOG = "printed.log";
  private static final int LOG_LINES = 20;
  private static final int FIRST_PORT = 10_240;
  private static final int LAST_PORT = 32_000;
  private static final AtomicInteger NEXT_PORT = new AtomicInteger(FIRST_PORT);

  /** The limits of ZooKeeper's own sample. */
  private static final String ENSEMBLE = """
      initLimit=10
      syncLimit=5
      """;

  /** Starts the server and returns at once. */
  Server start() throws IOException {
    return start(launcher.commands().measuredEnvironment());
  }

  /**
   * The same, but the server may prepare itself for later starts, as Troupe does with an ahead-of-time cache. What it
   * leaves behind for that goes on when it is killed: {@link Launcher#awaitHelpers}.
   */
  Server startUnmeasured() throws IOException {
    return start(launcher.commands().environment());
  }

  /** The place, below this one, of one server of an ensemble. */
  Installation of(Member member) {
    return new Installation(launcher, product, directory.resolve(Integer.toString(member.id())));
  }

  /** Starts the server as one of an ensemble and returns at once. */
  Server start(Member member) throws IOException {
    Files.createDirectories(data());
    Files.writeString(data().resolve("myid"), member.id() + "\n");
    String zooCfg = zooCfg(member.clientPort(), data()) + ENSEMBLE + String.join("\n", member.lines()) + "\n";
    return start(Commands::member, member.clientPort(), zooCfg, launcher.commands().measuredEnvironment());
  }

  private Server start(Map<String, String> environment) throws IOException {
    int port = freePort();
    return start(Commands::line, port, zooCfg(port, data()), environment);
  }

  private Server start(
      BiFunction<Commands, Product, String> line, int port, String configuration, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(data());
    Path zooCfg = Files.writeString(directory.resolve("zoo.cfg"), configuration);
    Commands commands = launcher.commands();
    ProcessBuilder builder = new ProcessBuilder(commands.words(line.apply(commands, product), port, data(), zooCfg))
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log().toFile());
    builder.environment().putAll(environment);
    long startedAt = System.nanoTime();
    return new Server(this, launcher.start(builder), startedAt, port);
  }

  Path data() {
    return directory.resolve("data");
  }

  /** The end of what each server last started here has printed; each line on a line of its own. */
  String lastWords() throws IOException {
    StringBuilder words = new StringBuilder();
    for (File log : FileUtils.listFiles(directory.toFile(), FileFilterUtils.nameFileFilter(LOG), TrueFileFilter.TRUE)) {
      words.append(lastWords(log.toPath()));
    }
    return words.toString();
  }

  private static String lastWords(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()).stream()
        .map(line -> "\n    " + line)
        .collect(Collectors.joining());
  }

  @Override
  public void close() {
    try {
      FileUtils.deleteDirectory(directory.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log() {
    return directory.resolve(LOG);
  }

  /** ZooKeeper's defaults, so it syncs every write to disk before it answers. */
  private static String zooCfg(int port, Path data) {
    return """
        clientPort=%d
        clientPortAddress=127.0.0.1
        dataDir=%s
        maxClientCnxns=0
        admin.enableServer=false
        """.formatted(port, data);
  }

  /** None of those that the system gives to clients: one of them might have it by the time that it is used. */
  static int freePort() throws IOException {
    while (true) {
      int port = NEXT_PORT.getAndUpdate(last -> last == LAST_PORT ? FIRST_PORT : last + 1);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // The next one, then.
      }
    }
  }
}
