package troupe.persistence;

import com.google.common.util.concurrent.UncheckedExecutionException;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBException;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.ReadOptions;
import org.iq80.leveldb.Snapshot;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;

/** A journal in two LevelDB databases: one for events, one for small values. */
final class LevelDbStore implements JournalStore {
  static final String LOCK = "journal.lock";
  private static final ByteString FORMAT = ByteString.copyFromUtf8("troupe journal 1");
  private static final WriteOptions SYNC = new WriteOptions().sync(true);
  private static final int KEYS_PER_DELETION = 1000; // a batch of 21 kB: no writer waits long behind it
  private static final int BYTES_PER_KEY = 64; // key, framing and checksum of one entry, generously

  /** Where the free bytes of the log's disk are asked for: a full disk cannot be had in a test otherwise. */
  interface Disk {
    long usableBytes();
  }

  /** What is known of one persistence id without asking LevelDB. Changed under {@link #writer} only. */
  private static final class Log {
    final int id;
    volatile long deletedTo;
    volatile long highest;

    Log(int id) {
      this.id = id;
    }
  }

  private final JournalSettings settings;
  private final Disk disk;
  private final DirectoryLock lock;
  private final DB events;
  /**
   * Everything that is not an event: small, and often rewritten. Among the events, each of these keys would widen a
   * table's range until it overlaps all others, and LevelDB would rewrite the log over and over, needing room for it.
   */
  private final DB values;
  private final Map<String, Log> logs = new ConcurrentHashMap<>();
  private final Object writer = new Object();
  private volatile Optional<Throwable> broken = Optional.empty();
  private volatile long usableAtLastWrite;
  /** Shared by all who use LevelDB, whose native part ends the process if it is used after it was closed. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private volatile boolean closed;

  private LevelDbStore(JournalSettings settings, Disk disk, DirectoryLock lock, DB events, DB values) {
    this.settings = settings;
    this.disk = disk;
    usableAtLastWrite = disk.usableBytes();
    this.lock = lock;
    this.events = events;
    this.values = values;
  }

  /**
   * Opens the databases, making new ones in an empty directory. Cuts what a crash left of an unfinished write.
   *
   * @throws CorruptJournalException if something else is wrong with the log
   * @throws DirectoryInUseException if the directory is open already
   */
  static LevelDbStore open(JournalSettings settings) {
    // Asked for each write: it is one system call of a microsecond or two, against hundreds for the sync. An older
    // answer could miss another program filling the disk, and LevelDB's log is memory mapped: no room is a SIGBUS.
    // File answers 0 where it cannot tell, which is no room; Files.getFileStore would read the mount table each time.
    return open(settings, settings.directory().toFile()::getUsableSpace);
  }

  static LevelDbStore open(JournalSettings settings, Disk disk) {
    Path directory = settings.directory();
    DirectoryLock lock =
        DirectoryLock.take(directory, LOCK, "log directory", "troupe.persistence.log-dir");
    try {
      return open(settings, disk, lock);
    } catch (IOException e) {
      lock.close();
      throw cannotOpen(directory, e);
    } catch (RuntimeException e) {
      lock.close();
      throw saidByLevelDb(e).<RuntimeException>map(said ->
          new CorruptJournalException(directory, "LevelDB says " + said.getMessage())).orElse(e);
    }
  }

  private static LevelDbStore open(JournalSettings settings, Disk disk, DirectoryLock lock) throws IOException {
    DB events = LevelDb.open(settings.directory().resolve("events"), settings);
    try {
      DB values = LevelDb.open(settings.directory().resolve("values"), settings.forValues());
      try {
        LevelDbStore store = new LevelDbStore(settings, disk, lock, events, values);
        store.load();
        return store;
      } catch (RuntimeException e) {
        values.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      events.close();
      throw e;
    }
  }

  private static RuntimeException cannotOpen(Path directory, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    return reason.contains("orruption") // LevelDB tells its kinds of failure apart by this text only
        ? new CorruptJournalException(directory, "LevelDB says " + reason)
        : new UncheckedIOException("the journal " + directory + " cannot be opened", cause);
  }

  /**
   * What LevelDB says when it cannot read what it wrote. Its database throws this as it is; the iterators of the native
   * library wrap it in a plain RuntimeException, and those of the port in what the port's cache throws.
   */
  private static Optional<Throwable> saidByLevelDb(RuntimeException e) {
    if (e instanceof DBException) {
      return Optional.of(e);
    }
    boolean isWrapped = e.getClass() == RuntimeException.class || e instanceof UncheckedExecutionException;
    return isWrapped ? Optional.ofNullable(e.getCause()) : Optional.empty();
  }

  private void load() {
    Optional<ByteString> format = find(Key.format());
    if (format.isEmpty()) {
      if (hasEvents()) {
        // Whose events these are, and which were deleted, was in the values: numbering would begin anew among them.
        throw new CorruptJournalException(settings.directory(), "there are events, but the database of values is new");
      }
      commit(values, 0, batch -> put(batch, Key.format(), FORMAT));
    } else if (!format.get().equals(FORMAT)) {
      throw new IllegalStateException(settings.directory() + " was written by another version of Troupe: it says '"
          + format.get().toStringUtf8() + "', this one reads '" + FORMAT.toStringUtf8() + "'");
    }
    for (byte[] key : keysWith(Key.persistenceId(""))) {
      Log log = new Log(find(key).orElseThrow().asReadOnlyByteBuffer().getInt());
      log.deletedTo = find(Key.deletedTo(log.id)).map(LevelDbStore::toLong).orElse(0L);
      log.highest = Math.max(log.deletedTo, lastEventOf(log.id).orElse(0));
      logs.put(Key.textOf(key), log);
    }
  }

  @Override
  public void write(List<Event> newEvents) {
    writing(() -> {
      Map<String, Long> highest = highestAfter(newEvents);
      long bytes = newEvents.stream().mapToLong(event -> event.payload().size() + BYTES_PER_KEY).sum();
      highest.keySet().forEach(this::number);
      commit(events, bytes + settings.freeSpaceReserve() / 2, batch -> newEvents.forEach(event ->
          put(batch, Key.event(logs.get(event.persistenceId()).id, event.sequenceNr()), event.payload())));
      highest.forEach((name, sequenceNr) -> logs.get(name).highest = sequenceNr);
    });
  }

  /** Before the first event: a number without events means nothing, events without one would be lost. */
  private void number(String persistenceId) {
    if (!logs.containsKey(persistenceId)) {
      Log log = new Log(logs.size() + 1);
      commit(values, 0, batch -> put(batch, Key.persistenceId(persistenceId), fromInt(log.id)));
      logs.put(persistenceId, log);
    }
  }

  private Map<String, Long> highestAfter(List<Event> events) {
    Map<String, Long> highest = new HashMap<>();
    for (Event event : events) {
      long last = highest.computeIfAbsent(event.persistenceId(), this::highestSequenceNr);
      if (event.sequenceNr() != last + 1) {
        throw new IllegalArgumentException(
            event.persistenceId() + " sequence number " + event.sequenceNr() + " cannot follow " + last);
      }
      highest.put(event.persistenceId(), event.sequenceNr());
    }
    return highest;
  }

  @Override
  public void replay(String persistenceId, long from, long to, long max, Predicate<Event> visitor) {
    using(() -> {
      Optional<Log> log = Optional.ofNullable(logs.get(persistenceId));
      if (log.isPresent()) {
        replay(persistenceId, log.get(), from, Math.min(to, log.get().highest), max, visitor);
      }
    });
  }

  private void replay(String name, Log log, long from, long to, long max, Predicate<Event> visitor) {
    long sequenceNr = from;
    try (Snapshot snapshot = events.getSnapshot();
        DBIterator entries = events.iterator(checked().snapshot(snapshot))) {
      // Asked after the snapshot was taken: whatever it lacks had been marked as deleted before.
      sequenceNr = Math.max(from, log.deletedTo + 1);
      entries.seek(Key.event(log.id, sequenceNr));
      for (long count = 0; count < max && sequenceNr <= to; count++, sequenceNr++) {
        byte[] key = Key.event(log.id, sequenceNr);
        if (!entries.hasNext() || !Arrays.equals(entries.peekNext().getKey(), key)) {
          throw corrupt(name, sequenceNr, "the event is missing");
        }
        Optional<ByteString> payload = StoredValue.open(key, entries.peekNext().getValue());
        if (payload.isEmpty()) {
          throw corrupt(name, sequenceNr, "checksum mismatch");
        }
        checkOpen(); // an end before the end would be taken for the end of the log
        if (!visitor.test(new Event(name, sequenceNr, payload.get()))) {
          break;
        }
        entries.next();
      }
    } catch (RuntimeException e) {
      long at = sequenceNr;
      throw saidByLevelDb(e).<RuntimeException>map(said -> new CorruptJournalException(
          settings.directory(), name, at, "LevelDB says " + said.getMessage(), said)).orElse(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long highestSequenceNr(String persistenceId) {
    return Optional.ofNullable(logs.get(persistenceId)).map(log -> log.highest).orElse(0L);
  }

  @Override
  public long deletedTo(String persistenceId) {
    return Optional.ofNullable(logs.get(persistenceId)).map(log -> log.deletedTo).orElse(0L);
  }

  @Override
  public void deleteTo(String persistenceId, long to) {
    Optional<Log> known = Optional.ofNullable(logs.get(persistenceId));
    if (known.isEmpty()) {
      return;
    }
    Log log = known.get();
    writing(() -> {
      long deletedTo = Math.max(log.deletedTo, Math.min(to, log.highest));
      commit(values, 0, batch -> put(batch, Key.deletedTo(log.id), fromLong(deletedTo)));
      log.deletedTo = deletedTo;
    });
    List<byte[]> doomed = deletedKeys(log, 0);
    while (!doomed.isEmpty()) {
      List<byte[]> keys = doomed;
      commit(events, 0, batch -> keys.forEach(batch::delete));
      doomed = deletedKeys(log, Key.sequenceNrOf(keys.getLast()) + 1);
    }
  }

  private List<byte[]> deletedKeys(Log log, long from) {
    List<byte[]> keys = new ArrayList<>();
    using(() -> {
      try (DBIterator entries = events.iterator(checked().fillCache(false))) {
        entries.seek(Key.event(log.id, from));
        while (keys.size() < KEYS_PER_DELETION && entries.hasNext()) {
          byte[] key = entries.next().getKey();
          if (!Key.isEventOf(log.id, key) || Key.sequenceNrOf(key) > log.deletedTo) {
            break;
          }
          keys.add(key);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    return keys;
  }

  @Override
  public void compact(String persistenceId) {
    using(() -> Optional.ofNullable(logs.get(persistenceId)).ifPresent(log -> {
      try {
        events.compactRange(Key.event(log.id, 0), Key.event(log.id, log.deletedTo));
      } catch (UnsupportedOperationException port) {
        // The port cannot be asked; it compacts when its levels overflow.
      }
    }));
  }

  @Override
  public void put(String name, ByteString value) {
    checkName(name);
    commit(values, value.size(), batch -> put(batch, Key.named(name), value));
  }

  @Override
  public Optional<ByteString> get(String name) {
    return find(Key.named(name));
  }

  @Override
  public List<String> names(String prefix) {
    return keysWith(Key.named(prefix)).stream().map(Key::textOf).toList();
  }

  @Override
  public void delete(List<String> names) {
    names.forEach(LevelDbStore::checkName);
    if (!names.isEmpty()) {
      commit(values, 0, batch -> names.forEach(name -> batch.delete(Key.named(name))));
    }
  }

  private static void checkName(String name) {
    if (name.isEmpty() || name.endsWith("\0")) {
      // A batch that deletes it would end in a zero, as unfinished ones do.
      throw new IllegalArgumentException("not a name: '" + name + "'");
    }
  }

  @Override
  public Room room() {
    return room(disk.usableBytes());
  }

  @Override
  public Room roomAtLastWrite() {
    return room(usableAtLastWrite);
  }

  private Room room(long usable) {
    long left = usable - settings.headroom();
    if (left >= settings.freeSpaceReserve()) {
      return Room.ENOUGH;
    }
    return left >= settings.freeSpaceReserve() / 2 ? Room.RESERVE : Room.NONE;
  }

  @Override
  public Optional<Throwable> broken() {
    return broken;
  }

  @Override
  public long size() {
    return sizeOf("events") + sizeOf("values");
  }

  private long sizeOf(String database) {
    try (Stream<Path> files = Files.list(settings.directory().resolve(database))) {
      return files.mapToLong(file -> file.toFile().length()).sum(); // 0 for one that was compacted away meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    use.writeLock().lock();
    try (lock; events; values) {
      // Nothing left to do: every write was synced.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      use.writeLock().unlock();
    }
  }

  /** @param bytes that have to be free beyond LevelDB's headroom */
  private void commit(DB db, long bytes, Consumer<WriteBatch> fill) {
    writing(() -> {
      broken.ifPresent(cause -> {
        throw new IllegalStateException("no more writes to " + settings.directory() + " after one failed", cause);
      });
      checkRoom(bytes);
      try (WriteBatch batch = db.createWriteBatch()) {
        fill.accept(batch);
        db.write(batch, SYNC);
      } catch (IOException | RuntimeException | Error e) {
        broken = Optional.of(e);
        throw new IllegalStateException("a write to " + settings.directory() + " failed; no more will be tried", e);
      }
    });
  }

  private void checkRoom(long bytes) {
    long needed = bytes + settings.headroom();
    long usable = disk.usableBytes();
    usableAtLastWrite = usable;
    if (usable < needed) {
      throw new DiskFullException(settings.directory(), usable, needed);
    }
  }

  private static void put(WriteBatch batch, byte[] key, ByteString content) {
    batch.put(key, StoredValue.seal(key, content));
  }

  private Optional<ByteString> find(byte[] key) {
    List<byte[]> found = new ArrayList<>(1);
    using(() -> Optional.ofNullable(values.get(key, checked())).ifPresent(found::add));
    return found.stream().findFirst().map(stored -> StoredValue.open(key, stored).orElseThrow(() ->
        new CorruptJournalException(settings.directory(), "checksum mismatch under the key " + Key.textOf(key))));
  }

  private List<byte[]> keysWith(byte[] prefix) {
    List<byte[]> keys = new ArrayList<>();
    using(() -> {
      try (DBIterator entries = values.iterator(checked())) {
        entries.seek(prefix);
        while (entries.hasNext() && startsWith(entries.peekNext().getKey(), prefix)) {
          keys.add(entries.next().getKey());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    return keys;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  private boolean hasEvents() {
    try (DBIterator entries = events.iterator(checked())) {
      entries.seekToFirst();
      return entries.hasNext();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The sequence number of the last event there is, whatever may be missing before it. The port cannot go backwards
   * from the end, so the last one is found by asking for events ever further on, then ever closer.
   */
  private OptionalLong lastEventOf(int id) {
    OptionalLong first = eventAtOrAfter(id, 0);
    if (first.isEmpty()) {
      return first;
    }
    long last = first.getAsLong();
    long step = 1;
    while (eventAtOrAfter(id, last + step).isPresent()) {
      step *= 2;
    }
    for (; step > 0; step /= 2) {
      last = eventAtOrAfter(id, last + step).orElse(last);
    }
    return OptionalLong.of(last);
  }

  private OptionalLong eventAtOrAfter(int id, long sequenceNr) {
    try (DBIterator entries = events.iterator(checked())) {
      entries.seek(Key.event(id, sequenceNr));
      return entries.hasNext() && Key.isEventOf(id, entries.peekNext().getKey())
          ? OptionalLong.of(Key.sequenceNrOf(entries.peekNext().getKey()))
          : OptionalLong.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One writer at a time. The store is held open first: a writer that waits for it would keep out the others. */
  private void writing(Runnable work) {
    using(() -> {
      synchronized (writer) {
        work.run();
      }
    });
  }

  private void using(Runnable work) {
    use.readLock().lock();
    try {
      checkOpen();
      work.run();
    } finally {
      use.readLock().unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("journal " + settings.directory() + " is closed");
    }
  }

  private static ReadOptions checked() {
    return new ReadOptions().verifyChecksums(true);
  }

  @Override
  public CorruptJournalException corrupt(String persistenceId, long sequenceNr, String damage) {
    return new CorruptJournalException(settings.directory(), persistenceId, sequenceNr, damage);
  }

  private static ByteString fromInt(int number) {
    return UnsafeByteOperations.unsafeWrap(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
  }

  private static ByteString fromLong(long number) {
    return UnsafeByteOperations.unsafeWrap(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  private static long toLong(ByteString number) {
    return number.asReadOnlyByteBuffer().getLong();
  }
}
