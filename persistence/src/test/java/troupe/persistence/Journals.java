package troupe.persistence;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Journals for tests, and what is in them. */
final class Journals {
  static final String LOG = "log-1";

  private Journals() {}

  static JournalSettings settings(Path directory, boolean nativeLibrary) {
    return new JournalSettings(directory, 0, nativeLibrary, 256 * 1024, 1 << 20, nativeLibrary);
  }

  static JournalStore open(Path directory, boolean nativeLibrary) {
    return LevelDbStore.open(settings(directory, nativeLibrary));
  }

  /** Events whose bytes follow from their number, so that any of them can be checked. */
  static List<JournalStore.Event> events(long from, long to, int size) {
    return LongStream.rangeClosed(from, to).mapToObj(number -> event(LOG, number, size)).toList();
  }

  static JournalStore.Event event(String persistenceId, long number, int size) {
    byte[] bytes = new byte[size];
    new Random(number).nextBytes(bytes);
    return new JournalStore.Event(persistenceId, number, ByteString.copyFrom(bytes));
  }

  static List<JournalStore.Event> replay(JournalStore store, long from, long to, long max) {
    List<JournalStore.Event> events = new ArrayList<>();
    store.replay(LOG, from, to, max, events::add);
    return events;
  }

  static List<JournalStore.Event> replayAll(JournalStore store) {
    return replay(store, 1, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** The files as they are at this moment, as a crash would leave them: LevelDB may have the directory open. */
  static Path crashImage(Path directory, Path image) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Path copy = image.resolve(directory.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (!file.toString().toLowerCase().endsWith("lock")) {
          // Closing any descriptor of a lock file drops the locks this process has on it.
          Files.copy(file, copy);
        }
      }
      return image;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path eventLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("events"))) {
      List<Path> logs = files.filter(file -> file.toString().endsWith(".log")).toList();
      if (logs.size() != 1) {
        throw new AssertionError("not one write-ahead log: " + logs);
      }
      return logs.getFirst();
    }
  }
}
