package troupe.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One server for all tests of a class, which keep apart by the paths they use. What a test opened here is closed after
 * it. The server's data and output stay in {@code target/nodes} until the class runs again.
 */
final class SharedNode implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, TestWatcher {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private NodeProcess process;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    process = NodeProcess.start(NodeSettings.inDirectory(freshHome(context.getRequiredTestClass())));
  }

  /** An empty directory for the servers of one test class. */
  static Path freshHome(Class<?> test) throws IOException {
    Path home = Path.of("target", "nodes", test.getSimpleName());
    if (Files.exists(home)) {
      List<Path> old;
      try (var paths = Files.walk(home)) {
        old = paths.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : old) {
        Files.delete(path);
      }
    }
    return Files.createDirectories(home);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    System.err.println(context.getDisplayName() + " failed, and " + process + " printed:\n" + process.tail());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    process.close();
  }

  NodeProcess process() {
    return process;
  }

  String connectString() {
    return process.connectString();
  }

  /** A crash and a new start. Clients are not told. */
  void restart() {
    process.kill();
    process = process.startAgain();
  }

  /** A client with a session of its own. */
  Client client() throws IOException, InterruptedException {
    return closing(Client.connect(connectString(), Client.SESSION_TIMEOUT_MILLIS));
  }

  /** A Curator client with a session of its own, which tries again for as long as it must. */
  CuratorFramework curator() throws InterruptedException {
    return curator(connectString(), Client.SESSION_TIMEOUT_MILLIS);
  }

  CuratorFramework curator(String connectString, int sessionTimeoutMillis) throws InterruptedException {
    var curator = CuratorFrameworkFactory.newClient(
        connectString, sessionTimeoutMillis, sessionTimeoutMillis, new RetryForever(50));
    curator.start();
    curator.blockUntilConnected();
    return closing(curator);
  }

  /** Closes {@code resource} after the test, the last one first. */
  <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }
}
