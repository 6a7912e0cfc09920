package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.JournalRecord;

/** What an event in the journal did to the batches of the log: for whoever follows a log without being its actor. */
public sealed interface LogStep {
  /** The batch came at the end. */
  record Added(Batch batch) implements LogStep {}

  /** Everything after this was given up. */
  record KeptUpTo(Zxid last) implements LogStep {}

  /** Another server's snapshot stands for everything up to this, and nothing of before is left. */
  record ReplacedBy(Zxid last) implements LogStep {}

  /** Everything up to here is the history of this epoch's leader. */
  record Established(long epoch) implements LogStep {}

  /** Nothing. */
  record None() implements LogStep {}

  /** @throws IllegalStateException if that is no event of the log */
  static LogStep of(JournalStore.Event event) {
    return switch (decoded(event)) {
      case TransactionLog.Appended appended -> new Added(appended.batch());
      case TransactionLog.Truncated truncated -> new KeptUpTo(truncated.truncation().keepUpTo());
      case TransactionLog.SnapshotInstalled installed -> new ReplacedBy(installed.snapshot().last());
      case TransactionLog.EpochAccepted accepted -> new None();
      case TransactionLog.EpochEstablished established -> new Established(established.epoch());
      case TransactionLog.SnapshotTaken taken -> new None();
    };
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
