package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import troupe.persistence.wire.JournalRecord;
import troupe.persistence.wire.Payload;
import troupe.persistence.wire.SnapshotRecord;

/**
 * What a server that does not run has on its disk, for those who want to look at it. Nothing there is changed. LevelDB
 * writes as soon as it opens a database, so it is given a copy, in which the tables, which never change, are links to
 * the originals; no server can start there meanwhile. Waits for the disk.
 */
public final class DataAtRest implements AutoCloseable {
  private static final String ID = TransactionLog.PERSISTENCE_ID.id();
  private static final int WRITE_BUFFER = 16 << 20;
  private static final long BLOCK_CACHE = 8 << 20;

  /** Is shown the events of the log, in order. */
  public interface Visitor {
    /**
     * @param sequenceNr its place in the journal
     * @param writtenAt milliseconds since 1970; 0 where the journal does not say
     * @return whether to go on
     */
    boolean event(long sequenceNr, long writtenAt, TransactionLog.Event event);
  }

  private final Path dataDirectory;
  private final Path logDirectory;
  private final Path copy;
  private final List<DirectoryLock> locks;
  private final Thread cleaner;
  private final List<String> remarks = new ArrayList<>();
  private JournalStore journal;
  private NavigableMap<Long, History> states;
  private History history;

  private DataAtRest(Path dataDirectory, Path logDirectory, Path copy, List<DirectoryLock> locks) {
    this.dataDirectory = dataDirectory;
    this.logDirectory = logDirectory;
    this.copy = copy;
    this.locks = locks;
    this.cleaner = new Thread(() -> delete(copy), "remove-copy");
  }

  /**
   * @param logDirectory of the server's {@code troupe.persistence.log-dir}; empty: below its data directory
   * @throws NoSuchFileException if no server has ever written a log there
   * @throws DirectoryInUseException if a server runs there
   * @throws CorruptJournalException if the log is damaged so that it cannot be opened
   */
  public static DataAtRest open(Path dataDirectory, Optional<Path> logDirectory) throws IOException {
    Path data = dataDirectory.toAbsolutePath().normalize();
    Path log = logDirectory.map(path -> path.toAbsolutePath().normalize()).orElse(data.resolve("log"));
    if (!Files.isDirectory(log.resolve("events"))) {
      throw new NoSuchFileException(log.toString(), null, "no server has written a log there");
    }
    List<DirectoryLock> locks = new ArrayList<>();
    try {
      DirectoryLock.share(data, DataDirectory.LOCK, "data directory").ifPresent(locks::add);
      DirectoryLock.share(log, LevelDbStore.LOCK, "log directory").ifPresent(locks::add);
      DataAtRest opened = new DataAtRest(data, log, Files.createTempDirectory("troupe-look"), locks);
      try {
        opened.read();
        return opened;
      } catch (IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      locks.forEach(DirectoryLock::close);
      throw e;
    }
  }

  private void read() throws IOException {
    Runtime.getRuntime().addShutdownHook(cleaner); // the copy has all the secrets of the original
    for (String database : List.of("events", "values")) {
      Path original = logDirectory.resolve(database);
      if (Files.isDirectory(original)) {
        remarks.addAll(WriteAheadLogCheck.inspect(original));
        link(original, Files.createDirectory(copy.resolve(database)));
      }
    }
    JournalSettings settings = new JournalSettings(copy, 0, true, WRITE_BUFFER, BLOCK_CACHE, false);
    states = naming(() -> {
      journal = LevelDbStore.open(settings);
      return readStates();
    });
    History[] folded = {states.isEmpty() ? History.EMPTY : states.lastEntry().getValue()};
    forEachFrom(states.isEmpty() ? 1 : states.lastKey() + 1, (sequenceNr, writtenAt, event) -> {
      folded[0] = folded[0].after(event);
      return true;
    });
    history = folded[0];
  }

  /** Tables are written once, and then only deleted: which is done to the link. All else LevelDB writes to. */
  private static void link(Path original, Path copy) throws IOException {
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".sst") || name.endsWith(".ldb")) {
          Files.createSymbolicLink(copy.resolve(name), file);
        } else if (!name.equals("LOCK")) {
          Files.copy(file, copy.resolve(name));
        }
      }
    }
  }

  private NavigableMap<Long, History> readStates() {
    NavigableMap<Long, History> found = new TreeMap<>();
    String prefix = ID + "@";
    for (String name : journal.names(prefix)) {
      long sequenceNr = Long.parseLong(name.substring(prefix.length()), 16);
      try {
        Payload state = SnapshotRecord.parseFrom(journal.get(name).orElseThrow()).getState();
        Object read = new LogSerializer().fromBinary(state.getContent().toByteArray(), state.getManifest());
        found.put(sequenceNr, (History) read);
      } catch (InvalidProtocolBufferException | NotSerializableException | UncheckedIOException e) {
        throw journal.corrupt(ID, sequenceNr, "the state of the log stored here cannot be read: " + e.getMessage());
      }
    }
    return found;
  }

  /** The log's state as it was stored beside some of its events, by their sequence numbers. */
  NavigableMap<Long, History> states() {
    return states;
  }

  /** What the log's events add up to. */
  public History history() {
    return history;
  }

  /** What the next start of a server will repair: a line each. */
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** The directory of the snapshot files. */
  public Path snapshots() {
    return dataDirectory.resolve("snapshots");
  }

  /** Sequence numbers up to this one are deleted. */
  public long deletedTo() {
    return journal.deletedTo(ID);
  }

  public long highestSequenceNr() {
    return journal.highestSequenceNr(ID);
  }

  /**
   * The tree that a server would have after it has started.
   *
   * @throws CorruptJournalException if there is no way to it
   */
  public TreeAt newest() {
    return naming(() -> Recovery.recover(history, journal, snapshots(), Optional.empty()));
  }

  /** @throws CorruptJournalException where the log is damaged */
  public void forEach(Visitor visitor) {
    forEachFrom(1, visitor);
  }

  private void forEachFrom(long from, Visitor visitor) {
    naming(() -> {
      journal.replay(ID, from, Long.MAX_VALUE, Long.MAX_VALUE, stored -> {
        JournalRecord event;
        TransactionLog.Event decoded;
        try {
          event = JournalRecord.parseFrom(stored.payload());
          decoded = LogSerializer.decodeEvent(event.getEvent().getContent());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
          throw journal.corrupt(ID, stored.sequenceNr(), "this is not an event of the log: " + e.getMessage());
        }
        return visitor.event(stored.sequenceNr(), event.getTimestamp(), decoded);
      });
      return null;
    });
  }

  /** Says of an event that it cannot be. */
  CorruptJournalException corrupt(long sequenceNr, String damage) {
    return new CorruptJournalException(logDirectory, ID, sequenceNr, damage);
  }

  private interface Reading<T> {
    T read();
  }

  /** Damage is told of the original, not of the copy, which is gone afterwards. */
  private <T> T naming(Reading<T> reading) {
    try {
      return reading.read();
    } catch (CorruptJournalException e) {
      throw e.in(logDirectory, copy);
    }
  }

  @Override
  public void close() {
    if (journal != null) {
      journal.close();
    }
    delete(copy);
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException ending) {
      // The hook runs just now.
    }
    locks.forEach(DirectoryLock::close);
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException gone) {
      // As it should be.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
