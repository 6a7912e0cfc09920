package troupe.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A network namespace for each server, cabled to one bridge, so that every direction between two of them can be cut
 * by itself. What is cut is lost in silence, as on a real network: no connection breaks that nobody waits for. Clients
 * stay outside, on the bridge, and reach every server always.
 *
 * <p>A proxy between the servers would need no rights, but Artery takes a server to be at the one address that all
 * others name; and this way it is the kernel's own retransmissions that are tried.
 */
final class EnsembleCables implements EnsembleNetwork {
  private static final int NETWORKS = 250;
  private static final int OUTSIDE = 254; // the last byte of the clients' address
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final String PREFIX = "troupe-"; // of namespaces; the process that made one comes next
  private static final String NOBODY = "02:00:00:00:00:00"; // a frame sent there is everybody's to ignore

  private final int network;
  private final Set<Integer> connected = new TreeSet<>();
  private final Set<Integer> isolated = new TreeSet<>();

  private EnsembleCables(int network) {
    this.network = network;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** Lays the bridge; none, with a word on the console, where this process may not do so. */
  static Optional<EnsembleCables> lay() {
    try {
      removeLeftovers();
      Shell.run("ip", "netns", "add", namespace(0)); // to see whether it may
      Shell.run("ip", "netns", "del", namespace(0));
      int first = (int) (ProcessHandle.current().pid() % NETWORKS);
      int free = IntStream.range(0, NETWORKS).map(i -> (first + i) % NETWORKS)
          .filter(n -> !exists(bridge(n))).findFirst().orElseThrow();
      ip("link", "add", bridge(free), "type", "bridge");
      var cables = new EnsembleCables(free);
      ip("addr", "add", cables.address(OUTSIDE) + "/24", "dev", bridge(free));
      ip("link", "set", bridge(free), "up");
      return Optional.of(cables);
    } catch (UncheckedIOException notPermitted) {
      System.out.println("No test cuts the network: it takes network namespaces, which take root and the command ip ("
          + notPermitted.getMessage() + ")");
      return Optional.empty();
    }
  }

  @Override
  public String clientHost() {
    return address(OUTSIDE);
  }

  @Override
  public Site site(int id) {
    String name = namespace(id);
    ip("netns", "add", name);
    ip("link", "add", cable(id), "type", "veth", "peer", "name", "eth0", "netns", name, "address", mac(id));
    ip("link", "set", cable(id), "master", bridge(network), "up");
    ip("-n", name, "addr", "add", address(id) + "/24", "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
    ip("-n", name, "link", "set", "lo", "up");
    connected.add(id);
    connected.forEach(other -> heal(other, id));
    return new Site(address(id), 2181, 2888, 3888, List.of("ip", "netns", "exec", name));
  }

  /** From now on nothing of what {@code from} sends reaches {@code to}; the other direction stays as it is. */
  void cutOneWay(int from, int to) {
    neighbour(from, to, NOBODY);
  }

  /** Cuts both directions between any server of one side and any of the other. */
  void cut(Set<Integer> side, Set<Integer> other) {
    side.forEach(one -> other.forEach(two -> {
      cutOneWay(one, two);
      cutOneWay(two, one);
    }));
  }

  /** Cuts one off from all others, and from what is outside. */
  void isolate(int id) {
    Set<Integer> others = new TreeSet<>(connected);
    others.remove(id);
    cut(Set.of(id), others);
    cutOneWay(id, OUTSIDE); // no connection stands on one leg
    isolated.add(id);
  }

  void heal() {
    isolated.forEach(id -> ip("-n", namespace(id), "neigh", "del", address(OUTSIDE), "dev", "eth0"));
    isolated.clear();
    connected.forEach(one -> connected.forEach(other -> heal(one, other)));
  }

  private void heal(int one, int other) {
    if (one != other) {
      neighbour(one, other, mac(other));
      neighbour(other, one, mac(one));
    }
  }

  /** The addresses are entered by hand, so none is ever asked for, and a wrong one stays. */
  private void neighbour(int from, int to, String mac) {
    ip("-n", namespace(from), "neigh", "replace", address(to), "lladdr", mac, "dev", "eth0", "nud", "permanent");
  }

  private String address(int id) {
    return "198.18." + network + "." + id; // RFC 2544: for tests, and so nobody's
  }

  private String mac(int id) {
    return "02:00:c6:12:%02x:%02x".formatted(network, id);
  }

  private String cable(int id) {
    return bridge(network) + "-" + id;
  }

  private static String bridge(int network) {
    return "troupe" + network;
  }

  private static String namespace(int id) {
    return PREFIX + ProcessHandle.current().pid() + "-" + id;
  }

  private static boolean exists(String device) {
    try {
      return NetworkInterface.getByName(device) != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of runs that were killed: their processes are gone, and with a namespace goes, a while later, its cable. */
  private static void removeLeftovers() {
    for (String name : namespaces()) {
      long maker = Long.parseLong(name.substring(PREFIX.length(), name.lastIndexOf('-')));
      if (ProcessHandle.of(maker).isEmpty()) {
        ip("netns", "del", name);
      }
    }
  }

  private static List<String> namespaces() {
    if (!Files.isDirectory(NAMESPACES)) {
      return List.of();
    }
    try (var paths = Files.list(NAMESPACES)) {
      return paths.map(path -> path.getFileName().toString())
          .filter(name -> name.matches(PREFIX + "\\d+-\\d+"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void ip(String... words) {
    Shell.run(IntStream.range(0, words.length + 1).mapToObj(i -> i == 0 ? "ip" : words[i - 1]).toArray(String[]::new));
  }

  /** Only once no server runs there any more. */
  @Override
  public synchronized void close() {
    connected.forEach(id -> {
      ip("link", "del", cable(id)); // by name, as the kernel takes its time with those of a namespace that has gone
      ip("netns", "del", namespace(id));
    });
    connected.clear();
    if (exists(bridge(network))) {
      ip("link", "del", bridge(network));
    }
  }
}
