package troupe.broadcast;

import com.typesafe.config.Config;

/**
 * @param maxBatch transactions in one proposal
 * @param maxBatchBytes bytes of paths and data after which a proposal takes no more transactions
 * @param extendedTypes whether clients may make TTL nodes
 */
public record BroadcastSettings(int maxBatch, long maxBatchBytes, boolean extendedTypes) {
  public BroadcastSettings {
    if (maxBatch < 1) {
      throw new IllegalArgumentException("troupe.broadcast.max-batch is " + maxBatch + ", not at least 1");
    }
    if (maxBatchBytes < 1) {
      throw new IllegalArgumentException("troupe.broadcast.max-batch-bytes is " + maxBatchBytes + ", not at least 1");
    }
  }

  /** @param troupe the block {@code troupe} */
  public static BroadcastSettings from(Config troupe) {
    return new BroadcastSettings(
        troupe.getInt("broadcast.max-batch"),
        troupe.getBytes("broadcast.max-batch-bytes"),
        troupe.getBoolean("tree.extended-types"));
  }
}
