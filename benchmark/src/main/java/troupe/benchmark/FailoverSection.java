package troupe.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/**
 * For how long nothing can be written when the leader is killed, while as many sessions on each server write, one at a
 * time. They know all servers, as clients do. A stock client that lost its connection waits up to a second before it
 * looks for another server, which is not the servers' doing; so a plain socket asks, too.
 */
record FailoverSection(String title, int servers) implements Section {
  private static final int SESSIONS_OF_EACH_SERVER = 2;
  private static final int SOME = 200; // writes of one session: then it is under way
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int ANY_VERSION = -1;

  /**
   * What one kill came to, in milliseconds.
   *
   * @param newSession from the kill until a session that is new to a follower has written
   * @param nobody between two writes, of whatever session
   * @param session between two writes of a session of a follower; the median of these sessions
   */
  private record Failover(double newSession, double nobody, double session) {}

  /** Sets its znode, again and again. */
  private static final class Writer {
    private final ZooKeeper client;
    private final String node;
    private final Gap own = new Gap();
    private final Gap all;
    private volatile boolean stopped;

    Writer(ZooKeeper client, String node, Gap all) {
      this.client = client;
      this.node = node;
      this.all = all;
    }

    void write() {
      client.setData(node, Znodes.data(), ANY_VERSION, (code, path, context, stat) -> {
        if (code == Code.OK.intValue()) {
          own.success();
          all.success();
        }
        if (!stopped) {
          write(); // also after a loss: the client keeps it until it is connected again, or fails to be
        }
      }, null);
    }

    void awaitSome() throws InterruptedException, TimeoutException {
      if (!own.awaitSuccesses(SOME, PATIENCE)) {
        throw new TimeoutException("a session does not write " + SOME + " times in " + PATIENCE);
      }
    }
  }

  @Override
  public Map<Figure, Double> measure(Installation installation, Settings settings) throws Exception {
    List<Failover> failovers = new ArrayList<>();
    try (Ensemble ensemble = Ensemble.start(installation, servers)) {
      try (Clients clients = Clients.connect(ensemble, 1)) {
        Znodes.prepare(clients.all().getFirst());
      }
      for (int kill = 1; kill <= settings.kills(); kill++) {
        failovers.add(failover(ensemble, "/killed-" + kill));
        ensemble.restart();
      }
    }
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.UNAVAILABLE_MILLIS, median(failovers.stream().map(Failover::newSession)));
    figures.put(Figure.NO_WRITE_MILLIS, median(failovers.stream().map(Failover::nobody)));
    figures.put(Figure.NO_OWN_WRITE_MILLIS, median(failovers.stream().map(Failover::session)));
    return figures;
  }

  private static Failover failover(Ensemble ensemble, String newNode) throws Exception {
    List<ZooKeeper> survivors = sessions(ensemble, ensemble.followers());
    List<ZooKeeper> orphans = sessions(ensemble, List.of(ensemble.leader()));
    try (Clients clients = new Clients(Stream.of(survivors, orphans).flatMap(List::stream).toList())) {
      Gap all = new Gap();
      List<Writer> writers = new ArrayList<>();
      for (ZooKeeper client : clients.all()) {
        writers.add(new Writer(client, Znodes.node(writers.size()), all));
      }
      return failover(ensemble, newNode, all, writers, writers.subList(0, survivors.size()));
    }
  }

  /** Sessions that happen to be on these servers; others are closed again. */
  private static List<ZooKeeper> sessions(Ensemble ensemble, List<Server> on) throws Exception {
    List<ZooKeeper> sessions = new ArrayList<>();
    Map<Integer, Integer> missing = new HashMap<>();
    on.forEach(server -> missing.put(server.port(), SESSIONS_OF_EACH_SERVER));
    while (!missing.isEmpty()) {
      Clients.Client client = Clients.connect(ensemble.connectString());
      int port = client.serverPort();
      if (missing.containsKey(port)) {
        sessions.add(client);
        missing.computeIfPresent(port, (same, count) -> count == 1 ? null : count - 1);
      } else {
        Clients.close(client);
      }
    }
    return sessions;
  }

  private static Failover failover(
      Ensemble ensemble, String newNode, Gap all, List<Writer> writers, List<Writer> survivors) throws Exception {
    writers.forEach(Writer::write);
    for (Writer writer : writers) {
      writer.awaitSome();
    }
    all.begin();
    writers.forEach(writer -> writer.own.begin());
    long killed = System.nanoTime();
    ensemble.killLeader();
    double newSession;
    try (BareSession session = ensemble.followers().getFirst().whenServing()) {
      session.create(newNode, Znodes.data());
      newSession = millis(Duration.ofNanos(System.nanoTime() - killed));
    }
    for (Writer writer : survivors) {
      writer.awaitSome();
    }
    writers.forEach(writer -> writer.stopped = true);
    return new Failover(
        newSession, millis(all.longest()), median(survivors.stream().map(writer -> millis(writer.own.longest()))));
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static double median(Stream<Double> values) {
    return Spread.of(values.toList()).median();
  }
}
