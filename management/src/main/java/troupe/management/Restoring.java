package troupe.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.persistence.Backup;
import troupe.persistence.CorruptSnapshotException;
import troupe.persistence.Restoration;
import troupe.persistence.Room;
import troupe.persistence.SnapshotScan;

/**
 * A backup that somebody sends takes the place of the data of a server alone, which begins again with it. Until all of
 * it is here and was found sound, nothing changes. Waits for the network and the disk.
 */
final class Restoring {
  /**
   * @param zxid of the last transaction in the backup
   * @param nextEpochAtLeast in which the server will serve
   * @param before where the data from before is kept, below the data directory and that of the log
   */
  record RestoredView(String zxid, String digest, long znodes, long nextEpochAtLeast, String before) {}

  private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);
  private static final String ARRIVED = "restore.upload";
  private static final int PART = 1 << 20;

  /** Beside the data from before, the file is there twice for a while: as it came, and as the snapshot made of it. */
  private static final int COPIES = 2;

  private final NodeState state;
  private final InstantSource clock;
  private final AtomicBoolean underWay = new AtomicBoolean();

  Restoring(NodeState state, InstantSource clock) {
    this.state = state;
    this.clock = clock;
  }

  /** @throws Refusal if this is not the server for it */
  void check() {
    if (!state.node().ensemble().peers().isEmpty()) {
      throw new Refusal(409, "this server has others beside it, whose data would win over the backup's. An ensemble is"
          + " restored while none of its servers runs: stop all; on each voter move the data directory away and run"
          + " 'troupe restore FILE --data-dir DIRECTORY' with the same file; leave observers empty; start all."
          + " docs/operations.md, Restore, has it step by step");
    }
  }

  /**
   * When this returns, the server is about to begin again.
   *
   * @throws Refusal if nothing was changed, with the reason
   */
  RestoredView restore(InputStream backup) {
    check();
    if (!underWay.compareAndSet(false, true)) {
      throw new Refusal(409, "a backup is being restored already");
    }
    try {
      RestoredView restored = restoreAlone(backup);
      state.node().beginAgain().run(); // and nobody else restores anything here: underWay stays
      return restored;
    } catch (RuntimeException e) {
      underWay.set(false);
      throw e;
    }
  }

  private RestoredView restoreAlone(InputStream backup) {
    Path arrived = state.node().dataDirectory().resolve(ARRIVED);
    try {
      receive(backup, arrived);
      return prepare(arrived);
    } catch (CorruptSnapshotException e) {
      throw new Refusal(400, "this is no sound backup: " + e.getMessage());
    } catch (DirectoryNotEmptyException e) {
      throw new Refusal(409, "the data from before an earlier restoration is still in " + e.getMessage()
          + ": move it away, or remove it");
    } catch (IOException e) {
      throw new Refusal(503, "the backup was not restored, since the disk or the connection failed: " + e);
    } finally {
      remove(arrived);
    }
  }

  /** Readable by its owner only: it holds all data. */
  private void receive(InputStream backup, Path file) throws IOException {
    Files.deleteIfExists(file); // of a server that was killed meanwhile
    Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (OutputStream out = Files.newOutputStream(file)) {
      for (byte[] part = backup.readNBytes(PART); part.length > 0; part = backup.readNBytes(PART)) {
        if (state.node().journal().room() != Room.ENOUGH) {
          throw noRoom("for this file"); // the log needs what is left: no room there ends the process
        }
        out.write(part);
      }
    }
  }

  private RestoredView prepare(Path file) throws IOException {
    SnapshotScan.Head head = SnapshotScan.scan(file, new SnapshotScan.Visitor() {});
    long size = Files.size(file);
    if (usable(state.node().dataDirectory()) < COPIES * size || usable(state.node().logDirectory()) < size) {
      throw noRoom("to make new data from this file beside the old");
    }
    long promised = promised(head);
    new Restoration(state.node().dataDirectory(), state.node().logDirectory()).prepare(file, promised);
    LOG.warn("a backup takes the place of this server's data: {} znodes at {}; what was there before goes to {}",
        head.nodes(), head.last(), Restoration.BEFORE);
    return new RestoredView(Json.hex(head.last().toLong()), String.valueOf(head.digest()), head.nodes(), promised + 1,
        Restoration.BEFORE);
  }

  private long promised(SnapshotScan.Head head) {
    long current = state.condition().serving().map(serving -> serving.office().epoch()).orElse(0L);
    try {
      return Backup.promisedEpoch(head.last().epoch(), OptionalLong.of(current + 1), clock.instant());
    } catch (IllegalArgumentException e) {
      throw new Refusal(409, e.getMessage());
    }
  }

  private static long usable(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  private static Refusal noRoom(String what) {
    return new Refusal(507, "there is no room " + what + "; nothing was changed");
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
