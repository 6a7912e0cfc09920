package troupe.actors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

/** Reads {@code troupe.ensemble.servers}: who the servers are, and from their groups and weights what a quorum is. */
final class EnsembleSettings {
  private static final String SERVERS = "ensemble.servers";
  private static final Set<String> KEYS = Set.of("id", "host", "port", "life-line-port", "role", "group", "weight");
  private static final int CUSTOMARY_DISTANCE = 1000; // of the two ports; ZooKeeper's guides write 2888:3888

  /** One element of the list. */
  private record Entry(Member member, Optional<String> group, Optional<Integer> weight) {
    ServerId id() {
      return member.id();
    }

    boolean votes() {
      return member.role() == Role.VOTER;
    }
  }

  private EnsembleSettings() {}

  /**
   * @param troupe the block {@code troupe}
   * @throws IllegalArgumentException naming where and what it is, for servers that make no ensemble
   */
  static Ensemble from(Config troupe) {
    String where = troupe.getValue(SERVERS).origin().description() + ": troupe." + SERVERS;
    return named(where, () -> {
      ServerId self = new ServerId(troupe.getInt("server-id"));
      List<? extends Config> servers = troupe.getConfigList(SERVERS);
      if (servers.isEmpty()) {
        return Ensemble.alone(self);
      }
      List<Entry> entries = servers.stream().map(EnsembleSettings::entry).toList();
      if (entries.stream().noneMatch(entry -> entry.id().equals(self))) {
        throw new IllegalArgumentException("this server's id is " + self + ", which is none of "
            + entries.stream().map(Entry::id).sorted().toList()
            + ": correct troupe.server-id (the file myid beside a zoo.cfg), or add this server to the list");
      }
      return new Ensemble(self, entries.stream().map(Entry::member).toList(), quorum(entries));
    });
  }

  private static Entry entry(Config server) {
    ConfigObject keys = server.root();
    String which = keys.origin().lineNumber() > 0 ? "line " + keys.origin().lineNumber() + ": " : "";
    return named(which + keys.unwrapped(), () -> {
      keys.keySet().stream().filter(key -> !KEYS.contains(key)).findAny().ifPresent(unknown -> {
        throw new IllegalArgumentException(
            "a server has no " + unknown + ", it has " + KEYS.stream().sorted().toList());
      });
      int port = port(server, "port");
      return new Entry(
          new Member(
              new ServerId(server.getInt("id")),
              role(server),
              server.getString("host"),
              port,
              server.hasPath("life-line-port") ? port(server, "life-line-port") : port + CUSTOMARY_DISTANCE),
          server.hasPath("group") ? Optional.of(server.getString("group")) : Optional.empty(),
          server.hasPath("weight") ? Optional.of(server.getInt("weight")) : Optional.empty());
    });
  }

  private static int port(Config server, String key) {
    int port = server.getInt(key);
    if (port == 0) {
      throw new IllegalArgumentException(key + " is 0, but the other servers have to know it");
    }
    return port;
  }

  private static Role role(Config server) {
    String role = server.hasPath("role") ? server.getString("role") : "voter";
    return switch (role) {
      case "voter" -> Role.VOTER;
      case "observer" -> Role.OBSERVER;
      default -> throw new IllegalArgumentException("role is " + role + ", it has to be voter or observer");
    };
  }

  /** Groups make it hierarchical, weights alone weighted; without either every vote is as good as another. */
  private static Quorum quorum(List<Entry> entries) {
    entries.stream().filter(entry -> !entry.votes() && (entry.group().isPresent() || entry.weight().isPresent()))
        .findAny().ifPresent(observer -> {
          throw new IllegalArgumentException(
              "server " + observer.id() + " is an observer and has no vote: take away its group and its weight");
        });
    List<Entry> voters = entries.stream().filter(Entry::votes).toList();
    if (voters.stream().anyMatch(voter -> voter.group().isPresent())) {
      return hierarchical(voters);
    }
    if (voters.stream().anyMatch(voter -> voter.weight().isPresent())) {
      return new Quorum.Weighted(weights(voters));
    }
    return new Quorum.Majority(voters.stream().map(Entry::id).collect(Collectors.toSet()));
  }

  private static Quorum hierarchical(List<Entry> voters) {
    Map<String, List<Entry>> groups = voters.stream().collect(Collectors.groupingBy(
        voter -> voter.group().orElseThrow(() -> new IllegalArgumentException(
            "server " + voter.id() + " is in no group, while others are: add it to one, or make it an observer")),
        TreeMap::new,
        Collectors.toList()));
    return new Quorum.Hierarchical(groups.values().stream().map(group -> new Quorum.Weighted(weights(group))).toList());
  }

  /** A voter without a weight has the weight 1. */
  private static Map<ServerId, Integer> weights(List<Entry> voters) {
    Map<ServerId, Integer> weights = new HashMap<>();
    voters.forEach(voter -> weights.put(voter.id(), voter.weight().orElse(1))); // an id used twice is refused elsewhere
    return weights;
  }

  private static <T> T named(String where, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException | ConfigException.Missing | ConfigException.WrongType wrong) {
      throw new IllegalArgumentException(where + ": " + wrong.getMessage(), wrong);
    }
  }
}
