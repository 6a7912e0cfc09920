package troupe.shell;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;

/**
 * A walk through a subtree that asks for the children of the next nodes while it waits for those of the first: as fast as
 * the server answers, and with no more in memory than the siblings on the way down. The tree may change meanwhile; a
 * node that goes away is passed over.
 */
final class Subtree {
  private static final int AHEAD = 64;

  /** What to do with each node. */
  interface Visitor {
    void visit(String path) throws KeeperException, NoConnection, InterruptedException;
  }

  private final Connection connection;
  private final boolean watch;
  private final boolean parentsFirst;
  private final Visitor visitor;

  private Subtree(Connection connection, boolean watch, boolean parentsFirst, Visitor visitor) {
    this.connection = connection;
    this.watch = watch;
    this.parentsFirst = parentsFirst;
    this.visitor = visitor;
  }

  /** First the node, then all its children, then the subtree of each: the order of ZooKeeper's command line. */
  static void parentsFirst(Connection connection, String path, boolean watch, Visitor visitor)
      throws KeeperException, NoConnection, InterruptedException {
    visitor.visit(path);
    new Subtree(connection, watch, true, visitor).below(path, connection.children(path, watch));
  }

  /** Every node after all that is below it. */
  static void childrenFirst(Connection connection, String path, Visitor visitor)
      throws KeeperException, NoConnection, InterruptedException {
    new Subtree(connection, false, false, visitor).below(path, connection.children(path, false));
    visitor.visit(path);
  }

  private void below(String path, CompletableFuture<List<String>> answer)
      throws KeeperException, NoConnection, InterruptedException {
    List<String> children;
    try {
      children = connection.await(answer).stream().sorted().map(name -> NodePath.child(path, name)).toList();
    } catch (NoNodeException gone) {
      return;
    }
    if (parentsFirst) {
      for (String child : children) {
        visitor.visit(child);
      }
    }
    Queue<CompletableFuture<List<String>>> asked = new ArrayDeque<>();
    int next = 0;
    for (int at = 0; at < children.size(); at++) {
      while (next < children.size() && next < at + AHEAD) {
        asked.add(connection.children(children.get(next++), watch));
      }
      below(children.get(at), asked.remove());
      if (!parentsFirst) {
        visitor.visit(children.get(at));
      }
    }
  }
}
