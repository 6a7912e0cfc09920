package troupe.broadcast;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * @param maxBatch transactions in one proposal
 * @param maxBatchBytes bytes on the wire, by a generous estimate, after which a proposal takes no more transactions,
 *     and a message to the leader no more requests
 * @param heartbeat how often a leader lets each learner hear of it
 * @param syncTimeout silence after which a leader or a learner is taken for lost
 * @param initTimeout how long a server waits for others to follow it, or for its leader to let it follow
 * @param recentBytes of batches that a leader keeps in memory for learners that come back
 * @param maxBacklogBytes of proposals without an ack at which a learner is sent back to synchronisation
 * @param maxEpochLength transactions after which a new epoch begins
 * @param extendedTypes whether clients may make TTL nodes
 */
public record BroadcastSettings(
    int maxBatch,
    long maxBatchBytes,
    Duration heartbeat,
    Duration syncTimeout,
    Duration initTimeout,
    long recentBytes,
    long maxBacklogBytes,
    long maxEpochLength,
    boolean extendedTypes) {
  /** A zxid has 32 bits for their numbers, which begin at 1, and the leader counts one beyond the last. */
  static final long MOST_IN_AN_EPOCH = 0xFFFF_FFFEL;

  public BroadcastSettings {
    if (maxBatch < 1) {
      throw new IllegalArgumentException("troupe.broadcast.max-batch is " + maxBatch + ", not at least 1");
    }
    if (maxBatchBytes < 1) {
      throw new IllegalArgumentException("troupe.broadcast.max-batch-bytes is " + maxBatchBytes + ", not at least 1");
    }
    if (maxEpochLength < 1 || maxEpochLength > MOST_IN_AN_EPOCH) {
      throw new IllegalArgumentException("troupe.broadcast.max-epoch-length is " + maxEpochLength
          + ", not between 1 and " + MOST_IN_AN_EPOCH);
    }
    if (heartbeat.isZero() || heartbeat.isNegative()) {
      throw new IllegalArgumentException("troupe.broadcast.heartbeat-interval has to be longer than nothing");
    }
    checkAtLeastTwoHeartbeats("sync-timeout", syncTimeout, heartbeat);
    checkAtLeastTwoHeartbeats("init-timeout", initTimeout, heartbeat);
  }

  private static void checkAtLeastTwoHeartbeats(String key, Duration timeout, Duration heartbeat) {
    if (timeout.compareTo(heartbeat.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("troupe.broadcast." + key + " is " + timeout.toMillis()
          + " ms, not at least two of heartbeat-interval, " + heartbeat.toMillis() + " ms");
    }
  }

  /** @param troupe the block {@code troupe} */
  public static BroadcastSettings from(Config troupe) {
    Config broadcast = troupe.getConfig("broadcast");
    return new BroadcastSettings(
        broadcast.getInt("max-batch"),
        broadcast.getBytes("max-batch-bytes"),
        broadcast.getDuration("heartbeat-interval"),
        broadcast.getDuration("sync-timeout"),
        broadcast.getDuration("init-timeout"),
        broadcast.getBytes("recent-bytes"),
        broadcast.getBytes("max-backlog-bytes"),
        broadcast.getLong("max-epoch-length"),
        troupe.getBoolean("tree.extended-types"));
  }

  /** Heartbeats in that time; a pause of the process counts as one at most. */
  int syncBeats() {
    return beats(syncTimeout);
  }

  int initBeats() {
    return beats(initTimeout);
  }

  private int beats(Duration duration) {
    return (int) Math.max(2, duration.dividedBy(heartbeat));
  }
}
