package troupe.persistence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    List<Path> logs = logsOf(directory);
    for (int i = 0; i < logs.size(); i++) {
      Path log = logs.get(i);
      byte[] content = Files.readAllBytes(log);
      switch (WriteAheadLog.judge(content)) {
        case WriteAheadLog.Whole whole -> cutZeros(log, content.length, whole.end());
        case WriteAheadLog.Torn torn -> {
          if (anyRecordIn(logs.subList(i + 1, logs.size()))) {
            // LevelDB starts a new file only after every record of the last one was synced.
            throw new CorruptJournalException(
                log, "record at offset " + torn.end() + " is unfinished, yet later files have records");
          }
          LOG.warn("{}: cutting {} bytes at offset {}: {}. A crash interrupted this write; it was never acknowledged",
              log, content.length - torn.end(), torn.end(), torn.reason());
          cut(log, torn.end());
        }
        case WriteAheadLog.Corrupt corrupt ->
            throw new CorruptJournalException(log, "offset " + corrupt.offset() + ": " + corrupt.reason());
      }
    }
  }

  /** LevelDB sets room aside by appending zeros, and calls fewer than seven of them a truncated record. */
  private static void cutZeros(Path log, int length, int end) throws IOException {
    if (end < length) {
      cut(log, end);
    }
  }

  private static void cut(Path log, int end) throws IOException {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(end);
      channel.force(true);
    }
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
