package troupe.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What {@link DataTree} is to be, said as simply as possible: a flat table of mutable nodes by path. */
final class ModelTree {
  /** A node; children that came and went are counted one by one. */
  static final class Node {
    final long owner;
    final long czxid;
    final long ctime;
    byte[] data;
    Acl acl;
    long mzxid;
    long mtime;
    long pzxid;
    int version;
    int aversion;
    int cversion;
    boolean hadChildren;

    Node(byte[] data, Acl acl, long owner, long zxid, long time) {
      this.data = data;
      this.acl = acl;
      this.owner = owner;
      this.czxid = zxid;
      this.mzxid = zxid;
      this.pzxid = zxid;
      this.ctime = time;
      this.mtime = time;
    }
  }

  /** What a transaction has to come to. */
  record Expected(Outcome outcome, List<NodeEvent> events) {}

  final Map<String, Node> nodes = new TreeMap<>();
  final Map<Long, SessionInfo> sessions = new HashMap<>();

  ModelTree() {
    nodes.put("/", new Node(new byte[0], Acl.OPEN, 0, 0, 0));
    nodes.put("/zookeeper", new Node(new byte[0], Acl.OPEN, 0, 0, 0));
    nodes.put("/zookeeper/quota", new Node(new byte[0], Acl.OPEN, 0, 0, 0));
    nodes.put("/zookeeper/config", new Node(new byte[0], Acl.READ_ONLY, 0, 0, 0));
    // As in a new ZooKeeper: its own children are there without ever having been created.
    nodes.get("/").cversion = -1;
    nodes.get("/zookeeper").cversion = -2;
    nodes.get("/zookeeper/config").aversion = -1;
  }

  Expected apply(Transaction transaction) {
    List<NodeEvent> events = new ArrayList<>();
    return new Expected(apply(transaction, transaction.change(), events), events);
  }

  private Outcome apply(Transaction transaction, Change change, List<NodeEvent> events) {
    return switch (change) {
      case Change.CreateNode c -> {
        Node node = new Node(c.data(), c.acl(), c.owner(), transaction.zxid().toLong(), transaction.time());
        nodes.put(c.path(), node);
        events.add(new NodeEvent(NodeEvent.Kind.CREATED, c.path(), c.acl()));
        childrenChanged(transaction, c.path(), events);
        nodes.get(parent(c.path())).hadChildren = true;
        yield new Outcome.Created(c.path(), stat(c.path()));
      }
      case Change.DeleteNode d -> {
        delete(transaction, d.path(), events);
        yield new Outcome.Deleted();
      }
      case Change.SetNodeData s -> {
        Node node = nodes.get(s.path());
        node.data = s.data();
        node.version++;
        node.mzxid = transaction.zxid().toLong();
        node.mtime = transaction.time();
        events.add(new NodeEvent(NodeEvent.Kind.DATA_CHANGED, s.path(), node.acl));
        yield new Outcome.DataSet(stat(s.path()));
      }
      case Change.SetNodeAcl s -> {
        nodes.get(s.path()).acl = s.acl();
        nodes.get(s.path()).aversion++;
        yield new Outcome.AclSet(stat(s.path()));
      }
      case Change.Checked c -> new Outcome.Checked();
      case Change.Several s ->
          new Outcome.Several(s.changes().stream().map(each -> apply(transaction, each, events)).toList());
      case Change.SessionOpened o -> {
        sessions.put(transaction.session(), o.session());
        yield new Outcome.SessionOpened(o.session());
      }
      case Change.SessionClosed c -> {
        c.ephemerals().forEach(path -> delete(transaction, path, events));
        sessions.remove(transaction.session());
        yield new Outcome.SessionClosed();
      }
      case Change.Failed f -> new Outcome.Failed(f.reason());
      case Change.SeveralFailed f ->
          new Outcome.Several(f.reasons().stream().<Outcome>map(Outcome.Failed::new).toList());
    };
  }

  private void delete(Transaction transaction, String path, List<NodeEvent> events) {
    events.add(new NodeEvent(NodeEvent.Kind.DELETED, path, nodes.remove(path).acl));
    childrenChanged(transaction, path, events);
  }

  private void childrenChanged(Transaction transaction, String child, List<NodeEvent> events) {
    Node parent = nodes.get(parent(child));
    parent.cversion++;
    parent.pzxid = transaction.zxid().toLong();
    events.add(new NodeEvent(NodeEvent.Kind.CHILDREN_CHANGED, parent(child), parent.acl));
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, slash);
  }

  Set<String> children(String path) {
    Set<String> children = new HashSet<>();
    for (String each : nodes.keySet()) {
      if (!each.equals("/") && parent(each).equals(path)) {
        children.add(each.substring(each.lastIndexOf('/') + 1));
      }
    }
    return children;
  }

  Set<String> ephemeralsOf(long session) {
    Set<String> paths = new HashSet<>();
    nodes.forEach((path, node) -> {
      if (node.owner == session) {
        paths.add(path);
      }
    });
    return paths;
  }

  /** The containers that had children, and the TTL nodes left alone for longer than they live; all without children. */
  Set<String> expired(long now) {
    Set<String> expired = new HashSet<>();
    nodes.forEach((path, node) -> {
      boolean over = node.owner == Owner.CONTAINER
          ? node.hadChildren
          : Owner.isTtl(node.owner) && now > node.mtime + Owner.ttl(node.owner);
      if (over && children(path).isEmpty()) {
        expired.add(path);
      }
    });
    return expired;
  }

  Stat stat(String path) {
    Node n = nodes.get(path);
    return new Stat(n.czxid, n.mzxid, n.ctime, n.mtime, n.version, n.cversion, n.aversion,
        sessions.containsKey(n.owner) ? n.owner : 0, n.data.length, children(path).size(), n.pzxid);
  }

  long dataSize() {
    return nodes.entrySet().stream()
        .mapToLong(node -> (node.getKey().equals("/") ? 0 : node.getKey().length()) + node.getValue().data.length)
        .sum();
  }

  boolean hasData(String path, byte[] data) {
    return Arrays.equals(nodes.get(path).data, data);
  }
}
