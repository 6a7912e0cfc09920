package troupe.benchmark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;

/** Sessions of the stock ZooKeeper client. */
record Clients(List<ZooKeeper> all) implements AutoCloseable {
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(30);

  /** A session that knows where it is. */
  static final class Client extends ZooKeeper {
    private Client(String address, int sessionTimeout, Watcher watcher, ZKClientConfig config) throws IOException {
      super(address, sessionTimeout, watcher, config);
    }

    /** The port of the server that it is connected to. */
    int serverPort() {
      return ((InetSocketAddress) testableRemoteSocketAddress()).getPort();
    }
  }

  Clients {
    all = List.copyOf(all);
  }

  /** So many sessions, spread over the servers. */
  static Clients connect(Service service, int count) throws IOException, InterruptedException, TimeoutException {
    List<ZooKeeper> connected = new ArrayList<>();
    try {
      while (connected.size() < count) {
        connected.add(connect(service.address(connected.size())));
      }
      return new Clients(connected);
    } catch (IOException | InterruptedException | TimeoutException e) {
      new Clients(connected).close();
      throw e;
    }
  }

  /** One session, once it is established. */
  static Client connect(String address) throws IOException, InterruptedException, TimeoutException {
    CountDownLatch connected = new CountDownLatch(1);
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(SESSION_TIMEOUT.toMillis()));
    Client client = new Client(address, (int) SESSION_TIMEOUT.toMillis(), event -> {
      if (event.getState() == KeeperState.SyncConnected) {
        connected.countDown();
      }
    }, config);
    if (!connected.await(SESSION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      close(client);
      throw new TimeoutException("no session after " + SESSION_TIMEOUT);
    }
    return client;
  }

  /** Closes all at once, since the client sleeps 100 ms in each close. */
  @Override
  public void close() {
    try (ExecutorService closers = Executors.newVirtualThreadPerTaskExecutor()) {
      all.forEach(client -> closers.submit(() -> close(client)));
    }
  }

  /** Ends a session. One that the server does not want to end is left to expire. */
  static void close(ZooKeeper client) {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
