package troupe.persistence;

import java.nio.file.Path;

/** Too little room on the disk of the log. Nothing was written, so the same write may be tried again later. */
public final class DiskFullException extends RuntimeException {
  /**
   * @param usable bytes that are free now
   * @param needed bytes that have to be free for this write
   */
  public DiskFullException(Path directory, long usable, long needed) {
    super("the disk of " + directory + " has " + usable + " bytes left and this write asks for " + needed
        + ", troupe.persistence.free-space-reserve included");
  }
}
