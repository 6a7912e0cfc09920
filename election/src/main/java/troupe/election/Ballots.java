package troupe.election;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;

/** The votes of one round, the newest of each server. */
record Ballots(Map<ServerId, Vote> votes) {
  static final Ballots NONE = new Ballots(Map.of());

  Ballots {
    votes = Map.copyOf(votes);
  }

  Ballots with(ServerId from, Vote vote) {
    Map<ServerId, Vote> more = new HashMap<>(votes);
    more.put(from, vote);
    return new Ballots(more);
  }

  Ballots without(ServerId server) {
    Map<ServerId, Vote> fewer = new HashMap<>(votes);
    fewer.remove(server);
    return new Ballots(fewer);
  }

  boolean elect(Vote vote, Ensemble ensemble) {
    return ensemble.quorum().isReachedBy(supporters(vote));
  }

  Set<ServerId> supporters(Vote vote) {
    Set<ServerId> supporters = new HashSet<>();
    votes.forEach((from, theirs) -> {
      if (theirs.equals(vote)) {
        supporters.add(from);
      }
    });
    return supporters;
  }
}
