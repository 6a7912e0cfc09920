package troupe.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import troupe.ensemble.Zxid;

/**
 * Everything that is replicated, after one transaction: the znodes, the sessions, and what follows from them.
 *
 * <p>A value: {@link #apply} gives the next tree and leaves this one as it is. So whoever holds a tree can read it, or
 * write it to a disk, for as long as it likes, and no lock is needed anywhere.
 */
public final class DataTree {
  final Znode root;
  final PersistentMap<Long, SessionInfo> sessions;
  final PersistentMap<Long, KeptOutcomes> outcomes;
  final PersistentMap<Long, PersistentMap<String, Boolean>> ephemerals;
  final PersistentMap<String, Boolean> containers;
  final PersistentMap<String, Boolean> ttlNodes;
  final int nodeCount;
  final long dataSize;
  final long digest;
  private final long lastZxid;

  DataTree(
      Znode root,
      PersistentMap<Long, SessionInfo> sessions,
      PersistentMap<Long, KeptOutcomes> outcomes,
      PersistentMap<Long, PersistentMap<String, Boolean>> ephemerals,
      PersistentMap<String, Boolean> containers,
      PersistentMap<String, Boolean> ttlNodes,
      int nodeCount,
      long dataSize,
      long digest,
      long lastZxid) {
    this.root = root;
    this.sessions = sessions;
    this.outcomes = outcomes;
    this.ephemerals = ephemerals;
    this.containers = containers;
    this.ttlNodes = ttlNodes;
    this.nodeCount = nodeCount;
    this.dataSize = dataSize;
    this.digest = digest;
    this.lastZxid = lastZxid;
  }

  /** The tree before the first transaction: the root and ZooKeeper's own nodes. */
  public static DataTree initial() {
    TreeBuilder builder = new TreeBuilder();
    builder.node(0, "", ancient(Acl.OPEN, 0));
    builder.node(1, "zookeeper", ancient(Acl.OPEN, 0));
    builder.node(2, "quota", ancient(Acl.OPEN, 0));
    builder.node(2, "config", ancient(Acl.READ_ONLY, -1));
    return builder.build(Zxid.ZERO);
  }

  private static Znode ancient(Acl acl, int aversion) {
    return new Znode(new byte[0], acl, 0, 0, 0, 0, 0, Owner.NONE, 0, 0, aversion);
  }

  /** The node at this path, if there is one; a path that no node could have names none. */
  public Optional<Znode> find(String path) {
    int length = path.length();
    if (length == 0) {
      return Optional.of(root); // as in ZooKeeper, which knows the root by two names
    }
    if (path.charAt(0) != '/' || length > 1 && path.charAt(length - 1) == '/') {
      return Optional.empty();
    }
    Optional<Znode> node = Optional.of(root);
    for (int from = 1; from < length && node.isPresent(); ) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? length : slash;
      node = node.get().child(path.substring(from, to));
      from = to + 1;
    }
    return node;
  }

  /** The last transaction in this tree. */
  public Zxid lastZxid() {
    return Zxid.of(lastZxid);
  }

  /** The same as a bare number, for the header of every reply. */
  public long lastZxidNumber() {
    return lastZxid;
  }

  public Optional<SessionInfo> session(long id) {
    return sessions.get(id);
  }

  public int sessionCount() {
    return sessions.size();
  }

  /** An object that stays the same for as long as no session comes or goes. */
  public Object sessionsMark() {
    return sessions;
  }

  public void forEachSession(BiConsumer<? super Long, ? super SessionInfo> action) {
    sessions.forEach(action);
  }

  /** What became of writes of this session, as far as its client may ask for it again. */
  public KeptOutcomes outcomesOf(long session) {
    return outcomes.get(session).orElse(KeptOutcomes.NONE);
  }

  /** The paths of a session's ephemeral nodes. */
  public List<String> ephemeralsOf(long session) {
    return keys(ephemerals.get(session).orElse(PersistentMap.empty()));
  }

  /** The ids of the sessions that have ephemeral nodes. */
  public List<Long> sessionsWithEphemerals() {
    return keys(ephemerals);
  }

  /** How many nodes sessions own. */
  public int ephemeralCount() {
    int[] count = {0};
    ephemerals.forEach((session, paths) -> count[0] += paths.size());
    return count[0];
  }

  /** Nodes, the root among them. */
  public int nodeCount() {
    return nodeCount;
  }

  /** Bytes of paths and data, roughly. */
  public long dataSize() {
    return dataSize;
  }

  /** A sum over all nodes: trees that differ have, but for bad luck of 1 in 2^64, different ones. */
  public long digest() {
    return digest;
  }

  /** Nodes below this path, this one not among them. */
  public int countBelow(Znode node) {
    int[] count = {0};
    node.forEachChild((name, child) -> count[0] += 1 + countBelow(child));
    return count[0];
  }

  /**
   * The containers and TTL nodes that have had their time.
   *
   * @param now the wall clock, in milliseconds since 1970
   * @param max at most so many
   */
  public List<String> expired(long now, int max) {
    List<String> expired = new ArrayList<>();
    containers.forEach((path, present) -> {
      Znode node = find(path).orElseThrow();
      if (expired.size() < max && node.childCount() == 0 && node.creations() != 0) {
        expired.add(path);
      }
    });
    ttlNodes.forEach((path, present) -> {
      Znode node = find(path).orElseThrow();
      if (expired.size() < max && node.childCount() == 0 && now - node.mtime() > Owner.ttl(node.owner())) {
        expired.add(path);
      }
    });
    return expired;
  }

  /**
   * Decides what a request comes to in this tree. Never fails: a refusal is a change like any other.
   *
   * @param extendedTypes whether there may be TTL nodes
   */
  public Change prepare(Operation operation, Requester requester, boolean extendedTypes) {
    return new Preparation(requester, extendedTypes).prepare(this, operation);
  }

  /**
   * The next tree.
   *
   * @throws IllegalStateException if the transaction does not follow this tree's last one, or cannot be done in it:
   *     both mean that the servers no longer agree
   */
  public Applied apply(Transaction transaction) {
    if (!transaction.zxid().follows(lastZxid())) {
      throw new IllegalStateException("transaction " + transaction.zxid() + " does not follow " + lastZxid());
    }
    return new TreeEdit(this, transaction).apply();
  }

  /** Every node, parents before their children. */
  public void forEachNode(NodeVisitor visitor) {
    visit(visitor, 0, "", root);
  }

  private static void visit(NodeVisitor visitor, int depth, String name, Znode node) {
    visitor.node(depth, name, node);
    node.forEachChild((childName, child) -> visit(visitor, depth + 1, childName, child));
  }

  /** Is shown every node of a tree, parents first. */
  public interface NodeVisitor {
    /**
     * @param depth 0 for the root
     * @param name the last part of the path, empty for the root
     */
    void node(int depth, String name, Znode node);
  }

  private static <K> List<K> keys(PersistentMap<K, ?> map) {
    List<K> keys = new ArrayList<>(map.size());
    map.forEach((key, value) -> keys.add(key));
    return keys;
  }
}
