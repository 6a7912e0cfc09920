package troupe.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code troupe rehearse}: a short life of a node, with clients that make it do what it will mostly do. The JVM watches
 * and keeps what it has learned in a start-up cache, also which methods matter, and compiles those sooner next time: see
 * {@code bin/troupe}.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Run a server briefly, to prepare the start-up of the next one.")
final class Rehearsal implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
  private static final int CLIENTS = 4;

  private final NodeRunner runner;

  @Parameters(paramLabel = "DIRECTORY", description = "Where the server may write.")
  private Path directory;

  @Option(names = "--seconds", paramLabel = "N", defaultValue = "20",
      description = "How long its clients ask for something. Default: ${DEFAULT-VALUE}")
  private long seconds;

  Rehearsal(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    int port = freePort();
    Settings settings = Settings.load(Optional.empty(), Map.of(
        "troupe.client.host", InetAddress.getLoopbackAddress().getHostAddress(),
        "troupe.client.port", Integer.toString(port),
        "troupe.management.port", Integer.toString(freePort()),
        "troupe.persistence.data-dir", directory.resolve("data").toString()), new Properties());
    // A daemon: the end of this call ends the JVM, and the node with it.
    awaitService(Thread.ofPlatform().daemon().start(() -> runner.run(settings.config())), port);
    Instant end = Instant.now().plusSeconds(seconds);
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Void>> all = IntStream.range(0, CLIENTS)
          .mapToObj(number -> clients.submit(() -> converse(port, "/rehearsal-" + number, end)))
          .toList();
      for (Future<Void> each : all) {
        each.get();
      }
    }
    return 0;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A server that is not ready yet refuses a connection or closes it, so what is tried again is all of it. */
  private static void awaitService(Thread node, int port) throws IOException, InterruptedException {
    for (long tries = PATIENCE.dividedBy(BETWEEN_TRIES); ; tries--) {
      try (RehearsalClient client = RehearsalClient.open(port, PATIENCE)) {
        return;
      } catch (IOException notReady) {
        if (tries <= 0 || !node.isAlive()) {
          throw notReady;
        }
        Thread.sleep(BETWEEN_TRIES);
      }
    }
  }

  /** At least once. */
  private static Void converse(int port, String node, Instant end) throws IOException {
    do {
      try (RehearsalClient client = RehearsalClient.open(port, PATIENCE)) {
        client.converse(node);
      }
    } while (Instant.now().isBefore(end));
    return null;
  }
}
