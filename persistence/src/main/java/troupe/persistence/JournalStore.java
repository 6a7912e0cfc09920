package troupe.persistence;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The journal of one server: events by persistence id and sequence number, and small named values.
 *
 * <p>Every write is synced before its method returns. Sequence numbers of a persistence id have no gaps, which is
 * checked when they are written and again when they are read; the highest one is known even after its event was
 * deleted. What is read was checked against its checksum. A write that fails leaves in doubt what is on the disk: from
 * then on the store is broken, reads go on, and every write fails with that first cause.
 *
 * <p>Safe to use from several threads; its methods wait for the disk.
 */
public interface JournalStore extends Capacity, AutoCloseable {
  /**
   * One event, as bytes.
   *
   * @param sequenceNr from 1
   */
  record Event(String persistenceId, long sequenceNr, ByteString payload) {}

  /**
   * Stores events in one batch, all or none, and returns when they are safe.
   *
   * @throws DiskFullException if there is not enough room; nothing was written and a later try is welcome
   * @throws IllegalArgumentException if a sequence number is not the next one; nothing was written
   * @throws IllegalStateException if this write or one before it failed, with the first cause
   */
  void write(List<Event> newEvents);

  /**
   * Reads events in order, as they are now: what is written or deleted meanwhile is not seen.
   *
   * @param from first sequence number; deleted events are left out
   * @param to last sequence number
   * @param max at most so many events
   * @param visitor says whether to go on
   * @throws CorruptJournalException if an event is missing or damaged
   */
  void replay(String persistenceId, long from, long to, long max, Predicate<Event> visitor);

  /** The highest sequence number ever written; 0 if there was none. */
  long highestSequenceNr(String persistenceId);

  /** The highest sequence number ever deleted; 0 if there was none. */
  long deletedTo(String persistenceId);

  /**
   * Deletes events up to a sequence number. They are gone at once and for good; their bytes go batch by batch, so that
   * writers get in between, and what a crash leaves of them goes with the next deletion.
   *
   * @param to the last sequence number to delete; higher than any means all
   */
  void deleteTo(String persistenceId, long to);

  /** Gives the room of deleted events back to the disk. May take seconds, in which writes go on. */
  void compact(String persistenceId);

  /**
   * Stores a small named value, in place of an older one.
   *
   * @throws DiskFullException if there is not enough room; nothing was written
   */
  void put(String name, ByteString value);

  Optional<ByteString> get(String name);

  /** The names that begin so, in the order of their UTF-8 bytes. */
  List<String> names(String prefix);

  /** Deletes named values, all or none; a name without a value is none of them. */
  void delete(List<String> names);

  /** The first failure of a write, after which there are no more writes. */
  Optional<Throwable> broken();

  /** Bytes on disk. */
  long size();

  /** Says of an event that could not be understood where it is. */
  CorruptJournalException corrupt(String persistenceId, long sequenceNr, String damage);

  /** Waits for those who are reading or writing, but for no replay to reach its end. */
  @Override
  void close();
}
