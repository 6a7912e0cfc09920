package troupe.persistence;

import java.nio.file.Path;

/** A server's data directory: created where it does not exist, and held by one process at a time. */
public final class DataDirectory implements AutoCloseable {
  static final String LOCK = "troupe.lock";

  private final Path path;
  private final DirectoryLock lock;

  private DataDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * @throws DirectoryInUseException if another process, or another server of this one, holds it
   * @throws java.io.UncheckedIOException if it cannot be created or locked
   */
  public static DataDirectory hold(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return new DataDirectory(
        absolute, DirectoryLock.take(absolute, LOCK, "data directory", "troupe.persistence.data-dir"));
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    lock.close();
  }
}
