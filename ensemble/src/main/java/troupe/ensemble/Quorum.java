package troupe.ensemble;

import java.util.Set;

/** What a set of servers has to be so that any two such sets share a server. The one place where votes and acks count. */
public sealed interface Quorum {
  /** Whether these servers together are a quorum; servers without a vote count for nothing. */
  boolean isReachedBy(Set<ServerId> servers);

  /** More than half of the voters. */
  record Majority(Set<ServerId> voters) implements Quorum {
    public Majority {
      voters = Set.copyOf(voters);
      if (voters.isEmpty()) {
        throw new IllegalArgumentException("a quorum needs at least one voter");
      }
    }

    @Override
    public boolean isReachedBy(Set<ServerId> servers) {
      int votes = 0;
      for (ServerId voter : voters) {
        if (servers.contains(voter)) {
          votes++;
        }
      }
      return votes > voters.size() / 2;
    }
  }
}
