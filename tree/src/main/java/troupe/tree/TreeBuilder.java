package troupe.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import troupe.ensemble.Zxid;

/** Makes a tree from what {@link DataTree#forEachNode} and {@link DataTree#forEachSession} showed of another. */
public final class TreeBuilder {
  /** A node whose children are still coming. */
  private record Open(String path, Znode node) {}

  private final Deque<Open> branch = new ArrayDeque<>();
  private PersistentMap<Long, SessionInfo> sessions = PersistentMap.empty();
  private PersistentMap<Long, KeptOutcomes> outcomes = PersistentMap.empty();
  private PersistentMap<Long, PersistentMap<String, Boolean>> ephemerals = PersistentMap.empty();
  private PersistentMap<String, Boolean> containers = PersistentMap.empty();
  private PersistentMap<String, Boolean> ttlNodes = PersistentMap.empty();
  private int nodeCount;
  private long dataSize;
  private long digest;

  public void session(long id, SessionInfo session) {
    sessions = sessions.with(id, session);
  }

  /** One of {@link DataTree#outcomesOf} a session, in the order of writes. */
  public void outcome(long session, int cxid, KeptOutcomes.Kept kept) {
    KeptOutcomes before = outcomes.get(session).orElse(KeptOutcomes.NONE);
    outcomes = outcomes.with(session, before.with(cxid, kept));
  }

  /**
   * The next node, parents before children, without its children.
   *
   * @throws IllegalArgumentException if its parent has not been here
   */
  public void node(int depth, String name, Znode node) {
    if (depth > branch.size() || depth == 0 && !branch.isEmpty()) {
      throw new IllegalArgumentException("node '" + name + "' at depth " + depth + " has no parent");
    }
    closeDownTo(depth);
    String path = depth == 0 ? "" : branch.peek().path() + "/" + name;
    branch.push(new Open(path, node));
    long owner = node.owner();
    if (Owner.isSession(owner)) {
      ephemerals = ephemerals.with(owner, ephemerals.get(owner).orElse(PersistentMap.empty()).with(path, true));
    } else if (owner == Owner.CONTAINER) {
      containers = containers.with(path, true);
    } else if (Owner.isTtl(owner)) {
      ttlNodes = ttlNodes.with(path, true);
    }
    nodeCount++;
    dataSize += path.length() + node.data().length;
    digest += NodeDigest.of(path, node);
  }

  /** The tree, whose last transaction is {@code lastZxid}. */
  public DataTree build(Zxid lastZxid) {
    if (branch.isEmpty()) {
      throw new IllegalArgumentException("a tree has at least its root");
    }
    closeDownTo(1);
    return new DataTree(branch.pop().node(), sessions, outcomes, ephemerals, containers, ttlNodes, nodeCount, dataSize, digest,
        lastZxid.toLong());
  }

  private void closeDownTo(int depth) {
    while (branch.size() > Math.max(depth, 1)) {
      Open done = branch.pop();
      Open parent = branch.pop();
      branch.push(new Open(parent.path(), parent.node().withChild(Paths.name(done.path()), done.node())));
    }
  }
}
