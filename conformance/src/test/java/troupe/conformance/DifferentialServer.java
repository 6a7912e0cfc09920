package troupe.conformance;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.command.FourLetterCommands;
import org.slf4j.LoggerFactory;

/**
 * A server with an empty tree, listening on 127.0.0.1 only: Apache ZooKeeper as the reference, Troupe as the subject.
 * With the system property {@code differential.subject} set to {@code zookeeper} a second Apache ZooKeeper is the
 * subject: what fails then is the test.
 */
interface DifferentialServer extends AutoCloseable {
  /** Both sides' tick in milliseconds: sessions live from two of them to twenty. */
  int TICK = 2000;

  /** Milliseconds that a connection may stay without a handshake; ZooKeeper takes up to twice as long to notice. */
  int HANDSHAKE_TIMEOUT = 3000;

  InetSocketAddress address();

  @Override
  void close();

  /** Apache ZooKeeper in this process, answering all four-letter words. */
  static DifferentialServer reference(Path directory) {
    return new ApacheZooKeeper(directory, "*");
  }

  /** Whether a second ZooKeeper stands where Troupe is to be. */
  static boolean isSubjectZooKeeper() {
    return System.getProperty("differential.subject", "troupe").equals("zookeeper");
  }

  /** The server under test, answering all four-letter words. */
  static DifferentialServer subject(Path directory) {
    return subject(directory, "*");
  }

  /** The server under test; {@code whitelist} is a four-letter word that it answers, or {@code *} for all. */
  static DifferentialServer subject(Path directory, String whitelist) {
    String name = System.getProperty("differential.subject", "troupe");
    return switch (name) {
      case "troupe" -> new TroupeProcess(directory, whitelist);
      case "zookeeper" -> new ApacheZooKeeper(directory, whitelist);
      default -> throw new IllegalArgumentException("differential.subject is neither troupe nor zookeeper: " + name);
    };
  }

  /** Apache ZooKeeper, standalone, in this process. Several may run at once, but they share the whitelist. */
  final class ApacheZooKeeper implements DifferentialServer {
    private final ServerCnxnFactory connections;

    private ApacheZooKeeper(Path directory, String whitelist) {
      System.setProperty("zookeeper.extendedTypesEnabled", "true");
      System.setProperty("zookeeper.nio.sessionlessCnxnTimeout", String.valueOf(HANDSHAKE_TIMEOUT));
      // What is compared is answers, not what survives a crash; an fsync for every request only costs time.
      System.setProperty("zookeeper.forceSync", "no");
      answer(whitelist);
      // The server logs each request it refuses with all its bytes, and most of ours deserve that.
      ((Logger) LoggerFactory.getLogger("org.apache.zookeeper")).setLevel(Level.OFF);
      try {
        var data = Files.createDirectories(directory).toFile();
        connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        connections.startup(new ZooKeeperServer(data, data, TICK));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while ZooKeeper started", e);
      }
    }

    private static void answer(String whitelist) {
      System.setProperty("zookeeper.4lw.commands.whitelist", whitelist);
      FourLetterCommands.resetWhiteList();
    }

    @Override
    public InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), connections.getLocalPort());
    }

    @Override
    public void close() {
      connections.shutdown();
      answer("*"); // for those in this process that still run
    }
  }

  /** Troupe in a process of its own, started as a user starts it. Its output goes to a file beside its data. */
  final class TroupeProcess implements DifferentialServer {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final InetSocketAddress address;
    private final Process process;
    private final Path output;

    private TroupeProcess(Path directory, String whitelist) {
      try {
        Files.createDirectories(directory);
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), NodeSettings.freePort());
        output = directory.resolveSibling(directory.getFileName() + ".log");
        var builder = new ProcessBuilder(command(directory, whitelist))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
        builder.environment().put("TROUPE_JAVA_OPTS", "-Xmx512m");
        process = builder.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      awaitService();
    }

    private List<String> command(Path directory, String whitelist) {
      var command = new ArrayList<String>(List.of(launcher().toString(), "start"));
      Stream.of(
          "client.port=" + address.getPort(),
          "client.host=127.0.0.1",
          "client.max-connections-per-address=0",
          "client.four-letter-words.0=" + whitelist,
          "client.handshake-timeout=" + HANDSHAKE_TIMEOUT + "ms",
          "persistence.data-dir=" + directory,
          "management.enabled=false",
          "tick=" + TICK + "ms",
          "tree.extended-types=true",
          // The reference has no reaper of containers when it is embedded as here.
          "tree.container-check-interval=1h")
          .forEach(setting -> command.add("-Dtroupe." + setting));
      return command;
    }

    /** The launcher of the checkout that this test runs in. */
    private static Path launcher() {
      return Stream.iterate(Path.of("").toAbsolutePath(), at -> at != null, Path::getParent)
          .map(at -> at.resolve("bin").resolve("troupe"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no bin/troupe above " + Path.of("").toAbsolutePath()));
    }

    private void awaitService() {
      Instant limit = Instant.now().plus(START_LIMIT);
      try {
        while (!serves()) {
          if (process.waitFor(50, TimeUnit.MILLISECONDS) || Instant.now().isAfter(limit)) {
            process.destroyForcibly();
            throw new IllegalStateException("Troupe did not start; it wrote:\n" + Files.readString(output));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        throw new IllegalStateException("interrupted while Troupe started", e);
      }
    }

    private boolean serves() {
      try {
        return RawClient.fourLetterWord(address, "srvr").contains("Mode: ");
      } catch (UncheckedIOException notYet) {
        return false;
      }
    }

    @Override
    public InetSocketAddress address() {
      return address;
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        throw new IllegalStateException("interrupted while Troupe stopped", e);
      }
    }
  }
}
