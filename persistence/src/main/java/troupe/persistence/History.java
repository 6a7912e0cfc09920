package troupe.persistence;

import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;

/**
 * What the log's events add up to, the batches' contents aside.
 *
 * @param acceptedEpoch the newest epoch promised to a would-be leader
 * @param currentEpoch the epoch of the last leader whose history this server has
 * @param last the last transaction appended
 * @param snapshots those that are kept, oldest first
 */
public record History(long acceptedEpoch, long currentEpoch, Zxid last, List<SnapshotRef> snapshots) {
  /** Nothing has happened yet. */
  public static final History EMPTY = new History(0, 0, Zxid.ZERO, List.of());

  public History {
    snapshots = List.copyOf(snapshots);
  }

  /** Whether this batch continues the history without a gap, in an epoch that was promised. */
  public boolean isFollowedBy(Batch batch) {
    return batch.first().follows(last) && batch.first().epoch() >= currentEpoch;
  }

  History with(Batch batch) {
    return new History(acceptedEpoch, currentEpoch, batch.last(), snapshots);
  }

  History accepted(long epoch) {
    return new History(epoch, currentEpoch, last, snapshots);
  }

  History established(long epoch) {
    return new History(Math.max(acceptedEpoch, epoch), epoch, last, snapshots);
  }

  History with(SnapshotRef snapshot, int kept) {
    List<SnapshotRef> all = new ArrayList<>(snapshots);
    all.add(snapshot);
    return new History(acceptedEpoch, currentEpoch, last, all.subList(Math.max(0, all.size() - kept), all.size()));
  }
}
