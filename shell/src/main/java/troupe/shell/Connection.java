package troupe.shell;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.jute.BinaryInputArchive;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.ZooKeeper.States;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ZKClientConfig;

/** One session with a server: the stock client, and waiting with a limit. */
final class Connection implements AutoCloseable {
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

  /** Told, on a thread of the client, of what happens by itself. */
  interface Listener {
    /** @param server the one that the connection leads, or has led, to */
    void happened(WatchedEvent event, String server);
  }

  /** Leaves out what is for TLS, which nobody here speaks, and takes a fifth of the time until the first answer. */
  private static final class Config extends ZKClientConfig {
    @Override
    protected void handleBackwardCompatibility() {
      setProperty(JUTE_MAXBUFFER, Integer.toString(BinaryInputArchive.maxBuffer));
    }
  }

  private final String connectString;
  private final Settings settings;
  private final Servers servers;
  private final ZooKeeper client;
  private final List<Credential> credentials = new CopyOnWriteArrayList<>();
  private boolean wasConnected;
  private boolean inVain;

  private Connection(String connectString, Settings settings, Listener listener) throws IOException {
    this.connectString = connectString;
    this.settings = settings;
    this.servers = new Servers(connectString, this::nobodyAnswered);
    client = new ZooKeeper(
        connectString,
        sessionTimeout(),
        event -> {
          if (event.getType() == EventType.None) {
            stateChanged(event.getState());
          }
          listener.happened(event, servers.current());
        },
        settings.readOnly(),
        servers,
        config());
    settings.credentials().forEach(this::add);
  }

  /**
   * Begins to connect, and returns at once.
   *
   * @param listener told of watches and of changes of the connection
   * @throws WrongInput if this is no connect string
   */
  static Connection open(String connectString, Settings settings, Listener listener) {
    try {
      return new Connection(connectString, settings, listener);
    } catch (IOException e) {
      throw new IllegalStateException("the client opens no socket of its own here", e);
    }
  }

  private int sessionTimeout() {
    return Math.toIntExact(settings.timeout().toMillis());
  }

  private ZKClientConfig config() {
    ZKClientConfig config = new Config();
    config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(settings.timeout().toMillis()));
    // Otherwise the client asks the name service for the name of each server's address, which may take seconds.
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    return config;
  }

  private synchronized void nobodyAnswered() {
    inVain = true;
    notifyAll();
  }

  private synchronized void stateChanged(KeeperState state) {
    wasConnected |= state == KeeperState.SyncConnected || state == KeeperState.ConnectedReadOnly;
    notifyAll();
  }

  /** Tells the server, now and after each new connection, who this is. */
  void add(Credential credential) {
    credentials.add(credential);
    client.addAuthInfo(credential.scheme(), credential.secret());
  }

  /**
   * Waits until there is a connection.
   *
   * @return the client
   * @throws KeeperException if the server has refused the credentials, and with them the session
   * @throws NoConnection if there is none in time, or never again
   */
  synchronized ZooKeeper connected() throws KeeperException, NoConnection, InterruptedException {
    long end = System.nanoTime() + settings.timeout().toNanos();
    while (!client.getState().isConnected()) {
      switch (client.getState()) {
        case AUTH_FAILED -> throw KeeperException.create(Code.AUTHFAILED);
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
    credentials.forEach(credential -> admin.addAuthInfo(credential.scheme(), credential.secret()));
    if (connected.await(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
      return admin;
    }
    admin.close();
    throw new NoConnection(servers.whyNone());
  }

  States state() {
    return client.getState();
  }

  Servers servers() {
    return servers;
  }

  /** Ends the session: its ephemeral nodes are gone. The listener has heard of all events before. */
  @Override
  public void close() throws InterruptedException {
    if (client.getState().isConnected()) {
      hearOut();
    }
    // The client pauses before its end, for 100 ms and, when nobody answers, for longer.
    Thread ending = Thread.ofVirtual().start(this::end);
    while (hasSession() && client.getState().isAlive() && ending.isAlive()) {
      ending.join(Duration.ofMillis(1));
    }
  }

  /** Events and answers are told in the order in which they come. */
  private void hearOut() throws InterruptedException {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    client.exists("/", false, (code, path, context, stat) -> answer.complete(null), null);
    try {
      await(answer);
    } catch (KeeperException e) {
      // then there is nothing more to hear
    }
  }

  private synchronized boolean hasSession() {
    return wasConnected;
  }

  private void end() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
