package troupe.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;

/** A place on disk where a server runs. Started again, it finds its data again; closing removes them. */
record Installation(Launcher launcher, Product product, Path directory) implements AutoCloseable {
  private static final int LOG_LINES = 20;

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

  private Server start(Map<String, String> environment) throws IOException {
    int port = freePort();
    Files.createDirectories(data());
    Path zooCfg = Files.writeString(directory.resolve("zoo.cfg"), zooCfg(port, data()));
    ProcessBuilder builder = new ProcessBuilder(launcher.commands().words(product, port, data(), zooCfg))
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

  /** The end of what the server last started here has printed; each line on a line of its own. */
  String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(log());
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
    return directory.resolve("log");
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
