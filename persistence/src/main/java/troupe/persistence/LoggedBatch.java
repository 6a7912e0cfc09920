package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import troupe.persistence.wire.JournalRecord;

/** Reads batches out of a journal's events: for whoever looks at a log without being its actor. */
public final class LoggedBatch {
  private LoggedBatch() {}

  /**
   * The batch that an event of the log appended; none if it is an event of another kind.
   *
   * @throws IllegalStateException if it is not an event of the log
   */
  public static Optional<Batch> in(JournalStore.Event event) {
    try {
      TransactionLog.Event logged =
          LogSerializer.decodeEvent(JournalRecord.parseFrom(event.payload()).getEvent().getContent());
      return logged instanceof TransactionLog.Appended appended ? Optional.of(appended.batch()) : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "sequence number " + event.sequenceNr() + " of the log is not an event of it: " + e.getMessage(), e);
    }
  }
}
