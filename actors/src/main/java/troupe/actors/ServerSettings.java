package troupe.actors;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import troupe.broadcast.BroadcastSettings;
import troupe.election.ElectionSettings;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.persistence.SnapshotSettings;
import troupe.session.SessionSettings;

/**
 * All that a server is told.
 *
 * @param containerCheck how often containers and TTL nodes are looked at
 * @param containersPerMinute how many of them may go in a minute
 */
public record ServerSettings(
    Ensemble ensemble,
    SnapshotSettings snapshots,
    ElectionSettings election,
    BroadcastSettings broadcast,
    SessionSettings session,
    Duration containerCheck,
    int containersPerMinute) {

  public ServerSettings {
    if (containerCheck.isZero() || containerCheck.isNegative()) {
      throw new IllegalArgumentException("troupe.tree.container-check-interval has to be longer than nothing");
    }
    if (containersPerMinute < 1) {
      throw new IllegalArgumentException(
          "troupe.tree.container-max-per-minute is " + containersPerMinute + ", not at least 1");
    }
  }

  /**
   * @param troupe the block {@code troupe}
   * @throws IllegalArgumentException naming the key, for values that make no sense
   */
  public static ServerSettings from(Config troupe) {
    return new ServerSettings(
        ensemble(troupe),
        SnapshotSettings.from(troupe.getConfig("persistence")),
        ElectionSettings.from(troupe.getConfig("election")),
        BroadcastSettings.from(troupe),
        SessionSettings.from(troupe),
        troupe.getDuration("tree.container-check-interval"),
        troupe.getInt("tree.container-max-per-minute"));
  }

  private static Ensemble ensemble(Config troupe) {
    ServerId self = new ServerId(troupe.getInt("server-id"));
    List<Ensemble.Member> members = troupe.getConfigList("ensemble.servers").stream()
        .map(server -> new Ensemble.Member(
            new ServerId(server.getInt("id")), server.getString("host"), server.getInt("port")))
        .toList();
    if (members.isEmpty()) {
      return Ensemble.alone(self);
    }
    if (members.size() > 1) {
      throw new IllegalArgumentException(
          "troupe.ensemble.servers names " + members.size() + " servers; this version runs a server alone");
    }
    return Ensemble.ofMajority(self, members);
  }
}
