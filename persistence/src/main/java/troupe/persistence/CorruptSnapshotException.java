package troupe.persistence;

import java.io.IOException;
import java.nio.file.Path;

/** A snapshot file is not what was written. An older one may still be good. */
public final class CorruptSnapshotException extends IOException {
  /** @param offset of the chunk or footer in which the damage was found, in bytes */
  CorruptSnapshotException(Path file, long offset, String damage) {
    super("corrupt snapshot " + file + " at offset " + offset + ": " + damage);
  }
}
