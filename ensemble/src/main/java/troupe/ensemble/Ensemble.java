package troupe.ensemble;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The servers, seen from one of them.
 *
 * @param self the server that looks
 * @param members all servers, itself among them; no two have an id or an address in common
 * @param quorum which of the voters decide together
 */
public record Ensemble(ServerId self, List<Member> members, Quorum quorum) {
  /** What a server is in the ensemble, whoever leads. */
  public enum Role {
    /** Votes, acknowledges proposals, and may lead. */
    VOTER,
    /** Learns what the voters have decided. */
    OBSERVER
  }

  /**
   * A server, and where the other servers reach it.
   *
   * @param port where messages arrive
   * @param lifeLinePort where the others keep the connections whose end tells them that this server has died
   */
  public record Member(ServerId id, Role role, String host, int port, int lifeLinePort) {
    private static final int MAX_PORT = 65535;
    private static final int CUSTOMARY_DISTANCE = 1000; // ZooKeeper's guides write 2888:3888

    public Member {
      if (host.isBlank()) {
        throw new IllegalArgumentException("server " + id + " has no host");
      }
      for (int each : List.of(port, lifeLinePort)) {
        if (each < 0 || each > MAX_PORT) {
          throw new IllegalArgumentException("server " + id + ": " + each + " is not a port");
        }
      }
    }

    /** A voter whose second port lies where custom has it, 1000 above the first. */
    public Member(ServerId id, String host, int port) {
      this(id, Role.VOTER, host, port, port + CUSTOMARY_DISTANCE);
    }

    boolean votes() {
      return role == Role.VOTER;
    }
  }

  public Ensemble {
    members = List.copyOf(members);
    refuseSharedIds(members);
    refuseSharedAddresses(members);
    Set<ServerId> voters = voters(members);
    if (members.stream().noneMatch(member -> member.id().equals(self))) {
      throw new IllegalArgumentException("this server's id " + self + " is not among the ensemble's "
          + members.stream().map(Member::id).sorted().toList());
    }
    if (!quorum.voters().equals(voters)) {
      throw new IllegalArgumentException("the servers that vote are " + sorted(voters)
          + ", but a quorum is made of " + sorted(quorum.voters()));
    }
    if (!quorum.isReachedBy(voters)) {
      throw new IllegalArgumentException("not even all voters together are a quorum, since none of them has a weight");
    }
  }

  private static void refuseSharedIds(List<Member> members) {
    members.stream().collect(Collectors.groupingBy(Member::id, Collectors.counting())).forEach((id, times) -> {
      if (times > 1) {
        throw new IllegalArgumentException("server id " + id + " is used " + times + " times");
      }
    });
  }

  private static void refuseSharedAddresses(List<Member> members) {
    if (members.size() == 1) {
      return; // nobody talks to a server alone, so its ports may be anything
    }
    Map<String, ServerId> taken = new HashMap<>();
    for (Member member : members) {
      for (int port : List.of(member.port(), member.lifeLinePort())) {
        String address = member.host().toLowerCase(Locale.ROOT) + ":" + port;
        ServerId other = taken.putIfAbsent(address, member.id());
        if (member.id().equals(other)) {
          throw new IllegalArgumentException("server " + other + " has " + port + " for both of its ports");
        }
        if (other != null) {
          throw new IllegalArgumentException("servers " + other + " and " + member.id() + " are both at " + address);
        }
      }
    }
  }

  /** More than half of the voters decide. */
  public static Ensemble ofMajority(ServerId self, List<Member> members) {
    return new Ensemble(self, members, new Quorum.Majority(voters(members)));
  }

  /** A server alone: its own quorum. */
  public static Ensemble alone(ServerId self) {
    return ofMajority(self, List.of(new Member(self, Role.VOTER, "localhost", 0, 0)));
  }

  /** The ids of the other servers, observers too. */
  public List<ServerId> peers() {
    return members.stream().map(Member::id).filter(id -> !id.equals(self)).toList();
  }

  /** The ids of all servers that vote. */
  public Set<ServerId> voters() {
    return quorum.voters();
  }

  /** What this server is. */
  public Role role() {
    return member(self).role();
  }

  /** @throws IllegalArgumentException if there is no such server */
  public Member member(ServerId id) {
    return members.stream().filter(member -> member.id().equals(id)).findAny()
        .orElseThrow(() -> new IllegalArgumentException("server " + id + " is not in the ensemble"));
  }

  private static Set<ServerId> voters(List<Member> members) {
    return members.stream().filter(Member::votes).map(Member::id).collect(Collectors.toUnmodifiableSet());
  }

  private static List<ServerId> sorted(Set<ServerId> ids) {
    return ids.stream().sorted().toList();
  }
}
