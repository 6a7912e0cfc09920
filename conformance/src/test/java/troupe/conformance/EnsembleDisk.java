package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A disk of one server's own, small enough to be filled: a file system in memory. */
final class EnsembleDisk implements AutoCloseable {
  private static final String SIZE = "size=512m"; // room for what servers reserve beside what they write
  private static final int BLOCK = 1 << 20;

  private final Path mount;

  private EnsembleDisk(Path mount) {
    this.mount = mount;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** Mounts it; none, with a word on the console, where this process may not do so. */
  static Optional<EnsembleDisk> mount(Path directory) {
    try {
      Shell.run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", Files.createDirectories(directory).toString());
      return Optional.of(new EnsembleDisk(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (UncheckedIOException notPermitted) {
      System.out.println("No disk runs full: it takes a file system in memory, which takes root ("
          + notPermitted.getMessage() + ")");
      return Optional.empty();
    }
  }

  /** Leaves no room at all. */
  void fill() {
    try (var channel = FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int block = BLOCK; block > 0; block /= 2) {
        while (isWritten(channel, block)) {
          // there is more room
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWritten(FileChannel channel, int bytes) {
    try {
      return channel.write(ByteBuffer.allocate(bytes)) > 0;
    } catch (IOException full) {
      return false;
    }
  }

  void free() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path filler() {
    return mount.resolve("filler");
  }

  /** Only once no server runs there any more. What lies there is lost. */
  @Override
  public synchronized void close() {
    try {
      if (Files.exists(mount) && !Files.getFileStore(mount).equals(Files.getFileStore(mount.getParent()))) {
        Shell.run("umount", "--lazy", mount.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
