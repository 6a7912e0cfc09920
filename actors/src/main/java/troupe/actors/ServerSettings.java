package troupe.actors;

import com.typesafe.config.Config;
import java.time.Duration;
import troupe.broadcast.BroadcastSettings;
import troupe.election.ElectionSettings;
import troupe.ensemble.Ensemble;
import troupe.persistence.SnapshotSettings;
import troupe.session.SessionSettings;

/**
 * All that a server is told.
 *
 * @param containerCheck how often containers and TTL nodes are looked at
 * @param containersPerMinute how many of them may go in a minute
 * @param leaderWait how long clients are kept while there is no leader; zero: not at all
 * @param changesKept the latest changes of znodes that can still be asked for
 */
public record ServerSettings(
    Ensemble ensemble,
    SnapshotSettings snapshots,
    ElectionSettings election,
    BroadcastSettings broadcast,
    SessionSettings session,
    Duration containerCheck,
    int containersPerMinute,
    Duration leaderWait,
    int changesKept) {

  public ServerSettings {
    if (containerCheck.isZero() || containerCheck.isNegative()) {
      throw new IllegalArgumentException("troupe.tree.container-check-interval has to be longer than nothing");
    }
    if (containersPerMinute < 1) {
      throw new IllegalArgumentException(
          "troupe.tree.container-max-per-minute is " + containersPerMinute + ", not at least 1");
    }
    if (leaderWait.isNegative()) {
      throw new IllegalArgumentException("troupe.client.leader-wait is " + leaderWait + ", not 0 or more");
    }
    if (changesKept < 1) {
      throw new IllegalArgumentException("troupe.client.changes-kept is " + changesKept + ", not at least 1");
    }
  }

  /**
   * @param troupe the block {@code troupe}
   * @throws IllegalArgumentException naming the key, for values that make no sense
   */
  public static ServerSettings from(Config troupe) {
    return new ServerSettings(
        EnsembleSettings.from(troupe),
        SnapshotSettings.from(troupe.getConfig("persistence")),
        ElectionSettings.from(troupe.getConfig("election")),
        BroadcastSettings.from(troupe),
        SessionSettings.from(troupe),
        troupe.getDuration("tree.container-check-interval"),
        troupe.getInt("tree.container-max-per-minute"),
        troupe.getDuration("client.leader-wait"),
        troupe.getInt("client.changes-kept"));
  }
}
