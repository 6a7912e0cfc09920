package troupe.persistence;

import troupe.ensemble.Zxid;

/**
 * A snapshot file that is complete and on the disk.
 *
 * @param last the last transaction in it
 * @param position the sequence number in the journal after which batches have to be added to it
 * @param file its name in the snapshot directory
 * @param digest of its tree
 */
public record SnapshotRef(Zxid last, long position, String file, long digest) {
  SnapshotRef at(long otherPosition) {
    return new SnapshotRef(last, otherPosition, file, digest);
  }
}
