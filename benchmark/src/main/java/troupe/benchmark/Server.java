package troupe.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A running server, seen from outside. Closing it is {@code kill -9}.
 *
 * @param startedAt {@link System#nanoTime} just before its process was started
 */
record Server(Installation installation, Process process, long startedAt, int port)
    implements Service, AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofMinutes(3);
  // Often enough for start-up times in milliseconds, seldom enough not to compete with the server for the processor.
  private static final Duration RETRY_AFTER = Duration.ofMillis(5);
  // ZooKeeper never answers who connects between its binding of the port and its accepting (seen in 3.9.5): try anew,
  // soon. Who is merely slow gets twice the time at each attempt.
  private static final Duration FIRST_PATIENCE = Duration.ofMillis(25);
  private static final Duration WORD_PATIENCE = Duration.ofSeconds(1);
  private static final double MIB = 1024 * 1024;

  /** A bare session, as soon as the server grants one. */
  BareSession whenServing() throws IOException, InterruptedException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Duration patience = FIRST_PATIENCE;
    while (true) {
      try {
        return BareSession.open(address, patience);
      } catch (SocketTimeoutException silence) {
        patience = patience.multipliedBy(2);
        requireStarting(silence);
      } catch (IOException notYet) {
        requireStarting(notYet);
        Thread.sleep(RETRY_AFTER);
      }
    }
  }

  @Override
  public String address(int client) {
    return "127.0.0.1:" + port;
  }

  /** What it answers to one of ZooKeeper's four-letter words. */
  String fourLetterWord(String word) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) WORD_PATIENCE.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** User and system time of the process so far; the kernel counts in steps of 10 ms. */
  @Override
  public Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow(() -> new IllegalStateException("the server has died"));
  }

  @Override
  public long writtenBytes() throws IOException {
    return Proc.writtenBytes(Files.readString(proc("io")));
  }

  /** Collects garbage first, so ask last. */
  long liveHeapBytes() throws IOException, InterruptedException {
    return Proc.liveHeapBytes(jcmd("GC.class_histogram"));
  }

  /** What the data really take: ZooKeeper's log files are longer than their content. */
  long diskBytes() throws IOException, InterruptedException {
    return Proc.diskBytes(output(List.of("du", "-s", "-B1", installation.data().toString())));
  }

  /** Which JVM it runs on. */
  String jvm() throws IOException, InterruptedException {
    return jcmd("VM.version").lines().filter(line -> line.startsWith("JDK")).findFirst().orElse("unknown JDK");
  }

  @Override
  public Map<Figure, Double> holdings() throws IOException, InterruptedException {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.RESIDENT_MIB, Proc.residentBytes(Files.readString(proc("status"))) / MIB);
    figures.put(Figure.DISK_MIB, diskBytes() / MIB);
    figures.put(Figure.HEAP_MIB, liveHeapBytes() / MIB);
    return figures;
  }

  @Override
  public void close() {
    installation.launcher().kill(process);
  }

  private void requireStarting(IOException notYet) throws IOException {
    if (!process.isAlive() || sinceStart().compareTo(START_PATIENCE) > 0) {
      throw new IOException("does not serve after " + sinceStart() + ":" + installation.lastWords(), notYet);
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Path jcmd = installation.launcher().commands().javaHome().resolve("bin/jcmd");
    return output(List.of(jcmd.toString(), Long.toString(process.pid()), command));
  }

  private String output(List<String> words) throws IOException, InterruptedException {
    Process tool = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    tool.waitFor(); // its exit code is no news: du complains of a file that was deleted meanwhile, and counts on
    return output;
  }
}
