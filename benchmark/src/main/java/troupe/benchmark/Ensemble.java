package troupe.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Several servers that are one service. Closing it is {@code kill -9} of all. */
final class Ensemble implements Service, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Installation place;
  private final List<Member> members;
  private final List<Server> servers = new ArrayList<>(); // the leader last, so that the first clients are followers'

  private Ensemble(Installation place, List<Member> members) {
    this.place = place;
    this.members = members;
  }

  /** Starts servers below an empty place and returns when all serve. */
  static Ensemble start(Installation place, int size) throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    for (int id = 1; id <= size; id++) {
      lines.add("server." + id + "=127.0.0.1:" + Installation.freePort() + ":" + Installation.freePort());
    }
    List<Member> members = new ArrayList<>();
    for (int id = 1; id <= size; id++) {
      members.add(new Member(id, Installation.freePort(), lines));
    }
    Ensemble ensemble = new Ensemble(place, members);
    try {
      for (Member member : members) {
        ensemble.servers.add(place.of(member).start(member));
      }
      ensemble.awaitLeader();
    } catch (IOException | InterruptedException e) {
      ensemble.close();
      throw e;
    }
    return ensemble;
  }

  /** Returns when one server leads and all others serve. */
  private void awaitLeader() throws IOException, InterruptedException {
    for (Server server : servers) {
      server.whenServing().close();
    }
    long started = System.nanoTime();
    while (servers.stream().filter(Ensemble::leads).count() != 1) {
      if (System.nanoTime() - started > PATIENCE.toNanos()) {
        throw new IOException("nobody leads after " + PATIENCE + ":" + place.lastWords());
      }
      Thread.sleep(POLL);
    }
    servers.sort((one, other) -> Boolean.compare(leads(one), leads(other)));
  }

  private static boolean leads(Server server) {
    try {
      return server.fourLetterWord("srvr").contains("Mode: leader");
    } catch (IOException silent) {
      return false;
    }
  }

  Server leader() {
    return servers.getLast();
  }

  List<Server> followers() {
    return List.copyOf(servers.subList(0, servers.size() - 1));
  }

  /** {@code kill -9} of the leader. */
  void killLeader() {
    leader().close();
  }

  /** Starts the killed one again on its data and returns when all serve. */
  void restart() throws IOException, InterruptedException {
    Server dead = servers.removeLast();
    Member member = members.stream().filter(one -> one.clientPort() == dead.port()).findFirst().orElseThrow();
    servers.add(dead.installation().start(member));
    awaitLeader();
  }

  @Override
  public String address(int client) {
    return servers.get(client % servers.size()).address(client);
  }

  /** Where servers speak to each other and to applications of actors, {@code host:port} of each. */
  List<String> peerAddresses() {
    return members.getFirst().lines().stream()
        .map(line -> line.substring(line.indexOf('=') + 1, line.lastIndexOf(':'))).toList();
  }

  /** For a client that goes to any of them. */
  String connectString() {
    return String.join(",", IntStream.range(0, servers.size()).mapToObj(this::address).toList());
  }

  @Override
  public Duration cpu() {
    return servers.stream().map(Server::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public long writtenBytes() throws IOException {
    long bytes = 0;
    for (Server server : servers) {
      bytes += server.writtenBytes();
    }
    return bytes;
  }

  @Override
  public Map<Figure, Double> holdings() throws IOException, InterruptedException {
    Map<Figure, Double> sums = new EnumMap<>(Figure.class);
    for (Server server : servers) {
      server.holdings().forEach((figure, value) -> sums.merge(figure, value, Double::sum));
    }
    return sums;
  }

  @Override
  public void close() {
    Stream.of(servers.toArray(Server[]::new)).forEach(Server::close);
  }
}
