package troupe.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** Starts processes and answers for them: when this closes, or the benchmark is interrupted, all are killed. */
final class Launcher implements AutoCloseable {
  private static final Duration HELPERS_PATIENCE = Duration.ofMinutes(3);
  private static final Duration HELPERS_POLL = Duration.ofMillis(100);

  private final Path root;
  private final Commands commands;
  private final Set<Process> running = new HashSet<>();
  private boolean closed;

  /** @param parent where the folder for all data is made, and removed at the end */
  Launcher(Path parent, Commands commands) throws IOException {
    this.root = Files.createTempDirectory(Files.createDirectories(parent), "run-");
    this.commands = commands;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "kill-servers"));
  }

  Path root() {
    return root;
  }

  Commands commands() {
    return commands;
  }

  /** An empty place for a server. */
  Installation install(Product product) throws IOException {
    String prefix = product.name().toLowerCase(Locale.ROOT) + "-";
    return new Installation(this, product, Files.createTempDirectory(root, prefix));
  }

  synchronized Process start(ProcessBuilder builder) throws IOException {
    if (closed) {
      // An interrupted benchmark goes on for a moment; what it starts now would outlive it.
      throw new IllegalStateException("closed: starts nothing any more");
    }
    Process process = builder.start();
    running.add(process);
    return process;
  }

  synchronized void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
    running.remove(process);
  }

  /**
   * Waits for what servers have started on the side and left behind.
   *
   * @throws IOException if it takes too long
   */
  void awaitHelpers() throws IOException, InterruptedException {
    long started = System.nanoTime();
    while (helpers().findAny().isPresent()) {
      if (System.nanoTime() - started > HELPERS_PATIENCE.toNanos()) {
        throw new IOException("a killed server's helper is still running after " + HELPERS_PATIENCE);
      }
      Thread.sleep(HELPERS_POLL);
    }
  }

  /** Known by their command line, which has the name of a place that nobody else knows. */
  private Stream<ProcessHandle> helpers() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().filter(line -> line.contains(root.toString())).isPresent());
  }

  @Override
  public synchronized void close() {
    closed = true;
    Set.copyOf(running).forEach(this::kill);
    helpers().flatMap(helper -> Stream.concat(helper.descendants(), Stream.of(helper)))
        .forEach(ProcessHandle::destroyForcibly);
    FileUtils.deleteQuietly(root.toFile());
  }
}
