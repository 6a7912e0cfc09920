package troupe.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.fusesource.leveldbjni.JniDBFactory;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBException;
import org.iq80.leveldb.DBFactory;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens LevelDB: the native library, or its port to Java. */
final class LevelDb {
  private static final Logger LOG = LoggerFactory.getLogger(LevelDb.class);

  private static final String LIBRARY_DIRECTORY = "library.leveldbjni.path";

  private LevelDb() {}

  /**
   * Opens one database, after its write-ahead logs were checked. Nobody else may be about to: see DirectoryLock.
   *
   * @throws CorruptJournalException if a write-ahead log is damaged
   * @throws DirectoryInUseException if something else than a Troupe server has the database open
   */
  static DB open(Path directory, JournalSettings settings) throws IOException {
    Files.createDirectories(directory);
    WriteAheadLogCheck.repair(directory);
    Options options = new Options()
        .createIfMissing(true)
        .paranoidChecks(true)
        .verifyChecksums(true)
        .writeBufferSize(settings.writeBufferSize())
        .cacheSize(settings.blockCacheSize())
        .compressionType(settings.compression() ? CompressionType.SNAPPY : CompressionType.NONE);
    DBFactory factory = settings.nativeLibrary() ? nativeOrPort(directory) : port();
    try {
      return factory.open(directory.toFile(), options);
    } catch (IOException | DBException e) {
      if (String.valueOf(e.getMessage()).toLowerCase().contains("lock")) {
        throw new DirectoryInUseException("log directory " + directory + " is open in another program that"
            + " uses LevelDB; stop it first or choose another troupe.persistence.log-dir", e);
      }
      throw e;
    }
  }

  private static DBFactory nativeOrPort(Path directory) throws IOException {
    if (System.getProperty(LIBRARY_DIRECTORY) == null) {
      System.setProperty(LIBRARY_DIRECTORY, emptied(directory.resolveSibling("native")).toString());
    }
    try {
      return JniDBFactory.factory;
    } catch (LinkageError e) {
      LOG.warn("{}: LevelDB's native library does not load here ({}); its port to Java is slower", directory,
          String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"));
      return port();
    }
  }

  /**
   * The library takes itself out of its jar, by a new name at each start, and goes only when the JVM ends in good order.
   * In a directory of its own what a killed server left of it can be removed; and unlike a system's directory for
   * temporary files, this one is not likely to forbid to run what is in it.
   */
  private static Path emptied(Path libraries) throws IOException {
    Files.createDirectories(libraries);
    try (Stream<Path> left = Files.list(libraries)) {
      for (Path library : left.toList()) {
        Files.delete(library);
      }
    }
    return libraries;
  }

  private static DBFactory port() {
    // Its logs are memory mapped by default. Such a log is not synced where one mapping gives way to the next, and a
    // full disk is an error in the middle of a copy. The property is read once, by the static part of the factory.
    System.setProperty("leveldb.mmap", "false");
    return Iq80DBFactory.factory;
  }
}
