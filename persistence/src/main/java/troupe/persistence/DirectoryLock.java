package troupe.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Holds a directory for this process. The operating system lets go of the lock when the process ends, however it
 * ends, so the file that is left behind means nothing; it says who holds the lock while it is held.
 */
final class DirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Creates the directory where it does not exist, and locks it.
   *
   * @param file name of the lock file inside the directory
   * @param role what the directory is, for the message: "data directory"
   * @param setting the key that names another directory
   * @throws DirectoryInUseException if it is locked, by another process or by this one
   */
  static DirectoryLock take(Path directory, String file, String role, String setting) {
    try {
      Files.createDirectories(directory);
      Path path = directory.resolve(file);
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (tryLock(channel, false).isEmpty()) {
          throw new DirectoryInUseException(role + " " + directory + " is in use by process " + holder(channel)
              + "; stop it first or choose another " + setting);
        }
        channel.truncate(0);
        String pid = Long.toString(ProcessHandle.current().pid());
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
        return new DirectoryLock(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(role + " " + directory + " cannot be locked", e);
    }
  }

  /**
   * Keeps servers out of a directory that is only read; others may read it too. Nothing in it is changed: where there
   * is no lock file, no server has ever been there, and nothing is locked.
   *
   * @throws DirectoryInUseException if a server holds it
   */
  static Optional<DirectoryLock> share(Path directory, String file, String role) {
    Path path = directory.resolve(file);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        if (tryLock(channel, true).isEmpty()) {
          throw new DirectoryInUseException(role + " " + directory + " is in use by process " + holder(channel)
              + "; stop it first, or take a backup of the running server and look at that");
        }
        return Optional.of(new DirectoryLock(channel));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(role + " " + directory + " cannot be locked", e);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel, boolean shared) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock(0, Long.MAX_VALUE, shared));
    } catch (OverlappingFileLockException alreadyOurs) {
      return Optional.empty();
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    channel.read(pid, 0);
    String digits = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
    return digits.isEmpty() ? "(unknown)" : digits;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
