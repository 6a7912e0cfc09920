package troupe.persistence;

import com.typesafe.config.Config;
import java.nio.file.Path;

/**
 * @param directory of the snapshot files
 * @param every transactions between two snapshots, at most
 * @param kept how many are kept, with the log since the oldest
 * @param purge whether older ones, and the log before, are removed
 */
public record SnapshotSettings(Path directory, int every, int kept, boolean purge) {
  private static final int FEWEST = 3; // as in ZooKeeper: the newest may be damaged, and the one before too

  public SnapshotSettings {
    if (every < 2) {
      throw new IllegalArgumentException("troupe.persistence.snapshot-every is " + every + ", not at least 2");
    }
    if (kept < FEWEST) {
      throw new IllegalArgumentException(
          "troupe.persistence.snapshots-kept is " + kept + ", not at least " + FEWEST);
    }
  }

  /** @param persistence the block {@code troupe.persistence} */
  public static SnapshotSettings from(Config persistence) {
    return new SnapshotSettings(
        Path.of(persistence.getString("data-dir"), "snapshots"),
        persistence.getInt("snapshot-every"),
        Math.max(FEWEST, persistence.getInt("snapshots-kept")),
        persistence.getBoolean("purge"));
  }
}
