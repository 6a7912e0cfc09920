package troupe.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** ZooKeeper's own Java client, with its events kept and a few words less to say. */
final class Client extends ZooKeeper {
  /** The longest that the servers here grant: a restart of theirs fits in. */
  static final int SESSION_TIMEOUT_MILLIS = 10_000;

  private final Events events;

  /** A client that may not be connected yet. */
  Client(String connectString, int sessionTimeoutMillis, Events events) throws IOException {
    super(connectString, sessionTimeoutMillis, events);
    this.events = events;
  }

  /** A client that claims a session. */
  Client(String connectString, Events events, long sessionId, byte[] password) throws IOException {
    super(connectString, SESSION_TIMEOUT_MILLIS, events, sessionId, password);
    this.events = events;
  }

  /** A client with a session of its own. */
  static Client connect(String connectString, int sessionTimeoutMillis) throws IOException, InterruptedException {
    return new Client(connectString, sessionTimeoutMillis, new Events()).awaitConnected();
  }

  Client awaitConnected() throws InterruptedException {
    events.await(KeeperState.SyncConnected);
    return this;
  }

  /** What the default watcher was told. */
  Events events() {
    return events;
  }

  /** Creates a node open to everyone, its data a text; returns its path. */
  String create(String path, String data, CreateMode mode) throws KeeperException, InterruptedException {
    return create(path, bytes(data), Ids.OPEN_ACL_UNSAFE, mode);
  }

  String create(String path) throws KeeperException, InterruptedException {
    return create(path, "", CreateMode.PERSISTENT);
  }

  String read(String path) throws KeeperException, InterruptedException {
    return new String(getData(path, false, null), StandardCharsets.UTF_8);
  }

  boolean has(String path) throws KeeperException, InterruptedException {
    return exists(path, false) != null;
  }

  List<String> sortedChildren(String path) throws KeeperException, InterruptedException {
    return getChildren(path, false).stream().sorted().toList();
  }

  /**
   * Returns when every watcher of this client has been told all that the server sent before it answers this.
   * Only then can a test say that an event did not come.
   */
  void fence() throws Exception {
    var passed = new CompletableFuture<Integer>();
    // a callback stands in one queue with the events, which a synchronous reply overtakes
    sync("/", (code, path, context) -> passed.complete(code), null);
    int code = Await.get(passed);
    if (code != 0) {
      throw KeeperException.create(KeeperException.Code.get(code), "/");
    }
  }

  /** Goes without a word, as a crashed client does: its session stays until it expires. */
  void vanish() {
    cnxn.disconnect();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
