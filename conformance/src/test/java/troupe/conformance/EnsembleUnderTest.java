package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Several servers that are one service, each a process of its own: 1 to N vote, the observers come after them. */
final class EnsembleUnderTest implements AutoCloseable {
  /** The longest timeout that a session is granted: three servers that start at once may need much of it. */
  static final int LONGEST_SESSION_MILLIS = 40_000;

  private static final Pattern MODE = Pattern.compile("(?m)^Mode: (\\w+)$");

  private final EnsembleNetwork network;
  private final int voters;
  private final Map<Integer, NodeProcess> servers = new TreeMap<>();
  private final Map<Integer, String> peerAddresses = new TreeMap<>();
  private final Optional<EnsembleDisk> disk;
  private final boolean managed;

  private EnsembleUnderTest(EnsembleNetwork network, int voters, Optional<EnsembleDisk> disk, boolean managed) {
    this.managed = managed;
    this.network = network;
    this.voters = voters;
    this.disk = disk;
  }

  /**
   * Starts all servers and returns when they serve. Where that is permitted they are cabled, and the last voter has a
   * small disk of its own.
   */
  static EnsembleUnderTest start(Path home, int voters, int observers) {
    return start(Subject.chosen(), home, voters, observers);
  }

  static EnsembleUnderTest start(Subject subject, Path home, int voters, int observers) {
    EnsembleNetwork network =
        EnsembleCables.lay().map(cables -> (EnsembleNetwork) cables).orElseGet(EnsembleNetwork::loopback);
    var ensemble = new EnsembleUnderTest(network, voters, EnsembleDisk.mount(home.resolve("" + voters)), false);
    return ensemble.launch(subject, home, observers, server -> List.of(), List.of()).awaitServing();
  }

  /**
   * Voters on this machine's loopback, whose management ports ({@link NodeSettings#managementPort}) listen. They share
   * the machine with whatever looks at them, such as a browser, so they are patient with each other.
   *
   * @param arguments words behind the command of each
   */
  static EnsembleUnderTest startManaged(Path home, int voters, List<String> arguments) {
    var ensemble = new EnsembleUnderTest(EnsembleNetwork.loopback(), voters, Optional.empty(), true);
    return ensemble.launch(Subject.TROUPE, home, 0, server -> List.of(
        "admin.enableServer=true", "admin.serverPort=" + server.managementPort(), "syncLimit=30"), arguments).awaitServing();
  }

  private EnsembleUnderTest launch(
      Subject subject, Path home, int observers, Function<NodeSettings, List<String>> more, List<String> arguments) {
    var sites = new TreeMap<Integer, EnsembleNetwork.Site>();
    IntStream.rangeClosed(1, voters + observers).forEach(id -> sites.put(id, network.site(id)));
    var lines = new ArrayList<>(List.of("initLimit=10", "syncLimit=4", "maxSessionTimeout=" + LONGEST_SESSION_MILLIS));
    sites.forEach((id, site) -> peerAddresses.put(id, site.host() + ":" + site.peerPort()));
    sites.forEach((id, site) -> lines.add("server." + id + "=" + site.line(id > voters)));
    sites.forEach((id, site) -> {
      NodeSettings settings = NodeSettings.inDirectory(home.resolve("" + id));
      var own = new ArrayList<>(lines);
      own.addAll(more.apply(settings));
      if (id > voters) {
        own.add("peerType=observer");
      }
      servers.put(id, NodeProcess.launch(subject, settings.at(
          site.host(), site.clientPort(), new EnsemblePlace(id, own, site.within(), arguments))));
    });
    return this;
  }

  /** Returns when every server that runs serves. */
  EnsembleUnderTest awaitServing() {
    List<NodeProcess> running = servers.values().stream().filter(NodeProcess::isRunning).toList();
    running.forEach(NodeProcess::awaitServing);
    if (managed) {
      running.forEach(NodeProcess::awaitManagement);
    }
    return this;
  }

  /** Ends whatever happens to any server and returns when all serve. */
  void restore() {
    cables().ifPresent(EnsembleCables::heal);
    disk.ifPresent(EnsembleDisk::free);
    servers.values().stream().filter(NodeProcess::isRunning).forEach(NodeProcess::resume);
    launchDead();
    awaitServing();
  }

  /** Its cables, if it has any that can be cut. */
  Optional<EnsembleCables> cables() {
    return network instanceof EnsembleCables cables ? Optional.of(cables) : Optional.empty();
  }

  /** The small disk of {@link #small}, if there is one. */
  Optional<EnsembleDisk> disk() {
    return disk;
  }

  /** The server with the small disk. */
  int small() {
    return voters;
  }

  Set<Integer> ids() {
    return servers.keySet();
  }

  NodeProcess server(int id) {
    return servers.get(id);
  }

  /** Who leads, once one server does and all that run follow. */
  int awaitLeader() {
    var leader = new AtomicInteger();
    Await.until("one server leads", () -> {
      Map<Integer, String> modes = modes(); // one look: at the next one it may be another, or nobody
      List<Integer> leaders =
          modes.entrySet().stream().filter(mode -> mode.getValue().equals("leader")).map(Map.Entry::getKey).toList();
      leaders.forEach(leader::set);
      return leaders.size() == 1 && modes.keySet().containsAll(running());
    });
    return leader.get();
  }

  /** Some voter that follows. */
  int follower() {
    int leader = awaitLeader();
    return running().stream().filter(id -> id != leader && id <= voters).findFirst().orElseThrow();
  }

  /** All servers but these. */
  Set<Integer> others(Integer... these) {
    var others = new TreeSet<>(servers.keySet());
    others.removeAll(Set.of(these));
    return others;
  }

  /** Those whose process lives. */
  Set<Integer> running() {
    return servers.entrySet().stream().filter(server -> server.getValue().isRunning()).map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What each server that serves says it is: leader, follower or observer. */
  Map<Integer, String> modes() {
    var modes = new TreeMap<Integer, String>();
    servers.forEach((id, server) -> mode(server).ifPresent(mode -> modes.put(id, mode)));
    return modes;
  }

  private static Optional<String> mode(NodeProcess server) {
    if (!server.isRunning()) {
      return Optional.empty();
    }
    try {
      Matcher matcher = MODE.matcher(server.fourLetterWord("srvr"));
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException silent) {
      return Optional.empty();
    }
  }

  void kill(int id) {
    server(id).kill();
  }

  /** Every process at once, as when the power goes. */
  void killAll() {
    servers.values().parallelStream().forEach(NodeProcess::kill);
  }

  /** Starts each server that does not run, on its data, and returns at once. */
  void launchDead() {
    servers.replaceAll((id, server) -> server.isRunning() ? server : server.launchAgain());
  }

  /** Stops one server with SIGTERM and starts another version on its data; returns when that serves. */
  void replace(int id, Subject by) {
    NodeProcess before = server(id);
    before.stop(Duration.ofSeconds(30));
    servers.put(id, NodeProcess.launch(by, before.settings()).awaitServing());
  }

  /** Takes all data from a server that does not run. */
  void wipe(int id) {
    Path data = server(id).settings().dataDirectory();
    try (var paths = Files.walk(data)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For clients that go wherever they are served. */
  String connectString() {
    return servers.values().stream().map(NodeProcess::address).collect(Collectors.joining(","));
  }

  /** Where servers speak to each other and to actor-based clients, {@code host:port} of each. */
  List<String> peerAddresses() {
    return List.copyOf(peerAddresses.values());
  }

  /** Where an actor system of this process can be reached by all servers. */
  String clientHost() {
    return network.clientHost();
  }

  /** The ends of what all servers printed. */
  String tail() {
    return servers.entrySet().stream()
        .map(server -> "--- server " + server.getKey() + ", " + server.getValue() + ":\n" + server.getValue().tail())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    killAll();
    disk.ifPresent(EnsembleDisk::close);
    network.close();
  }
}
