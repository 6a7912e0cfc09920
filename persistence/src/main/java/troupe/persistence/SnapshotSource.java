package troupe.persistence;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A snapshot file on its way to a learner, part by part, as it is: its checksums travel with it. Waits for the disk. */
public final class SnapshotSource implements AutoCloseable {
  private final InputStream in;

  /** Once it is open, it can be read to its end, though a purge removes the file. */
  public SnapshotSource(Path directory, SnapshotRef snapshot) throws IOException {
    in = Files.newInputStream(directory.resolve(snapshot.file()));
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
