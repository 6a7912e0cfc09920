package troupe.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.Address;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.links.LinkSettings;

/**
 * Where Pekko Remoting listens, and whom Pekko Cluster asks for entry.
 *
 * <p>Of all servers only one may begin a cluster when nobody answers, the voter with the lowest id: were there two,
 * there could be two clusters. It waits the longer for the others. Until there is a cluster nobody misses it: who leads
 * and who serves is decided without.
 *
 * @param links how the life lines are made
 * @param listed whether the ensemble was configured; else this server is alone, and nobody knows its address
 */
record Remoting(Ensemble ensemble, LinkSettings links, boolean listed, Config troupe) {
  static final String SYSTEM = "troupe";

  private static final Duration SHORTEST_DOWNING = Duration.ofSeconds(1);
  private static final long HEADERS = 128 << 10; // of a batch, of its frame, and what Artery adds

  /** @throws IllegalArgumentException naming the key, for values that make no sense */
  static Remoting of(Ensemble ensemble, Config troupe) {
    if (troupe.getDuration("cluster.down-clients-after").compareTo(SHORTEST_DOWNING) < 0) {
      throw new IllegalArgumentException("troupe.cluster.down-clients-after is "
          + troupe.getDuration("cluster.down-clients-after").toMillis() + " ms, it has to be at least "
          + SHORTEST_DOWNING.toMillis() + " ms");
    }
    return new Remoting(
        ensemble, LinkSettings.from(troupe.getConfig("cluster")), !troupe.getConfigList("ensemble.servers").isEmpty(), troupe);
  }

  /** To be merged into the actor system's configuration. */
  Config config() {
    Config cluster = troupe.getConfig("cluster");
    Map<String, Object> settings = new HashMap<>();
    settings.put("pekko.remote.artery.canonical.hostname", listed ? host(own()) : cluster.getString("host"));
    settings.put("pekko.remote.artery.canonical.port", listed ? own().port() : cluster.getInt("port"));
    settings.put("pekko.remote.artery.bind.hostname", cluster.getString("bind-host"));
    // A batch is closed by the request that makes it full, which may be as large as a client's frame can be.
    settings.put("pekko.remote.artery.advanced.maximum-frame-size",
        troupe.getBytes("broadcast.max-batch-bytes") + troupe.getBytes("client.max-frame-size") + HEADERS);
    settings.put("pekko.cluster.seed-node-timeout", isFirst() ? "20s" : "2s");
    return ConfigFactory.parseMap(settings);
  }

  /** The voters in the order of their ids, the one that may begin a cluster first; of a server alone, itself. */
  List<Address> seeds(Address self) {
    return listed ? voters().stream().map(Remoting::address).toList() : List.of(self);
  }

  /** How long an application that has joined as a client may be unreachable before it is taken out of the cluster. */
  Duration downClientsAfter() {
    return troupe.getDuration("cluster.down-clients-after");
  }

  private boolean isFirst() {
    return voters().getFirst().equals(own());
  }

  private Member own() {
    return ensemble.member(ensemble.self());
  }

  private List<Member> voters() {
    return ensemble.voters().stream().map(ensemble::member).sorted(Comparator.comparing(Member::id)).toList();
  }

  /** Of its actor system. */
  static Address address(Member member) {
    return new Address("pekko", SYSTEM, host(member), member.port());
  }

  /** An IPv6 address needs its brackets, or the name of an actor there would not be a URI. */
  private static String host(Member member) {
    return member.host().contains(":") ? "[" + member.host() + "]" : member.host();
  }
}
