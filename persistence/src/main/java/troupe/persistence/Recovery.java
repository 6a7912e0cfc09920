package troupe.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/** The tree as the log has it: from the newest sound snapshot, and the batches since. Waits for the disk. */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /** Is shown how the tree is made. */
  public interface Listener {
    /** From this tree on; should it lead nowhere, from another one instead. */
    void begins(DataTree tree);

    void applied(Applied applied);
  }

  private static final Listener NOBODY = new Listener() {
    @Override
    public void begins(DataTree tree) {}

    @Override
    public void applied(Applied applied) {}
  };

  private Recovery() {}

  /**
   * @param history what the log says
   * @param committed the committed tree that the server still has in memory, which saves reading it again
   * @throws CorruptJournalException if there is no way to the history's last transaction
   */
  public static TreeAt recover(
      History history, JournalStore journal, Path snapshots, Optional<TreeAt> committed) {
    return recover(history, journal, snapshots, committed, NOBODY);
  }

  /** The same, with somebody looking on. */
  public static TreeAt recover(
      History history, JournalStore journal, Path snapshots, Optional<TreeAt> committed, Listener listener) {
    List<SnapshotRef> refs = history.snapshots().reversed();
    if (committed.isPresent() && isInTheLog(committed.get(), refs)) {
      return replayed(committed.get(), history, journal, listener);
    }
    for (SnapshotRef ref : refs) {
      try {
        return replayed(new TreeAt(read(ref, snapshots), ref.position()), history, journal, listener);
      } catch (IOException e) {
        LOG.warn("{}; going back to an older snapshot and the log since", e.getMessage());
      }
    }
    if (history.beginsAfter() > 0 || journal.deletedTo(TransactionLog.PERSISTENCE_ID.id()) > 0) {
      throw new CorruptJournalException(snapshots, "none of its " + refs.size()
          + " snapshots is sound, and the log begins after the oldest");
    }
    return replayed(new TreeAt(DataTree.initial(), 0), history, journal, listener);
  }

  /** Another server's snapshot may have taken the place of everything since. */
  private static boolean isInTheLog(TreeAt committed, List<SnapshotRef> newestFirst) {
    return newestFirst.isEmpty() || committed.position() >= newestFirst.getFirst().position();
  }

  static DataTree read(SnapshotRef ref, Path snapshots) throws IOException {
    Path file = snapshots.resolve(ref.file());
    if (!Files.exists(file)) {
      throw new CorruptSnapshotException(file, 0, "the file is gone");
    }
    DataTree tree = SnapshotFile.read(file);
    if (!tree.lastZxid().equals(ref.last()) || tree.digest() != ref.digest()) {
      throw new CorruptSnapshotException(file, 0, "it holds another tree than the log recorded");
    }
    return tree;
  }

  private static TreeAt replayed(TreeAt base, History history, JournalStore journal, Listener listener) {
    listener.begins(base.tree());
    TreeAt[] reached = {base};
    new LogReader(journal, history).forEach(base.position() + 1, (batch, position) -> {
      reached[0] = new TreeAt(with(reached[0].tree(), batch, position, listener), position);
      return true;
    });
    if (!reached[0].tree().lastZxid().equals(history.last())) {
      throw new IllegalStateException(
          "the log ends at " + history.last() + ", but what it holds leads to " + reached[0].tree().lastZxid());
    }
    return reached[0];
  }

  /** @throws IllegalStateException if the batch does not fit the tree, or leads to another than when it was logged */
  static DataTree with(DataTree tree, Batch batch, long position) {
    return with(tree, batch, position, NOBODY);
  }

  private static DataTree with(DataTree tree, Batch batch, long position, Listener listener) {
    if (!batch.first().follows(tree.lastZxid())) {
      throw new IllegalStateException(
          batch + " (sequence number " + position + ") does not follow " + tree.lastZxid());
    }
    DataTree next = tree;
    for (Transaction transaction : batch.transactions()) {
      Applied applied = next.apply(transaction);
      listener.applied(applied);
      next = applied.tree();
    }
    if (next.digest() != batch.digest()) {
      throw new IllegalStateException("after " + batch + " (sequence number " + position
          + ") the tree has another digest than when it was logged");
    }
    return next;
  }
}
