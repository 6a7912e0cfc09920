package troupe.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.io.FileUtils;

/** Starts processes and answers for them: when this closes, or the benchmark is interrupted, all are killed. */
final class Launcher implements AutoCloseable {
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
    return new Installation(this, product, Files.createTempDirectory(root, product.name().toLowerCase(Locale.ROOT) + "-"));
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

  @Override
  public synchronized void close() {
    closed = true;
    Set.copyOf(running).forEach(this::kill);
    FileUtils.deleteQuietly(root.toFile());
  }
}
