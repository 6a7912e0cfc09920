package troupe.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One transaction on its way from one tree to the next: a working copy that nobody else sees. */
final class TreeEdit {
  private final Transaction transaction;
  private final long zxid;
  private final List<NodeEvent> events = new ArrayList<>(2);
  private Znode root;
  private PersistentMap<Long, SessionInfo> sessions;
  private PersistentMap<Long, KeptOutcomes> outcomes;
  private PersistentMap<Long, PersistentMap<String, Boolean>> ephemerals;
  private PersistentMap<String, Boolean> containers;
  private PersistentMap<String, Boolean> ttlNodes;
  private int nodeCount;
  private long dataSize;
  private long digest;

  TreeEdit(DataTree tree, Transaction transaction) {
    this.transaction = transaction;
    this.zxid = transaction.zxid().toLong();
    root = tree.root;
    sessions = tree.sessions;
    outcomes = tree.outcomes;
    ephemerals = tree.ephemerals;
    containers = tree.containers;
    ttlNodes = tree.ttlNodes;
    nodeCount = tree.nodeCount;
    dataSize = tree.dataSize;
    digest = tree.digest;
  }

  Applied apply() {
    Outcome outcome = apply(transaction.change());
    if (transaction.heardUpTo().isPresent() && sessions.containsKey(transaction.session())) {
      keep(outcome, transaction.heardUpTo().getAsInt());
    }
    return new Applied(transaction, tree(), outcome, List.copyOf(events));
  }

  /** The tree as it is by now; within a multi, what the next operation is decided against. */
  DataTree tree() {
    return new DataTree(
        root, sessions, outcomes, ephemerals, containers, ttlNodes, nodeCount, dataSize, digest, zxid);
  }

  Outcome apply(Change change) {
    return switch (change) {
      case Change.CreateNode create -> create(create);
      case Change.DeleteNode delete -> {
        delete(delete.path());
        yield new Outcome.Deleted();
      }
      case Change.SetNodeData set -> setData(set);
      case Change.SetNodeAcl set -> {
        Znode node = changed(set.path(), old -> old.withAcl(set.acl(), set.version()));
        yield new Outcome.AclSet(node.stat());
      }
      case Change.Checked checked -> new Outcome.Checked();
      case Change.Several several -> new Outcome.Several(several.changes().stream().map(this::apply).toList());
      case Change.SessionOpened opened -> {
        sessions = sessions.with(transaction.session(), opened.session());
        yield new Outcome.SessionOpened(opened.session());
      }
      case Change.SessionClosed closed -> {
        closed.ephemerals().forEach(this::delete);
        sessions = sessions.without(transaction.session());
        outcomes = outcomes.without(transaction.session());
        yield new Outcome.SessionClosed();
      }
      case Change.Failed failed -> new Outcome.Failed(failed.reason());
      case Change.SeveralFailed failed ->
          new Outcome.Several(failed.reasons().stream().<Outcome>map(Outcome.Failed::new).toList());
    };
  }

  private void keep(Outcome outcome, int heardUpTo) {
    long session = transaction.session();
    KeptOutcomes before = outcomes.get(session).orElse(KeptOutcomes.NONE);
    outcomes = outcomes.with(
        session, before.with(heardUpTo, transaction.cxid(), new KeptOutcomes.Kept(zxid, outcome)));
  }

  private Outcome create(Change.CreateNode create) {
    String path = create.path();
    String name = Paths.name(path);
    Znode node = Znode.created(create.data(), create.acl(), create.owner(), zxid, transaction.time());
    Znode parent = changed(Paths.parent(path), old -> {
      if (old.child(name).isPresent()) {
        throw new IllegalStateException("transaction " + transaction.zxid() + " creates " + path + ", which exists");
      }
      return old.withNewChild(name, node, zxid);
    });
    nodeCount++;
    dataSize += path.length() + create.data().length;
    digest += NodeDigest.of(path, node);
    index(path, create.owner());
    events.add(new NodeEvent(NodeEvent.Kind.CREATED, path, node.acl()));
    events.add(new NodeEvent(NodeEvent.Kind.CHILDREN_CHANGED, parentOrRoot(path), parent.acl()));
    return new Outcome.Created(path, node.stat());
  }

  private void delete(String path) {
    String name = Paths.name(path);
    Znode node = existing(path);
    if (node.childCount() > 0) {
      throw new IllegalStateException("transaction " + transaction.zxid() + " deletes " + path + ", which has children");
    }
    Znode parent = changed(Paths.parent(path), old -> old.withoutChild(name, zxid));
    nodeCount--;
    dataSize -= path.length() + node.data().length;
    digest -= NodeDigest.of(path, node);
    unindex(path, node.owner());
    events.add(new NodeEvent(NodeEvent.Kind.DELETED, path, node.acl()));
    events.add(new NodeEvent(NodeEvent.Kind.CHILDREN_CHANGED, parentOrRoot(path), parent.acl()));
  }

  private Outcome setData(Change.SetNodeData set) {
    int before = existing(set.path()).data().length;
    Znode node = changed(
        set.path(), old -> old.withData(set.data(), set.version(), zxid, transaction.time()));
    dataSize += node.data().length - before;
    events.add(new NodeEvent(NodeEvent.Kind.DATA_CHANGED, set.path(), node.acl()));
    return new Outcome.DataSet(node.stat());
  }

  private void index(String path, long owner) {
    if (Owner.isSession(owner)) {
      ephemerals = ephemerals.with(owner, ephemerals.get(owner).orElse(PersistentMap.empty()).with(path, true));
    } else if (owner == Owner.CONTAINER) {
      containers = containers.with(path, true);
    } else if (Owner.isTtl(owner)) {
      ttlNodes = ttlNodes.with(path, true);
    }
  }

  private void unindex(String path, long owner) {
    if (Owner.isSession(owner)) {
      PersistentMap<String, Boolean> left = ephemerals.get(owner).orElseThrow().without(path);
      ephemerals = left.isEmpty() ? ephemerals.without(owner) : ephemerals.with(owner, left);
    } else if (owner == Owner.CONTAINER) {
      containers = containers.without(path);
    } else if (Owner.isTtl(owner)) {
      ttlNodes = ttlNodes.without(path);
    }
  }

  /** Changes one node, its share of the digest, and the branch from the root to it. Returns the new node. */
  private Znode changed(String path, UnaryOperator<Znode> change) {
    Znode[] after = new Znode[1];
    root = changed(root, path, 1, old -> {
      after[0] = change.apply(old);
      digest += NodeDigest.of(path, after[0]) - NodeDigest.of(path, old);
      return after[0];
    });
    return after[0];
  }

  private Znode changed(Znode at, String path, int from, UnaryOperator<Znode> change) {
    if (from >= path.length()) {
      return change.apply(at);
    }
    int slash = path.indexOf('/', from);
    int to = slash < 0 ? path.length() : slash;
    String name = path.substring(from, to);
    Znode child = at.child(name).orElseThrow(() -> missing(path));
    return at.withChild(name, changed(child, path, to + 1, change));
  }

  private Znode existing(String path) {
    Optional<Znode> node = Optional.of(root);
    for (int from = 1; from < path.length() && node.isPresent(); ) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      node = node.get().child(path.substring(from, to));
      from = to + 1;
    }
    return node.orElseThrow(() -> missing(path));
  }

  private IllegalStateException missing(String path) {
    return new IllegalStateException(
        "transaction " + transaction.zxid() + " needs " + path + ", which is not in the tree");
  }

  private static String parentOrRoot(String path) {
    String parent = Paths.parent(path);
    return parent.isEmpty() ? "/" : parent;
  }
}
