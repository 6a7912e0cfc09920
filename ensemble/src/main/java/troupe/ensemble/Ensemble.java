package troupe.ensemble;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The servers, seen from one of them.
 *
 * @param self the server that looks
 * @param members all servers, itself among them
 * @param quorum which of them decide together
 */
public record Ensemble(ServerId self, List<Member> members, Quorum quorum) {
  /** A server, and where the other servers reach it. */
  public record Member(ServerId id, String host, int port) {
    public Member {
      if (host.isBlank()) {
        throw new IllegalArgumentException("server " + id + " has no host");
      }
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("server " + id + ": " + port + " is not a port");
      }
    }
  }

  public Ensemble {
    members = List.copyOf(members);
    Set<ServerId> ids = new HashSet<>();
    for (Member member : members) {
      if (!ids.add(member.id())) {
        throw new IllegalArgumentException("server id " + member.id() + " is used twice");
      }
    }
    if (!ids.contains(self)) {
      throw new IllegalArgumentException("this server's id " + self + " is not among the ensemble's " + ids);
    }
  }

  /** Every member votes, and more than half of them decide. */
  public static Ensemble ofMajority(ServerId self, List<Member> members) {
    return new Ensemble(
        self, members, new Quorum.Majority(members.stream().map(Member::id).collect(Collectors.toSet())));
  }

  /** A server alone: its own quorum. */
  public static Ensemble alone(ServerId self) {
    return ofMajority(self, List.of(new Member(self, "localhost", 0)));
  }

  /** The ids of the other servers. */
  public List<ServerId> peers() {
    return members.stream().map(Member::id).filter(id -> !id.equals(self)).toList();
  }
}
