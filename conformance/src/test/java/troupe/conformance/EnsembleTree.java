package troupe.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** The whole tree as one server has it. */
final class EnsembleTree {
  private static final String CONFIG = "/zookeeper/config"; // ZooKeeper makes it on each server, with its own time

  /** All that a client can know of a node, but for its children's names. */
  record Znode(String data, Stat stat, List<ACL> acl) {
    History.Node node() {
      return new History.Node(
          data, stat.getVersion(), stat.getCzxid(), stat.getMzxid(), stat.getEphemeralOwner());
    }
  }

  private record Listed(Znode znode, List<String> children) {}

  private EnsembleTree() {}

  /** Reads it by and by after a sync, so nobody may write meanwhile. */
  static SortedMap<String, Znode> read(NodeProcess server) throws Exception {
    var tree = new TreeMap<String, Znode>();
    try (Client client = Client.connect(server.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
      client.fence();
      List<String> level = List.of("/");
      while (!level.isEmpty()) {
        List<CompletableFuture<Listed>> asked = level.stream().map(path -> ask(client, path)).toList();
        var next = new ArrayList<String>();
        for (int i = 0; i < level.size(); i++) {
          String path = level.get(i);
          Listed listed = Await.get(asked.get(i));
          tree.put(path, listed.znode());
          String prefix = path.equals("/") ? path : path + "/";
          listed.children().stream().map(prefix::concat).filter(child -> !child.equals(CONFIG)).forEach(next::add);
        }
        level = next;
      }
    }
    return tree;
  }

  private static CompletableFuture<Listed> ask(Client client, String path) {
    var data = new CompletableFuture<String>();
    var acl = new CompletableFuture<List<ACL>>();
    var listed = new CompletableFuture<Listed>();
    // they are answered in this order, so the first two are known when the last one is
    client.getData(path, false, (code, asked, context, bytes, stat) ->
        complete(data, code, path, bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8)), null);
    client.getACL(path, new Stat(), (code, asked, context, found, stat) -> complete(acl, code, path, found), null);
    client.getChildren(path, false, (code, asked, context, children, stat) ->
        complete(listed, code, path, new Listed(new Znode(data.join(), stat, acl.join()), children)), null);
    return listed;
  }

  private static <T> void complete(CompletableFuture<T> future, int code, String path, T value) {
    if (code == 0) {
      future.complete(value);
    } else {
      future.completeExceptionally(KeeperException.create(KeeperException.Code.get(code), path));
    }
  }

  /** Where two trees differ, with what each has there. */
  static List<String> differences(SortedMap<String, Znode> one, SortedMap<String, Znode> other) {
    TreeSet<String> paths = new TreeSet<>(one.keySet());
    paths.addAll(other.keySet());
    return paths.stream()
        .filter(path -> !Objects.equals(one.get(path), other.get(path)))
        .map(path -> path + ": " + one.get(path) + " and " + other.get(path))
        .toList();
  }
}
