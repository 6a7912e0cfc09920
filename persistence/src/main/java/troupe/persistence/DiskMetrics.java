package troupe.persistence;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import troupe.metrics.Scrape;
import troupe.metrics.Source;

/** How much room the disks have, and what the data takes of it. */
public final class DiskMetrics implements Source {
  private static final long BETWEEN_LOOKS = Duration.ofSeconds(30).toNanos();

  private final File data;
  private final File log;
  private final Looked snapshotBytes;
  private final Looked logBytes;

  /**
   * @param data the directory of the snapshots
   * @param log the directory of the journal
   * @param snapshotBytes looks how large all snapshots are
   * @param logBytes looks how large the journal is
   */
  public DiskMetrics(Path data, Path log, LongSupplier snapshotBytes, LongSupplier logBytes) {
    this.data = data.toFile();
    this.log = log.toFile();
    this.snapshotBytes = new Looked(snapshotBytes);
    this.logBytes = new Looked(logBytes);
  }

  /** A large journal has thousands of files: they are not looked at each time that somebody asks. */
  private static final class Looked {
    private final LongSupplier look;
    private long at;
    private long bytes = -1;

    Looked(LongSupplier look) {
      this.look = look;
    }

    synchronized long bytes() {
      long now = System.nanoTime();
      if (bytes < 0 || now - at >= BETWEEN_LOOKS) {
        bytes = look.getAsLong();
        at = now;
      }
      return bytes;
    }
  }

  @Override
  public void tell(Scrape scrape) {
    tellOf(scrape, data, "data");
    tellOf(scrape, log, "log");
    scrape.gauge("troupe_snapshots_bytes", "Bytes of all snapshots, at most half a minute ago.", snapshotBytes.bytes());
    scrape.gauge("troupe_log_bytes", "Bytes of the log on disk, at most half a minute ago.", logBytes.bytes());
  }

  private static void tellOf(Scrape scrape, File directory, String of) {
    scrape.gauge("troupe_disk_free_bytes",
        "Bytes that this server may still write to the disk of its snapshots (data) and of its log.",
        directory.getUsableSpace(), "directory", of);
    scrape.gauge("troupe_disk_size_bytes", "Bytes that these disks have in all.", directory.getTotalSpace(),
        "directory", of);
  }
}
