package troupe.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.tree.DataTree;

/**
 * What a server tells of itself under the names that ZooKeeper has for it. Four-letter words print it as text, the
 * commands of the management port as JSON.
 */
public final class Figures {
  /** Tools tell by the number what they may expect; it is ZooKeeper's whose names and texts these are. */
  private static final String LIKE_ZOOKEEPER = "3.9.5-troupe-";
  private static final int NO_PORT = -1;
  private static final int BACKLOG_OF_THE_SYSTEM = -1;
  private static final int FAST_LEADER_ELECTION = 3;
  private static final long ZOOKEEPERS_TRACE_MASK = 306;
  private static final long MEGA = 1024 * 1024;

  private final Gateway.Port port;
  private final About about;

  /** Kept only so that what was set can be got: there is nothing here that it would trace. */
  private final AtomicLong traceMask = new AtomicLong(ZOOKEEPERS_TRACE_MASK);

  Figures(Gateway.Port port, About about) {
    this.port = port;
    this.about = about;
  }

  /** ZooKeeper's version, then Troupe's. */
  public String version() {
    return LIKE_ZOOKEEPER + about.version();
  }

  public long traceMask() {
    return traceMask.get();
  }

  public void setTraceMask(long mask) {
    traceMask.set(mask);
  }

  /** Bytes of all snapshots. Waits for the disk. */
  public long dataSize() {
    return about.dataSize().getAsLong();
  }

  /** Bytes of the log. Waits for the disk. */
  public long logSize() {
    return about.logSize().getAsLong();
  }

  /** As ZooKeeper counts them: the root has two names there, and counts twice. */
  public static int nodeCount(DataTree tree) {
    return tree.nodeCount() + 1;
  }

  /** Rounded as ZooKeeper does it. */
  public static double averageLatency(Traffic traffic) {
    return Math.round(traffic.averageLatency() * 10000) / 10000.0;
  }

  /** What {@code conf} tells of any server, by the names of zoo.cfg. Waits for the disk. */
  public Map<String, Object> configuration() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("clientPort", port.address().getPort());
    values.put("secureClientPort", NO_PORT);
    values.put("dataDir", about.dataDirectory().toAbsolutePath().toString());
    values.put("dataDirSize", dataSize());
    values.put("dataLogDir", about.logDirectory().toAbsolutePath().toString());
    values.put("dataLogSize", logSize());
    values.put("tickTime", about.tickMillis());
    values.put("maxClientCnxns", port.settings().maxConnectionsPerAddress());
    values.put("minSessionTimeout", about.minTimeout());
    values.put("maxSessionTimeout", about.maxTimeout());
    values.put("clientPortListenBacklog", BACKLOG_OF_THE_SYSTEM);
    values.put("serverId", about.ensemble().self().value());
    return values;
  }

  /** What {@code conf} tells beyond that of a server in an ensemble. */
  Map<String, Object> membership() {
    Ensemble.Member self = about.ensemble().member(about.ensemble().self());
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("initLimit", about.initLimit());
    values.put("syncLimit", about.syncLimit());
    values.put("electionAlg", FAST_LEADER_ELECTION);
    values.put("electionPort", self.lifeLinePort());
    values.put("quorumPort", self.port());
    values.put("peerType", self.role() == Ensemble.Role.VOTER ? 0 : 1);
    return values;
  }

  Ensemble ensemble() {
    return about.ensemble();
  }

  /** What {@code envi} tells: of the machine and the JVM, no secrets. */
  public Map<String, String> environment() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("zookeeper.version", version());
    values.put("host.name", hostName());
    List.of("java.version", "java.vendor", "java.home", "java.class.path", "java.library.path", "java.io.tmpdir",
            "java.compiler", "os.name", "os.arch", "os.version", "user.name", "user.home", "user.dir")
        .forEach(key -> values.put(key, System.getProperty(key, "<NA>")));
    Runtime runtime = Runtime.getRuntime();
    values.put("os.memory.free", runtime.freeMemory() / MEGA + "MB");
    values.put("os.memory.max", runtime.maxMemory() / MEGA + "MB");
    values.put("os.memory.total", runtime.totalMemory() / MEGA + "MB");
    return values;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      return "<NA>";
    }
  }

  /**
   * What {@code mntr} tells, without the {@code zk_} before each name.
   *
   * @param watches how many there are
   */
  public Map<String, Object> monitor(Server.Serving serving, int watches) {
    DataTree tree = serving.published().get();
    Server.Office office = serving.office();
    Traffic traffic = port.traffic();
    Runtime runtime = Runtime.getRuntime();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("version", version());
    values.put("server_state", office.mode().name().toLowerCase(Locale.ROOT));
    values.put("avg_latency", averageLatency(traffic));
    values.put("max_latency", traffic.maxLatency());
    values.put("min_latency", traffic.minLatency());
    values.put("packets_received", traffic.received());
    values.put("packets_sent", traffic.sent());
    values.put("num_alive_connections", port.connections().size());
    values.put("outstanding_requests", traffic.outstanding());
    values.put("znode_count", nodeCount(tree));
    values.put("watch_count", watches);
    values.put("ephemerals_count", tree.ephemeralCount());
    values.put("approximate_data_size", tree.dataSize());
    values.put("global_sessions", tree.sessionCount());
    values.put("connection_rejected", traffic.rejectedConnections());
    values.put("malformed_requests", traffic.malformed());
    values.put("uptime", ManagementFactory.getRuntimeMXBean().getUptime());
    values.put("jvm_memory_pool_bytes_used", runtime.totalMemory() - runtime.freeMemory());
    values.put("epoch", office.epoch());
    values.put("last_zxid", tree.lastZxid().toString());
    values.put("leader_id", office.leader().value());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      values.put("open_file_descriptor_count", unix.getOpenFileDescriptorCount());
      values.put("max_file_descriptor_count", unix.getMaxFileDescriptorCount());
    }
    switch (office.mode()) {
      case STANDALONE -> {}
      case LEADER -> {
        addMember(values, "leading");
        addLeader(values, office.inStep().get());
      }
      case FOLLOWER -> addMember(values, "following");
      case OBSERVER -> addMember(values, "observing");
    }
    return values;
  }

  private void addMember(Map<String, Object> values, String state) {
    values.put("quorum_size", about.ensemble().voters().size());
    values.put("peer_state", state + " - broadcast"); // who serves is in no earlier phase
  }

  private void addLeader(Map<String, Object> values, Set<ServerId> inStep) {
    long followers = inStep.stream().filter(about.ensemble().voters()::contains).count();
    values.put("learners", inStep.size());
    values.put("synced_followers", followers);
    values.put("synced_observers", inStep.size() - followers);
  }
}
