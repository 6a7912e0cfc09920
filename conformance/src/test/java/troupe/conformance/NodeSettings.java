package troupe.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/**
 * What a server under test is told.
 *
 * @param home where everything of it lives: its data, its output
 * @param host the address that it listens on
 * @param tick sessions time out after 2 to 20 of these
 * @param snapshotEvery transactions between two snapshots
 * @param place its place in an ensemble; none for a server alone
 */
record NodeSettings(
    Path home,
    String host,
    int clientPort,
    int managementPort,
    Duration tick,
    int snapshotEvery,
    Optional<EnsemblePlace> place) {
  static final String HOST = "127.0.0.1";

  /** Name and password of the user that no ACL stops. */
  static final String SUPER_USER = "super:secret";

  // Below the ports that outgoing connections get. A client that knocks at a dead server's port from that very port
  // is connected to itself, and the server does not get its port back.
  private static final int FIRST_PORT = 10_240;
  private static final int LAST_PORT = 32_000;
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger(FIRST_PORT + (int) (ProcessHandle.current().pid() * 64 % (LAST_PORT - FIRST_PORT)));

  static NodeSettings inDirectory(Path home) {
    return new NodeSettings(
        home.toAbsolutePath(), HOST, freePort(), freePort(), Duration.ofMillis(500), 100_000, Optional.empty());
  }

  NodeSettings withSnapshotEvery(int transactions) {
    return new NodeSettings(home, host, clientPort, managementPort, tick, transactions, place);
  }

  /** The same server as one of an ensemble, where {@code host} is its own. */
  NodeSettings at(String host, int clientPort, EnsemblePlace place) {
    return new NodeSettings(home, host, clientPort, managementPort, tick, snapshotEvery, Optional.of(place));
  }

  /** Another server, with ports of its own, that is sent to the same data. */
  NodeSettings withOtherPorts() {
    return new NodeSettings(home, host, freePort(), freePort(), tick, snapshotEvery, place);
  }

  Path dataDirectory() {
    return home.resolve("data");
  }

  String superDigest() {
    try {
      return DigestAuthenticationProvider.generateDigest(SUPER_USER);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A port of this machine that nobody listens on, and that no other server of these tests was given. */
  static int freePort() {
    while (true) {
      int port = NEXT_PORT.getAndUpdate(last -> last == LAST_PORT ? FIRST_PORT : last + 1);
      try (var probe = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        // somebody else's; the next one
      }
    }
  }
}
