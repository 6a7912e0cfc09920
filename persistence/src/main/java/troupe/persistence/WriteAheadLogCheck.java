package troupe.persistence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads LevelDB's write-ahead logs before LevelDB does, since it cannot tell the end of a log from damage: with
 * paranoid checks a write that a crash cut short keeps it from opening, without them (and in the port to Java always)
 * records that cannot be read are skipped, and writes that were acknowledged with them.
 *
 * <p>What may be repaired follows from how we write: every batch is synced before the next one starts, so a crash can
 * damage the last record only, and nothing that was acknowledged. Must run before LevelDB opens the directory, by
 * whoever holds its lock.
 */
final class WriteAheadLogCheck {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLogCheck.class);

  private WriteAheadLogCheck() {}

  /**
   * Cuts what a crash left unfinished.
   *
   * @throws CorruptJournalException if anything else is wrong
   */
  static void repair(Path directory) throws IOException {
    check(directory, (log, end) -> {
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.truncate(end);
        channel.force(true);
      }
    }).forEach(LOG::warn);
  }

  /**
   * Changes nothing.
   *
   * @return what a repair would say
   * @throws CorruptJournalException if there is something that a repair does not cut
   */
  static List<String> inspect(Path directory) throws IOException {
    return check(directory, (log, end) -> {});
  }

  private interface Cut {
    void cut(Path log, int end) throws IOException;
  }

  /** @return a line for each write that a crash cut short */
  private static List<String> check(Path directory, Cut cut) throws IOException {
    List<String> said = new ArrayList<>();
    List<Path> logs = logsOf(directory);
    for (int i = 0; i < logs.size(); i++) {
      Path log = logs.get(i);
      byte[] content = Files.readAllBytes(log);
      switch (WriteAheadLog.judge(content)) {
        // LevelDB sets room aside by appending zeros, and calls fewer than seven of them a truncated record.
        case WriteAheadLog.Whole whole when whole.end() < content.length -> cut.cut(log, whole.end());
        case WriteAheadLog.Whole whole -> {}
        case WriteAheadLog.Torn torn -> {
          if (anyRecordIn(logs.subList(i + 1, logs.size()))) {
            // LevelDB starts a new file only after every record of the last one was synced.
            throw new CorruptJournalException(
                log, "record at offset " + torn.end() + " is unfinished, yet later files have records");
          }
          said.add(log + ": cutting " + (content.length - torn.end()) + " bytes at offset " + torn.end() + ": "
              + torn.reason() + ". A crash interrupted this write; it was never acknowledged");
          cut.cut(log, torn.end());
        }
        case WriteAheadLog.Corrupt corrupt ->
            throw new CorruptJournalException(log, "offset " + corrupt.offset() + ": " + corrupt.reason());
      }
    }
    return said;
  }

  private static boolean anyRecordIn(List<Path> logs) throws IOException {
    for (Path log : logs) {
      if (!WriteAheadLog.judge(Files.readAllBytes(log)).equals(new WriteAheadLog.Whole(0))) {
        return true;
      }
    }
    return false;
  }

  /** In the order in which they were written. */
  private static List<Path> logsOf(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\d+\\.log"))
          .sorted(Comparator.comparingLong(WriteAheadLogCheck::number))
          .toList();
    }
  }

  private static long number(Path log) {
    String name = log.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }
}
