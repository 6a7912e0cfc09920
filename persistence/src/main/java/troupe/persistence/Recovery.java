package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.JournalRecord;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/** The tree as the log has it: from the newest sound snapshot, and the batches since. Waits for the disk. */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private Recovery() {}

  /**
   * @param history what the log says
   * @throws CorruptJournalException if there is no way to the history's last transaction
   */
  public static DataTree recover(History history, JournalStore journal, Path snapshots) {
    List<SnapshotRef> refs = history.snapshots().reversed();
    for (SnapshotRef ref : refs) {
      try {
        Path file = snapshots.resolve(ref.file());
        if (!Files.exists(file)) {
          throw new CorruptSnapshotException(file, 0, "the file is gone");
        }
        DataTree tree = SnapshotFile.read(file);
        if (!tree.lastZxid().equals(ref.last()) || tree.digest() != ref.digest()) {
          throw new CorruptSnapshotException(file, 0, "it holds another tree than the log recorded");
        }
        return replayed(tree, ref.position(), history, journal);
      } catch (IOException e) {
        LOG.warn("{}; going back to an older snapshot and the log since", e.getMessage());
      }
    }
    if (journal.deletedTo(TransactionLog.PERSISTENCE_ID.id()) > 0) {
      throw new CorruptJournalException(snapshots, "none of its " + refs.size()
          + " snapshots is sound, and the log begins after the oldest");
    }
    return replayed(DataTree.initial(), 0, history, journal);
  }

  private static DataTree replayed(DataTree base, long position, History history, JournalStore journal) {
    DataTree[] tree = {base};
    journal.replay(TransactionLog.PERSISTENCE_ID.id(), position + 1, Long.MAX_VALUE, Long.MAX_VALUE, event -> {
      if (decoded(event) instanceof TransactionLog.Appended appended) {
        tree[0] = with(tree[0], appended.batch(), event);
      }
      return true;
    });
    if (!tree[0].lastZxid().equals(history.last())) {
      throw new IllegalStateException(
          "the log ends at " + history.last() + ", but what it holds leads to " + tree[0].lastZxid());
    }
    return tree[0];
  }

  private static DataTree with(DataTree tree, Batch batch, JournalStore.Event event) {
    DataTree next = tree;
    Zxid last = tree.lastZxid();
    for (Transaction transaction : batch.transactions()) {
      if (transaction.zxid().isAfter(last)) {
        next = next.apply(transaction).tree();
      }
    }
    if (next != tree && next.digest() != batch.digest()) {
      throw new IllegalStateException("after " + batch + " (sequence number " + event.sequenceNr()
          + ") the tree has another digest than when it was logged");
    }
    return next;
  }

  private static TransactionLog.Event decoded(JournalStore.Event event) {
    try {
      return LogSerializer.decodeEvent(JournalRecord.parseFrom(event.payload()).getEvent().getContent());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "sequence number " + event.sequenceNr() + " of the log is not an event of it: " + e.getMessage(), e);
    }
  }
}
