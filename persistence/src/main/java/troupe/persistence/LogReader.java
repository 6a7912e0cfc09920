package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.JournalRecord;

/** Reads the batches that count from the journal. Waits for the disk. */
public final class LogReader {
  /**
   * A place between two batches.
   *
   * @param last the transaction before it
   * @param position the sequence number in the journal of the batch before it
   */
  public record Place(Zxid last, long position) {}

  /** @param position its sequence number in the journal */
  public record Entry(Batch batch, long position) {}

  /** Says whether to go on. */
  interface Visitor {
    boolean visit(Batch batch, long position);
  }

  private final JournalStore journal;
  private final History history;

  /** @param history what the log says; of what was truncated later it does not know */
  public LogReader(JournalStore journal, History history) {
    this.journal = journal;
    this.history = history;
  }

  /** The last place at or before a transaction; none where the log begins after it, or was purged meanwhile. */
  public Optional<Place> placeOf(Zxid zxid) {
    Place begin = begin();
    if (begin.last().isAfter(zxid)) {
      return Optional.empty();
    }
    // All batches up to `low` are at or before the transaction, all from `high` on after it.
    Place low = history.snapshots().reversed().stream()
        .filter(snapshot -> !snapshot.last().isAfter(zxid))
        .findFirst()
        .map(snapshot -> new Place(snapshot.last(), snapshot.position()))
        .orElse(begin);
    long high = journal.highestSequenceNr(TransactionLog.PERSISTENCE_ID.id()) + 1;
    while (high - low.position() > 1) {
      long middle = low.position() + (high - low.position()) / 2;
      Optional<Entry> found = firstFrom(middle, high);
      if (found.isPresent() && !found.get().batch().last().isAfter(zxid)) {
        low = new Place(found.get().batch().last(), found.get().position());
      } else {
        high = middle;
      }
    }
    // What was purged during the search was not found: to whoever has it, it would look as if it had never been.
    return journal.deletedTo(TransactionLog.PERSISTENCE_ID.id()) > begin.position()
        ? Optional.empty()
        : Optional.of(low);
  }

  /**
   * Batches from a place on, in order: at least one if there is any, then as many as fit into so many bytes. None if what
   * comes after the place was purged meanwhile.
   */
  public List<Entry> read(Place from, long maxBytes) {
    List<Entry> entries = new ArrayList<>();
    long[] left = {maxBytes};
    forEach(from.position() + 1, (batch, position) -> {
      left[0] -= batch.size();
      if (left[0] < 0 && !entries.isEmpty()) {
        return false;
      }
      entries.add(new Entry(batch, position));
      return true;
    });
    // Else the first of them might seem to follow, as the first of an epoch follows the last of any other.
    return journal.deletedTo(TransactionLog.PERSISTENCE_ID.id()) > from.position() ? List.of() : entries;
  }

  /** Where the log begins: after a snapshot, or at the very beginning. */
  private Place begin() {
    boolean whole = history.beginsAfter() == 0 && journal.deletedTo(TransactionLog.PERSISTENCE_ID.id()) == 0;
    return whole || history.snapshots().isEmpty()
        ? new Place(Zxid.ZERO, 0)
        : new Place(history.snapshots().getFirst().last(), history.snapshots().getFirst().position());
  }

  private Optional<Entry> firstFrom(long position, long before) {
    List<Entry> first = new ArrayList<>(1);
    forEach(position, (batch, at) -> {
      if (at < before) {
        first.add(new Entry(batch, at));
      }
      return false;
    });
    return first.stream().findFirst();
  }

  /** From a sequence number on, in order. */
  void forEach(long from, Visitor visitor) {
    journal.replay(TransactionLog.PERSISTENCE_ID.id(), from, Long.MAX_VALUE, Long.MAX_VALUE, event ->
        !(decoded(event) instanceof TransactionLog.Appended appended)
            || !history.counts(appended.batch(), event.sequenceNr())
            || visitor.visit(appended.batch(), event.sequenceNr()));
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
