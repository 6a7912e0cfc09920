package troupe.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code troupe rehearse}: a short life of a node alone and of an ensemble of three beside it, all in this process, with
 * clients that make them do what they will mostly do. The JVM watches and keeps what it has learned in a start-up cache,
 * also which methods matter, and compiles those sooner next time: see {@code bin/troupe}.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Run servers briefly, to prepare the start-up of the next one.")
final class Rehearsal implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
  private static final int SERVERS = 3;
  private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

  private final NodeRunner runner;

  @Parameters(paramLabel = "DIRECTORY", description = "Where the servers may write.")
  private Path directory;

  @Option(names = "--seconds", paramLabel = "N", defaultValue = "20",
      description = "How long its clients ask for something. Default: ${DEFAULT-VALUE}")
  private long seconds;

  Rehearsal(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Map<String, String> ensemble = new HashMap<>();
    for (int id = 1; id <= SERVERS; id++) {
      String server = "troupe.ensemble.servers." + (id - 1) + ".";
      ensemble.put(server + "id", Integer.toString(id));
      ensemble.put(server + "host", LOOPBACK);
      ensemble.put(server + "port", Integer.toString(freePort()));
      ensemble.put(server + "life-line-port", Integer.toString(freePort()));
    }
    Map<Integer, Thread> nodes = new LinkedHashMap<>(); // by their clients' port
    start(0, Map.of(), nodes);
    for (int id = 1; id <= SERVERS; id++) {
      start(id, ensemble, nodes);
    }
    for (Map.Entry<Integer, Thread> node : nodes.entrySet()) {
      awaitService(node.getValue(), node.getKey());
    }
    Instant end = Instant.now().plusSeconds(seconds);
    try (ExecutorService clients = Executors.newFixedThreadPool(nodes.size())) {
      List<Future<Void>> all = nodes.keySet().stream()
          .map(port -> clients.submit(() -> converse(port, "/rehearsal-" + port, end)))
          .toList();
      for (Future<Void> each : all) {
        each.get();
      }
    }
    return 0;
  }

  /** @param id 0: a server alone */
  private void start(int id, Map<String, String> ensemble, Map<Integer, Thread> nodes) throws IOException {
    int port = freePort();
    Map<String, String> own = new HashMap<>(ensemble);
    own.put("troupe.server-id", Integer.toString(Math.max(1, id)));
    own.put("troupe.client.host", LOOPBACK);
    own.put("troupe.client.port", Integer.toString(port));
    own.put("troupe.management.port", Integer.toString(freePort()));
    own.put("troupe.persistence.data-dir", directory.resolve("data-" + id).toString());
    Settings settings = Settings.load(Optional.empty(), own, new Properties());
    // A daemon: the end of the call ends the JVM, and the nodes with it.
    nodes.put(port, Thread.ofPlatform().daemon().start(() -> runner.run(settings.config())));
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
