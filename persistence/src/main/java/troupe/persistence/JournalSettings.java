package troupe.persistence;

import com.typesafe.config.Config;
import java.nio.file.Path;

/**
 * Where the log of one server is, and how LevelDB is to treat it.
 *
 * @param directory of the LevelDB databases; nothing else lives there
 * @param freeSpaceReserve bytes of disk that are to stay free; half of them events never take
 * @param nativeLibrary false: the port to Java even where the native library loads
 * @param writeBufferSize bytes gathered in memory before a sorted table is written
 * @param blockCacheSize bytes of tables kept in memory
 * @param compression of the tables, with Snappy
 */
public record JournalSettings(
    Path directory,
    long freeSpaceReserve,
    boolean nativeLibrary,
    int writeBufferSize,
    long blockCacheSize,
    boolean compression) {
  private static final int SMALLEST_BUFFER = 64 * 1024; // LevelDB raises less to this without a word
  private static final int VALUES_BUFFER = 1 << 20;
  private static final long COMPACTION = 50L << 20;
  private static final int LARGEST_BUFFER = 1 << 30; // LevelDB lowers more to this

  public JournalSettings {
    if (writeBufferSize < SMALLEST_BUFFER || writeBufferSize > LARGEST_BUFFER) {
      throw new IllegalArgumentException("troupe.persistence.leveldb.write-buffer-size is " + writeBufferSize
          + ", not between " + SMALLEST_BUFFER + " and " + LARGEST_BUFFER + " bytes");
    }
    if (freeSpaceReserve < 0) {
      throw new IllegalArgumentException("troupe.persistence.free-space-reserve is " + freeSpaceReserve);
    }
  }

  /** @param persistence the block {@code troupe.persistence} */
  public static JournalSettings from(Config persistence) {
    String log = persistence.getString("log-dir");
    Config leveldb = persistence.getConfig("leveldb");
    long writeBuffer = leveldb.getBytes("write-buffer-size");
    return new JournalSettings(
        log.isEmpty() ? Path.of(persistence.getString("data-dir"), "log") : Path.of(log),
        persistence.getBytes("free-space-reserve"),
        leveldb.getBoolean("native"),
        (int) Math.clamp(writeBuffer, 0, Integer.MAX_VALUE),
        leveldb.getBytes("block-cache-size"),
        leveldb.getBoolean("compression"));
  }

  /** For the database of small values. */
  JournalSettings forValues() {
    return new JournalSettings(directory, freeSpaceReserve, nativeLibrary, VALUES_BUFFER, VALUES_BUFFER, compression);
  }

  /**
   * Bytes LevelDB may still write by itself when everything is acknowledged: the full buffer on its way to disk, the
   * one being filled, as much again where a compaction cuts a table at the border of what was deleted, and the tables
   * a compaction takes in beyond those it must (LevelDB: kExpandedCompactionByteSizeLimit, 25 of 2 MiB).
   */
  long headroom() {
    return 3L * writeBufferSize + 3L * VALUES_BUFFER + COMPACTION;
  }
}
