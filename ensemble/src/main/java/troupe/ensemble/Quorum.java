package troupe.ensemble;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a set of servers has to be so that any two such sets share a server. The one place where votes and acks count. */
public sealed interface Quorum {
  /** The servers that vote, also those whose vote weighs nothing. */
  Set<ServerId> voters();

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

  /**
   * Voters that together have more than half of all the weight.
   *
   * @param weights of every voter, 0 or more; where all are 0 no quorum can be reached
   */
  record Weighted(Map<ServerId, Integer> weights) implements Quorum {
    public Weighted {
      weights = Map.copyOf(weights);
      if (weights.isEmpty()) {
        throw new IllegalArgumentException("a quorum needs at least one voter");
      }
      weights.forEach((voter, weight) -> {
        if (weight < 0) {
          throw new IllegalArgumentException("the weight of server " + voter + " is " + weight + ", which is below 0");
        }
      });
    }

    @Override
    public Set<ServerId> voters() {
      return weights.keySet();
    }

    @Override
    public boolean isReachedBy(Set<ServerId> servers) {
      return 2 * weightOf(servers) > total();
    }

    private long weightOf(Set<ServerId> servers) {
      long sum = 0;
      for (Map.Entry<ServerId, Integer> voter : weights.entrySet()) {
        if (servers.contains(voter.getKey())) {
          sum += voter.getValue();
        }
      }
      return sum;
    }

    private long total() {
      return weightOf(weights.keySet());
    }
  }

  /**
   * More than half of the weight in more than half of the groups: an ensemble over three data centres survives the
   * loss of one and of a server in another. Groups without any weight do not count. Source: ZooKeeper's
   * QuorumHierarchical.
   *
   * @param groups no two have a server in common
   */
  record Hierarchical(List<Weighted> groups) implements Quorum {
    public Hierarchical {
      groups = List.copyOf(groups);
      if (groups.isEmpty()) {
        throw new IllegalArgumentException("a quorum needs at least one group of voters");
      }
      Set<ServerId> seen = new HashSet<>();
      for (Weighted group : groups) {
        for (ServerId voter : group.voters()) {
          if (!seen.add(voter)) {
            throw new IllegalArgumentException("server " + voter + " is in more than one group");
          }
        }
      }
    }

    @Override
    public Set<ServerId> voters() {
      return groups.stream().flatMap(group -> group.voters().stream()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean isReachedBy(Set<ServerId> servers) {
      int counting = 0;
      int reached = 0;
      for (Weighted group : groups) {
        if (group.total() > 0) {
          counting++;
          if (group.isReachedBy(servers)) {
            reached++;
          }
        }
      }
      return reached > counting / 2;
    }
  }
}
