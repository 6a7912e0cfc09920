package troupe.persistence;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import troupe.tree.DataTree;

/**
 * A snapshot that comes from the leader, part by part. Nothing of it counts before it is complete, found sound, and
 * recorded in the log ({@link TransactionLog.Install}). Waits for the disk.
 */
public final class SnapshotSink implements AutoCloseable {
  private static final String TEMPORARY = ".received.tmp"; // removed with the other leftovers after a crash

  private final Path target;
  private final Path temporary;
  private final SnapshotRef expected;
  private final FileChannel channel;

  /** @param expected what the leader says that is coming */
  public SnapshotSink(Path directory, SnapshotRef expected) throws IOException {
    if (!directory.resolve(expected.file()).normalize().getParent().equals(directory.normalize())) {
      throw new IOException("'" + expected.file() + "' is no name for a snapshot");
    }
    Files.createDirectories(directory);
    this.expected = expected;
    this.target = directory.resolve(expected.file());
    this.temporary = directory.resolve(expected.file() + TEMPORARY);
    this.channel = FileChannel.open(temporary,
        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
  }

  public void append(ByteString part) throws IOException {
    for (var buffer : part.asReadOnlyByteBufferList()) {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  /**
   * The last part was there: checks all of it and puts the file in its place.
   *
   * @throws CorruptSnapshotException if it is not what was announced
   */
  public void complete() throws IOException {
    channel.force(true);
    channel.close();
    DataTree tree = SnapshotFile.read(temporary);
    if (!tree.lastZxid().equals(expected.last()) || tree.digest() != expected.digest()) {
      throw new CorruptSnapshotException(temporary, 0, "it holds another tree than the leader announced");
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true); // the name, too, has to survive a power cut
    }
  }

  /** Without {@link #complete} before it: takes everything back. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
