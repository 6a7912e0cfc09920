package troupe.election;

import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;

/**
 * Whom a server wants to lead, and what speaks for it.
 *
 * @param leader the one to lead
 * @param epoch its current epoch: the leader whose history it has
 * @param last the last transaction in its log, durable
 */
public record Vote(ServerId leader, long epoch, Zxid last) {
  /** Whether every server prefers this vote: the newer history wins, and between equals the greater id. */
  public boolean beats(Vote other) {
    int history = compareHistory(other);
    return history != 0 ? history > 0 : leader.compareTo(other.leader) > 0;
  }

  /** Whether what speaks for the one goes beyond what speaks for the other. */
  boolean hasNewerHistoryThan(Vote other) {
    return compareHistory(other) > 0;
  }

  private int compareHistory(Vote other) {
    return epoch != other.epoch ? Long.compare(epoch, other.epoch) : last.compareTo(other.last);
  }
}
