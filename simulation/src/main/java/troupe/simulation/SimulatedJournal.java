package troupe.simulation;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.DiskFullException;
import troupe.persistence.JournalStore;
import troupe.persistence.Room;

/**
 * A journal on a simulated disk. What has been written and not synced is there for its own process, and at the mercy
 * of the disk when that ends.
 */
final class SimulatedJournal implements JournalStore {
  /** All of a journal's content. */
  private static final class Content {
    final NavigableMap<String, Log> logs = new TreeMap<>();
    final NavigableMap<String, ByteString> values = new TreeMap<>();

    Log log(String persistenceId) {
      return logs.computeIfAbsent(persistenceId, id -> new Log());
    }

    Content copy() {
      Content copy = new Content();
      logs.forEach((id, log) -> copy.logs.put(id, log.copy()));
      copy.values.putAll(values);
      return copy;
    }
  }

  private static final class Log {
    final NavigableMap<Long, Event> events = new TreeMap<>();
    final Set<Long> damaged = new HashSet<>();
    long highest;
    long deletedTo;

    Log copy() {
      Log copy = new Log();
      copy.events.putAll(events);
      copy.damaged.addAll(damaged);
      copy.highest = highest;
      copy.deletedTo = deletedTo;
      return copy;
    }

    void append(Event event) {
      events.put(event.sequenceNr(), event);
      highest = event.sequenceNr();
    }

    void deleteTo(long to) {
      deletedTo = Math.max(deletedTo, Math.min(to, highest));
      events.headMap(deletedTo, true).clear();
      damaged.removeIf(number -> number <= deletedTo);
    }
  }

  /** One batch of LevelDB: a crash leaves all of it or nothing. */
  private record Write(Consumer<Content> change, List<Event> events) {}

  /** The transactions, of which {@link #durableLog} speaks. */
  static final String LOG = "transaction-log";

  private final Path place;
  private final Disk disk;
  private final DurableLog durableLog;
  private final Content durable;
  private final Content seen;
  private final List<Write> unsynced = new ArrayList<>();
  private Optional<Throwable> broken = Optional.empty();
  private boolean failed;

  /** An empty one. */
  SimulatedJournal(Path place, Disk disk) {
    this(place, disk, new Content(), new DurableLog());
  }

  private SimulatedJournal(Path place, Disk disk, Content content, DurableLog durableLog) {
    this.place = place;
    this.disk = disk;
    this.durable = content;
    this.durableLog = durableLog;
    this.seen = content.copy();
  }

  /**
   * As the next process finds it. LevelDB writes and syncs anew what it recovers, so from then on it is durable.
   *
   * @param lost how many of the newest writes that were not synced are gone
   */
  SimulatedJournal reopened(int lost) {
    unsynced.subList(0, unsynced.size() - lost).forEach(this::makeDurable);
    return new SimulatedJournal(place, disk, durable, durableLog);
  }

  int unsynced() {
    return unsynced.size();
  }

  /** Whether a write has not succeeded, for whatever reason. */
  boolean hasFailed() {
    return failed;
  }

  /** A bit flips in one of a log's events; the next process that reads it notices. Whether there was one. */
  boolean damage(String persistenceId, RandomGenerator random) {
    Log log = durable.log(persistenceId);
    if (log.events.isEmpty()) {
      return false;
    }
    long first = log.events.firstKey();
    log.damaged.add(first + random.nextLong(log.highest - first + 1));
    return true;
  }

  /** Takes back what {@link #damage} did. Whether this process could have noticed. */
  boolean restore() {
    boolean damaged = seen.logs.values().stream().anyMatch(log -> !log.damaged.isEmpty());
    durable.logs.values().forEach(log -> log.damaged.clear());
    seen.logs.values().forEach(log -> log.damaged.clear());
    return damaged;
  }

  DurableLog durableLog() {
    return durableLog;
  }

  @Override
  public void write(List<Event> events) {
    Map<String, Long> highest = new HashMap<>();
    for (Event event : events) {
      long last = highest.computeIfAbsent(event.persistenceId(), this::highestSequenceNr);
      if (event.sequenceNr() != last + 1) {
        throw new IllegalArgumentException(
            event.persistenceId() + " sequence number " + event.sequenceNr() + " cannot follow " + last);
      }
      highest.put(event.persistenceId(), event.sequenceNr());
    }
    commit(new Write(content -> events.forEach(event -> content.log(event.persistenceId()).append(event)), events));
  }

  private void commit(Write write) {
    checkSound();
    if (disk.room() == Room.NONE) {
      failed = true;
      throw new DiskFullException(place, 0, 1);
    }
    unsynced.add(write);
    try {
      disk.sync();
    } catch (Disk.Failure e) {
      broken = Optional.of(e);
      failed = true;
      throw new IllegalStateException("a write to " + place + " failed; no more will be tried", e);
    }
    checkSound();
    // There is one write-ahead log: whoever syncs his own syncs all that was written before.
    List<Write> synced = unsynced.subList(0, unsynced.indexOf(write) + 1);
    synced.forEach(this::makeDurable);
    synced.clear();
    write.change.accept(seen);
  }

  private void makeDurable(Write write) {
    write.change.accept(durable);
    write.events.stream().filter(event -> event.persistenceId().equals(LOG)).forEach(durableLog::add);
  }

  private void checkSound() {
    broken.ifPresent(cause -> {
      throw new IllegalStateException("no more writes to " + place + " after one failed", cause);
    });
  }

  @Override
  public void replay(String persistenceId, long from, long to, long max, Predicate<Event> visitor) {
    disk.read();
    Log log = seen.log(persistenceId);
    long next = Math.max(from, log.deletedTo + 1);
    long last = Math.min(to, log.highest);
    for (long count = 0; count < max && next <= last; count++, next++) {
      if (log.damaged.contains(next)) {
        throw corrupt(persistenceId, next, "checksum mismatch");
      }
      if (!visitor.test(log.events.get(next))) {
        return;
      }
    }
  }

  @Override
  public long highestSequenceNr(String persistenceId) {
    return seen.log(persistenceId).highest;
  }

  @Override
  public long deletedTo(String persistenceId) {
    return seen.log(persistenceId).deletedTo;
  }

  @Override
  public void deleteTo(String persistenceId, long to) {
    commit(new Write(content -> content.log(persistenceId).deleteTo(to), List.of()));
  }

  @Override
  public void compact(String persistenceId) {
    disk.read();
  }

  @Override
  public void put(String name, ByteString value) {
    commit(new Write(content -> content.values.put(name, value), List.of()));
  }

  @Override
  public Optional<ByteString> get(String name) {
    return Optional.ofNullable(seen.values.get(name));
  }

  @Override
  public List<String> names(String prefix) {
    return seen.values.tailMap(prefix, true).keySet().stream().takeWhile(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void delete(List<String> names) {
    if (!names.isEmpty()) {
      commit(new Write(content -> names.forEach(content.values::remove), List.of()));
    }
  }

  @Override
  public Room room() {
    return disk.room();
  }

  @Override
  public Optional<Throwable> broken() {
    return broken;
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public CorruptJournalException corrupt(String persistenceId, long sequenceNr, String damage) {
    return new CorruptJournalException(place, persistenceId, sequenceNr, damage);
  }

  @Override
  public void close() {}
}
