package troupe.persistence;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The log's events, in memory: for what only reads, appends and deletes. */
class MemoryJournal implements JournalStore {
  private final SortedMap<Long, Event> events = new TreeMap<>();
  private long deletedTo;

  /** @return where it is */
  long append(TransactionLog.Event event) {
    long position = highestSequenceNr("") + 1;
    write(List.of(Story.stored(position, event)));
    return position;
  }

  @Override
  public void write(List<Event> newEvents) {
    newEvents.forEach(event -> events.put(event.sequenceNr(), event));
  }

  @Override
  public void replay(String persistenceId, long from, long to, long max, Predicate<Event> visitor) {
    long left = max;
    for (Event event : List.copyOf(events.tailMap(from).values())) {
      if (event.sequenceNr() > to || left-- == 0 || !visitor.test(event)) {
        return;
      }
    }
  }

  @Override
  public long highestSequenceNr(String persistenceId) {
    return events.isEmpty() ? deletedTo : events.lastKey();
  }

  @Override
  public long deletedTo(String persistenceId) {
    return deletedTo;
  }

  @Override
  public void deleteTo(String persistenceId, long to) {
    deletedTo = Math.max(deletedTo, Math.min(to, highestSequenceNr(persistenceId)));
    events.headMap(deletedTo + 1).clear();
  }

  @Override
  public void compact(String persistenceId) {}

  @Override
  public void put(String name, ByteString value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<ByteString> get(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> names(String prefix) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(List<String> names) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Room room() {
    return Room.ENOUGH;
  }

  @Override
  public Optional<Throwable> broken() {
    return Optional.empty();
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public CorruptJournalException corrupt(String persistenceId, long sequenceNr, String damage) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
