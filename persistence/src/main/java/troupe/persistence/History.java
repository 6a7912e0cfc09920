package troupe.persistence;

import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;

/**
 * What the log's events add up to, the batches' contents aside.
 *
 * @param acceptedEpoch the newest epoch promised to a would-be leader
 * @param currentEpoch the epoch of the last leader whose history this server has
 * @param last the last transaction that counts
 * @param snapshots those that are kept, oldest first
 * @param truncations those that a recovery from the oldest snapshot has to know of, in order
 * @param beginsAfter the sequence number in the journal up to which nothing counts: a snapshot stands for it, the oldest
 *     that is kept, or another server's
 */
public record History(
    long acceptedEpoch,
    long currentEpoch,
    Zxid last,
    List<SnapshotRef> snapshots,
    List<Truncation> truncations,
    long beginsAfter) {
  /** Nothing has happened yet. */
  public static final History EMPTY = new History(0, 0, Zxid.ZERO, List.of());

  public History {
    snapshots = List.copyOf(snapshots);
    truncations = List.copyOf(truncations);
  }

  /** A history that never gave anything up. */
  public History(long acceptedEpoch, long currentEpoch, Zxid last, List<SnapshotRef> snapshots) {
    this(acceptedEpoch, currentEpoch, last, snapshots, List.of(), 0);
  }

  /**
   * Whether this batch continues the history without a gap, in an epoch that was promised. It may be older than the
   * current one: who established an epoch as its leader and then found no quorum has yet to learn how the epoch before
   * went on.
   */
  public boolean isFollowedBy(Batch batch) {
    return batch.first().follows(last) && batch.first().epoch() <= acceptedEpoch;
  }

  /** Whether these batches continue it, one after the other. */
  boolean isFollowedBy(List<Batch> batches) {
    History history = this;
    for (Batch batch : batches) {
      if (!history.isFollowedBy(batch)) {
        return false;
      }
      history = history.with(batch);
    }
    return true;
  }

  /** Whether what the journal has at this place is part of the history. */
  public boolean counts(Batch batch, long position) {
    return position > beginsAfter
        && truncations.stream().noneMatch(each -> position < each.position() && batch.last().isAfter(each.keepUpTo()));
  }

  /** The history with one event more. */
  History after(TransactionLog.Event event) {
    return switch (event) {
      case TransactionLog.Appended appended -> with(appended.batch());
      case TransactionLog.EpochAccepted accepted -> accepted(accepted.epoch());
      case TransactionLog.EpochEstablished established -> established(established.epoch());
      case TransactionLog.SnapshotTaken taken -> with(taken.snapshot(), taken.kept());
      case TransactionLog.Truncated truncated -> with(truncated.truncation());
      case TransactionLog.SnapshotInstalled installed -> replacedBy(installed.snapshot());
    };
  }

  History with(Batch batch) {
    return new History(acceptedEpoch, currentEpoch, batch.last(), snapshots, truncations, beginsAfter);
  }

  History accepted(long epoch) {
    return new History(epoch, currentEpoch, last, snapshots, truncations, beginsAfter);
  }

  History established(long epoch) {
    return new History(Math.max(acceptedEpoch, epoch), epoch, last, snapshots, truncations, beginsAfter);
  }

  History with(SnapshotRef snapshot, int kept) {
    if (!snapshots.isEmpty() && snapshots.getLast().equals(snapshot)) {
      return this; // written again, in its own place: one more way to recover it is not
    }
    List<SnapshotRef> all = new ArrayList<>(snapshots);
    all.add(snapshot);
    List<SnapshotRef> newest = all.subList(Math.max(0, all.size() - kept), all.size());
    if (newest.size() == all.size()) {
      return new History(acceptedEpoch, currentEpoch, last, newest, truncations, beginsAfter);
    }
    // What was given up before is forgotten, so nothing from there may count any more, even if it is never deleted.
    long begin = newest.getFirst().position();
    List<Truncation> needed = truncations.stream().filter(each -> each.position() > begin).toList();
    return new History(acceptedEpoch, currentEpoch, last, newest, needed, begin);
  }

  History with(Truncation truncation) {
    List<Truncation> all = new ArrayList<>(truncations);
    all.add(truncation);
    return new History(acceptedEpoch, currentEpoch, truncation.keepUpTo(), snapshots, all, beginsAfter);
  }

  /** @param snapshot of another server, in place of all that was there */
  History replacedBy(SnapshotRef snapshot) {
    return new History(
        acceptedEpoch, currentEpoch, snapshot.last(), List.of(snapshot), List.of(), snapshot.position());
  }
}
