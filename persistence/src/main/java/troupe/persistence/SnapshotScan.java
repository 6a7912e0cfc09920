package troupe.persistence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.SnapshotHeadMessage;
import troupe.tree.NodeDigest;
import troupe.tree.SessionInfo;
import troupe.tree.Znode;

/** Reads a snapshot file, or a backup, record by record, in constant memory. Waits for the disk. */
public final class SnapshotScan {
  /**
   * What a file says of itself.
   *
   * @param last the last transaction in it
   * @param digest of its tree
   * @param nodes how many there are, the root among them
   */
  public record Head(Zxid last, long digest, int nodes) {}

  /** Is shown what a file holds, in this order. What it throws ends the scan. */
  public interface Visitor {
    default void head(Head head) throws IOException {}

    default void session(long id, SessionInfo session) throws IOException {}

    /**
     * Parents come before their children.
     *
     * @param path {@code /} for the root
     * @param node without its children, which are still to come
     */
    default void node(String path, Znode node) throws IOException {}
  }

  private SnapshotScan() {}

  /**
   * Reads all of a file. When this returns, it was sound: every checksum is right, and the nodes are those whose digest
   * was written.
   *
   * @throws CorruptSnapshotException if it is not; what was shown before may be wrong
   */
  public static Head scan(Path file, Visitor visitor) throws IOException {
    Nodes nodes = new Nodes(visitor);
    SnapshotHeadMessage head = SnapshotFile.forEach(file, nodes);
    SnapshotFile.compare(file, head, nodes.count, nodes.digest);
    return head(head);
  }

  private static Head head(SnapshotHeadMessage head) {
    return new Head(Zxid.of(head.getLast()), head.getDigest(), head.getNodes());
  }

  private static final class Nodes implements SnapshotFile.Visitor {
    private final Visitor visitor;
    private final List<String> branch = new ArrayList<>(); // the paths from the root to the last node
    private int count;
    private long digest;

    Nodes(Visitor visitor) {
      this.visitor = visitor;
    }

    @Override
    public void head(SnapshotHeadMessage head) throws IOException {
      visitor.head(SnapshotScan.head(head));
    }

    @Override
    public void session(long id, SessionInfo session) throws IOException {
      visitor.session(id, session);
    }

    @Override
    public void node(int depth, String name, Znode node) throws IOException {
      if (depth > branch.size() || depth == 0 && count > 0) {
        throw new IllegalArgumentException("node '" + name + "' at depth " + depth + " has no parent");
      }
      String path = depth == 0 ? "" : branch.get(depth - 1) + "/" + name;
      branch.subList(depth, branch.size()).clear();
      branch.add(path);
      count++;
      digest += NodeDigest.of(path, node);
      visitor.node(path.isEmpty() ? "/" : path, node);
    }
  }
}
