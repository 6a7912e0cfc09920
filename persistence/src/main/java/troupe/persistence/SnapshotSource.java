package troupe.persistence;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A snapshot file on its way to a learner, part by part, as it is: its checksums travel with it. Waits for the disk. */
public final class SnapshotSource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSource.class);

  private final InputStream in;

  /** Once it is open, it can be read to its end, though a purge removes the file. */
  public SnapshotSource(Path directory, SnapshotRef snapshot) throws IOException {
    in = Files.newInputStream(directory.resolve(snapshot.file()));
  }

  /** The newest of these whose file is sound: all of it is read to find out. */
  public static Optional<SnapshotRef> newestSound(Path directory, List<SnapshotRef> oldestFirst) {
    for (SnapshotRef ref : oldestFirst.reversed()) {
      try (var file = new ChunkedFile.Reader(directory.resolve(ref.file()))) {
        file.transferTo(OutputStream.nullOutputStream());
        return Optional.of(ref);
      } catch (IOException e) {
        LOG.warn("{}; no server can be sent it", e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** The next bytes; fewer than asked for, perhaps none, at the end only. */
  public ByteString next(int bytes) throws IOException {
    return ByteString.copyFrom(in.readNBytes(bytes));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
