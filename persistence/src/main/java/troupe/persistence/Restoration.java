package troupe.persistence;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A backup takes the place of the data of a server that runs: made beside it while it serves ({@link #prepare}), put in
 * its place while it does not ({@link #finish}), which a crash at any point only delays until the next start. The data
 * from before is kept, in directories called {@value #BEFORE}. Waits for the disk.
 *
 * @param data the server's data directory
 * @param log the directory of its log
 */
public record Restoration(Path data, Path log) {
  /** What the directories are called in which the data from before is kept. */
  public static final String BEFORE = "before-restore";

  /** There is one in the data directory exactly while a restoration is decided and not finished. */
  private static final String DECIDED = "restored";

  private static final String UNDECIDED = "restored.unfinished";
  private static final String SNAPSHOTS = "snapshots";
  private static final List<String> LOG = List.of("events", "values");

  public Restoration {
    data = data.toAbsolutePath().normalize();
    log = log.toAbsolutePath().normalize();
  }

  /**
   * Makes new data from a backup. When this returns, the server has to end soon: nothing that it writes from now on
   * will count.
   *
   * @param promised of {@link Backup#promisedEpoch}
   * @return what the backup says of itself
   * @throws DirectoryNotEmptyException if there is data from before an earlier restoration, which nobody but an operator
   *     gives up; it names the directory
   * @throws CorruptSnapshotException if the backup is damaged
   */
  public SnapshotScan.Head prepare(Path backup, long promised) throws IOException {
    for (Path before : List.of(data.resolve(BEFORE), log.resolve(BEFORE))) {
      if (Files.exists(before)) {
        throw new DirectoryNotEmptyException(before.toString());
      }
    }
    Path unfinished = data.resolve(UNDECIDED);
    deleteLeftovers(unfinished);
    deleteLeftovers(log.resolve(DECIDED));
    SnapshotScan.Head head = Backup.restore(backup, unfinished, Optional.of(log.resolve(DECIDED)), promised);
    Backup.syncDirectory(log);
    Files.move(unfinished, data.resolve(DECIDED), StandardCopyOption.ATOMIC_MOVE);
    Backup.syncDirectory(data);
    return head;
  }

  /**
   * Puts in its place what was prepared, if anything was. Before the log is opened; nothing else may use the directories.
   *
   * @return whether there was something
   */
  public boolean finish() throws IOException {
    Path decided = data.resolve(DECIDED);
    if (!Files.exists(decided)) {
      deleteLeftovers(data.resolve(UNDECIDED));
      deleteLeftovers(log.resolve(DECIDED));
      return false;
    }
    for (String database : LOG) {
      replace(log, database);
    }
    replace(data, SNAPSHOTS);
    deleteLeftovers(log.resolve(DECIDED));
    Backup.delete(decided); // only now: for as long as it is there, this is done again
    Backup.syncDirectory(data);
    return true;
  }

  /** As long as the new one is not in its place, what is there is the old one. */
  private static void replace(Path directory, String name) throws IOException {
    Path made = directory.resolve(DECIDED).resolve(name);
    Path place = directory.resolve(name);
    Path before = directory.resolve(BEFORE);
    if (Files.exists(made)) {
      if (Files.exists(place)) {
        Files.createDirectories(before);
        move(place, before.resolve(name));
      }
      move(made, place);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    Backup.syncDirectory(to.getParent());
    Backup.syncDirectory(from.getParent());
  }

  private static void deleteLeftovers(Path directory) throws IOException {
    if (Files.exists(directory)) {
      Backup.delete(directory);
    }
  }
}
