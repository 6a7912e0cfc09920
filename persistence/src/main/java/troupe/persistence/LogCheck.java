package troupe.persistence;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import troupe.ensemble.Zxid;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/**
 * Reads all of a log and looks whether it can be what a server has written: every checksum, every sequence number, the
 * order of zxids and epochs, the small states stored beside the events, and the digest of the tree after every batch.
 */
public final class LogCheck {
  /**
   * A log that is sound.
   *
   * @param events that are there; older ones were deleted after a snapshot stood for them
   * @param last the last transaction that counts
   * @param digests how many batches led to the tree that they should
   * @param snapshots files that the log counts on, all sound
   */
  public record Sound(long events, long batches, long transactions, Zxid last, long digests, int snapshots) {}

  private final DataAtRest data;
  private final History end;
  private final LongConsumer progress;

  /** What the events so far add up to; unknown after deleted ones, until the first stored state. */
  private Optional<History> folded;

  private Optional<Zxid> last;
  private OptionalLong accepted;
  private Optional<TreeAt> tree = Optional.empty();
  private final Deque<SnapshotRef> toCompare;
  private long events;
  private long batches;
  private long transactions;
  private long digests;

  private LogCheck(DataAtRest data, LongConsumer progress) {
    this.data = data;
    this.end = data.history();
    this.progress = progress;
    this.toCompare = new ArrayDeque<>(end.snapshots());
    long deletedTo = data.deletedTo();
    if (deletedTo == 0) {
      folded = Optional.of(History.EMPTY);
    } else {
      folded = Optional.ofNullable(data.states().get(deletedTo));
    }
    accepted = folded.isPresent() ? OptionalLong.of(folded.get().acceptedEpoch()) : OptionalLong.empty();
    last = folded.map(History::last).or(() -> end.snapshots().stream()
        .filter(snapshot -> snapshot.position() == deletedTo).map(SnapshotRef::last).findFirst());
  }

  /**
   * @param digests whether to make the tree batch by batch, which needs memory for it
   * @param progress is told the sequence number of each event that was looked at
   * @throws CorruptJournalException at the first damage
   * @throws CorruptSnapshotException if only a snapshot is damaged
   */
  public static Sound check(DataAtRest data, boolean digests, LongConsumer progress) throws IOException {
    LogCheck check = new LogCheck(data, progress);
    if (digests) {
      check.findTree();
    }
    data.forEach((sequenceNr, writtenAt, event) -> check.next(sequenceNr, event));
    check.compareSnapshotsBefore(Long.MAX_VALUE);
    for (SnapshotRef snapshot : check.end.snapshots()) {
      SnapshotScan.Head head =
          SnapshotScan.scan(data.snapshots().resolve(snapshot.file()), new SnapshotScan.Visitor() {});
      if (!head.last().equals(snapshot.last()) || head.digest() != snapshot.digest()) {
        throw new CorruptSnapshotException(data.snapshots().resolve(snapshot.file()), 0,
            "it holds another tree than the log recorded");
      }
    }
    return new Sound(check.events, check.batches, check.transactions, check.end.last(), check.digests,
        check.end.snapshots().size());
  }

  /** The oldest there is: so that as many batches as possible come after it. */
  private void findTree() throws IOException {
    if (data.deletedTo() == 0 && end.beginsAfter() == 0) {
      tree = Optional.of(new TreeAt(DataTree.initial(), 0));
      return;
    }
    if (end.snapshots().isEmpty()) {
      throw data.corrupt(data.deletedTo() + 1, "the log begins here, and no snapshot stands for what was before");
    }
    SnapshotRef oldest = end.snapshots().getFirst();
    tree = Optional.of(new TreeAt(Recovery.read(oldest, data.snapshots()), oldest.position()));
  }

  private boolean next(long sequenceNr, TransactionLog.Event event) {
    switch (event) {
      case TransactionLog.Appended appended -> append(sequenceNr, appended.batch());
      case TransactionLog.EpochAccepted promise -> {
        if (accepted.isPresent() && promise.epoch() <= accepted.getAsLong()) {
          throw data.corrupt(sequenceNr,
              "epoch " + promise.epoch() + " is promised after epoch " + accepted.getAsLong());
        }
        accepted = OptionalLong.of(promise.epoch());
      }
      case TransactionLog.EpochEstablished established -> {
        if (accepted.isPresent() && established.epoch() != accepted.getAsLong()) {
          throw data.corrupt(sequenceNr,
              "epoch " + established.epoch() + " begins, but promised was epoch " + accepted.getAsLong());
        }
        accepted = OptionalLong.of(established.epoch());
      }
      case TransactionLog.SnapshotTaken taken -> {
        if (taken.snapshot().position() >= sequenceNr || last.filter(taken.snapshot().last()::isAfter).isPresent()) {
          throw data.corrupt(sequenceNr, "a snapshot of what comes later, up to " + taken.snapshot().last());
        }
      }
      case TransactionLog.Truncated truncated -> {
        Zxid keepUpTo = truncated.truncation().keepUpTo();
        if (truncated.truncation().position() != sequenceNr || last.filter(keepUpTo::isAfter).isPresent()) {
          throw data.corrupt(sequenceNr, "what comes after " + keepUpTo + " is given up, which was never there");
        }
        last = Optional.of(keepUpTo);
      }
      case TransactionLog.SnapshotInstalled installed -> {
        if (installed.snapshot().position() != sequenceNr) {
          throw data.corrupt(sequenceNr, "a snapshot is installed for position " + installed.snapshot().position());
        }
        last = Optional.of(installed.snapshot().last());
      }
    }
    events++;
    folded = folded.map(history -> history.after(event));
    compareState(sequenceNr);
    progress.accept(sequenceNr);
    return true;
  }

  private void append(long sequenceNr, Batch batch) {
    Zxid before = last.orElse(null);
    for (Transaction transaction : batch.transactions()) {
      if (before != null && !transaction.zxid().follows(before)) {
        throw data.corrupt(sequenceNr, transaction.zxid() + " does not follow " + before);
      }
      before = transaction.zxid();
    }
    if (before == null) {
      throw data.corrupt(sequenceNr, "a batch without transactions");
    }
    if (accepted.isPresent() && batch.first().epoch() > accepted.getAsLong()) {
      throw data.corrupt(sequenceNr, batch + " is of an epoch that was not promised: that is " + accepted.getAsLong());
    }
    last = Optional.of(before);
    batches++;
    transactions += batch.transactions().size();
    compareSnapshotsBefore(sequenceNr);
    if (tree.isPresent() && sequenceNr > tree.get().position() && end.counts(batch, sequenceNr)) {
      try {
        tree = Optional.of(new TreeAt(Recovery.with(tree.get().tree(), batch, sequenceNr), sequenceNr));
        digests++;
      } catch (IllegalStateException e) {
        throw data.corrupt(sequenceNr, e.getMessage());
      }
    }
  }

  private void compareState(long sequenceNr) {
    History stored = data.states().get(sequenceNr);
    if (stored != null) {
      if (folded.isPresent() && !folded.get().equals(stored)) {
        throw data.corrupt(sequenceNr,
            "the state of the log stored here, " + stored + ", is not what its events lead to, " + folded.get());
      }
      folded = Optional.of(stored);
    }
  }

  private void compareSnapshotsBefore(long sequenceNr) {
    while (!toCompare.isEmpty() && toCompare.peek().position() < sequenceNr) {
      SnapshotRef snapshot = toCompare.poll();
      tree.filter(at -> at.position() <= snapshot.position()).map(TreeAt::tree).ifPresent(then -> {
        if (!then.lastZxid().equals(snapshot.last()) || then.digest() != snapshot.digest()) {
          throw data.corrupt(snapshot.position(), "snapshot " + snapshot.file() + " was recorded of another tree"
              + " than the log leads to here");
        }
      });
    }
  }
}
