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
    if (epoch != other.epoch) {
      return epoch > other.epoch;
    }
    int history = last.compareTo(other.last);
    return history != 0 ? history > 0 : leader.compareTo(other.leader) > 0;
  }
}
