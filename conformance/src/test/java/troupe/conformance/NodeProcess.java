package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, on the same ports and the same data each time it is started. */
final class NodeProcess implements AutoCloseable {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    // a test run that is broken off leaves nothing behind
    Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Subject subject;
  private final NodeSettings settings;
  private final Path output;
  private final Process process;

  private NodeProcess(Subject subject, NodeSettings settings, Path output, Process process) {
    this.subject = subject;
    this.settings = settings;
    this.output = output;
    this.process = process;
  }

  /** Starts a server and returns when it answers. */
  static NodeProcess start(NodeSettings settings) {
    return launch(Subject.chosen(), settings).awaitServing();
  }

  /** Starts a server and returns at once; it may well refuse to serve. */
  static NodeProcess launch(Subject subject, NodeSettings settings) {
    try {
      Files.createDirectories(settings.dataDirectory());
      // one file for each process: a tail of it never tells of an earlier one
      Path output = Files.createTempFile(settings.home(), "output-", ".log");
      ProcessBuilder command = subject.command(settings);
      settings.place().ifPresent(place -> {
        command.command().addAll(0, place.within());
        command.command().addAll(place.arguments());
      });
      Process process = command
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start();
      RUNNING.add(process);
      process.onExit().thenAccept(RUNNING::remove);
      return new NodeProcess(subject, settings, output, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  NodeProcess awaitServing() {
    Await.until(this + " serves", () -> {
      if (!process.isAlive()) {
        throw new AssertionError(this + " ended with " + process.exitValue() + ":\n" + tail());
      }
      return serves();
    });
    return this;
  }

  /** Returns when its management port listens, which is a moment after it serves. */
  NodeProcess awaitManagement() {
    Await.until(this + " can be managed", () -> {
      try (var socket = new Socket(NodeSettings.HOST, settings.managementPort())) {
        return socket.isConnected();
      } catch (IOException notYet) {
        return false;
      }
    });
    return this;
  }

  boolean serves() {
    try {
      return fourLetterWord("srvr").contains("Mode:");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Starts it again on its data; it must have ended. */
  NodeProcess startAgain() {
    return launchAgain().awaitServing();
  }

  NodeProcess launchAgain() {
    if (process.isAlive()) {
      throw new IllegalStateException(this + " is still running");
    }
    return launch(subject, settings);
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** SIGSTOP: it stands still, its connections open, until it may go on. */
  void pause() {
    Shell.run("kill", "-STOP", Long.toString(process.pid()));
  }

  /** SIGCONT. */
  void resume() {
    Shell.run("kill", "-CONT", Long.toString(process.pid()));
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /**
   * SIGTERM.
   *
   * @return the exit code
   */
  int stop(Duration limit) {
    process.destroy();
    return awaitExit(limit);
  }

  /** The exit code, once it ended. */
  int awaitExit(Duration limit) {
    if (!endsWithin(limit)) {
      throw new AssertionError(this + " did not end within " + limit + ":\n" + tail());
    }
    return process.exitValue();
  }

  boolean endsWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while " + this + " ended", e);
    }
  }

  /** What it answers to one of ZooKeeper's four-letter words. */
  String fourLetterWord(String word) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(settings.host(), settings.clientPort()), 1_000);
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The end of what it printed. */
  String tail() {
    try {
      List<String> lines = Files.readAllLines(output);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  NodeSettings settings() {
    return settings;
  }

  /**
   * For clients. It names the server twice: a client waits for the answer to its handshake as long as its session has,
   * divided by the servers that it knows, and Apache ZooKeeper never answers one that comes while it starts. With one
   * name, such a client would lose its session.
   */
  String connectString() {
    return address() + "," + address();
  }

  /** Where its clients connect. */
  String address() {
    return settings.host() + ":" + settings.clientPort();
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return subject + " on " + address();
  }
}
