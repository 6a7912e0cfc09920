package troupe.shell;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.ZooKeeper.States;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ZKClientConfig;

/** One session with a server: the stock client, and waiting with a limit. */
final class Connection implements AutoCloseable {
  /** A node may have more children than fit into the megabyte that the client takes unless it is told. */
  private static final int LONGEST_ANSWER = 64 << 20;

  /**
   * @param timeout for a connection, and for each answer; also the session timeout that is asked for
   * @param patient whether to go on when every server was tried once in vain
   * @param readOnly whether a server will do that has lost the others
   */
  record Settings(Duration timeout, boolean patient, boolean readOnly, List<Credential> credentials) {
    Settings {
      credentials = List.copyOf(credentials);
    }
  }

  private final String connectString;
  private final Settings settings;
  private final Servers servers;
  private final ZooKeeper client;
  private boolean wasConnected;
  private boolean inVain;

  private Connection(String connectString, Settings settings, Consumer<WatchedEvent> events) throws IOException {
    this.connectString = connectString;
    this.settings = settings;
    this.servers = new Servers(connectString, this::nobodyAnswered);
    client = new ZooKeeper(
        connectString,
        sessionTimeout(),
        event -> {
          if (event.getType() == EventType.None) {
            stateChanged();
          }
          events.accept(event);
        },
        settings.readOnly(),
        servers,
        config());
    settings.credentials().forEach(credential -> client.addAuthInfo(credential.scheme(), credential.secret()));
  }

  /**
   * Begins to connect, and returns at once.
   *
   * @param events told, on a thread of the client, of watches and of changes of the connection
   * @throws WrongInput if this is no connect string
   */
  static Connection open(String connectString, Settings settings, Consumer<WatchedEvent> events) {
    try {
      return new Connection(connectString, settings, events);
    } catch (IOException e) {
      throw new IllegalStateException("the client opens no socket of its own here", e);
    }
  }

  private int sessionTimeout() {
    return Math.toIntExact(settings.timeout().toMillis());
  }

  private ZKClientConfig config() {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(settings.timeout().toMillis()));
    config.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(LONGEST_ANSWER));
    // Otherwise the client asks the name service for the name of each server's address, which may take seconds.
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    return config;
  }

  private synchronized void nobodyAnswered() {
    inVain = true;
    notifyAll();
  }

  private synchronized void stateChanged() {
    wasConnected |= client.getState().isConnected();
    notifyAll();
  }

  /**
   * Waits until there is a connection.
   *
   * @return the client
   * @throws NoConnection if there is none in time, or never again
   */
  synchronized ZooKeeper connected() throws NoConnection, InterruptedException {
    long end = System.nanoTime() + settings.timeout().toNanos();
    while (!client.getState().isConnected()) {
      switch (client.getState()) {
        case AUTH_FAILED -> throw new NoConnection("the server has refused the credentials, and with them the session");
        case CLOSED -> throw new NoConnection("the session has ended; 'connect' begins a new one");
        default -> { }
      }
      if (inVain && !wasConnected && !settings.patient()) {
        throw new NoConnection(servers.whyNone());
      }
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new NoConnection(servers.whyNone() + " within " + Durations.text(settings.timeout()));
      }
      wait(left);
    }
    return client;
  }

  /** The answer to an asynchronous request, for which the client has no limit of its own. */
  <T> T await(CompletableFuture<T> answer) throws KeeperException, InterruptedException {
    try {
      return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw KeeperException.create(Code.REQUESTTIMEOUT);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KeeperException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** The children of a node, in no order. Fails with a {@link KeeperException}. */
  CompletableFuture<List<String>> children(String path, boolean watch) {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    client.getChildren(path, watch, (code, ignored, context, children) -> {
      if (code == Code.OK.intValue()) {
        answer.complete(children);
      } else {
        answer.completeExceptionally(KeeperException.create(Code.get(code), path));
      }
    }, null);
    return answer;
  }

  /**
   * Another session at the same servers, which may also change who they are.
   *
   * @throws NoConnection if there is none in time
   */
  ZooKeeperAdmin admin() throws NoConnection, InterruptedException {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeperAdmin admin;
    try {
      admin = new ZooKeeperAdmin(connectString, sessionTimeout(), event -> connected.countDown(), false, config());
    } catch (IOException e) {
      throw new IllegalStateException("the client opens no socket of its own here", e);
    }
    settings.credentials().forEach(credential -> admin.addAuthInfo(credential.scheme(), credential.secret()));
    if (connected.await(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
      return admin;
    }
    admin.close();
    throw new NoConnection(servers.whyNone());
  }

  States state() {
    return client.getState();
  }

  Settings settings() {
    return settings;
  }

  Servers servers() {
    return servers;
  }

  /** Ends the session: its ephemeral nodes are gone. */
  @Override
  public void close() throws InterruptedException {
    if (hasSession()) {
      client.close();
    } else {
      // Nothing to wait for, and the client may be in the midst of a pause between two attempts.
      Thread.ofVirtual().start(this::abandon);
    }
  }

  private synchronized boolean hasSession() {
    return wasConnected;
  }

  private void abandon() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
