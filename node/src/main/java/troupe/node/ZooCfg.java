package troupe.node;

import static java.util.stream.Collectors.toCollection;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads a ZooKeeper configuration, with the {@code myid} file in its {@code dataDir} and its dynamic file, as settings
 * of Troupe. Source: ZooKeeper 3.9, QuorumPeerConfig and the Administrator's Guide.
 *
 * <p>Where we differ: an unused key is a warning; a malformed value of a key that ZooKeeper reads as a system property
 * is refused (ZooKeeper falls back to its default in silence); a system property wins over the same key in the file,
 * since it was typed later.
 */
final class ZooCfg {
  private static final String PREFIX = "zookeeper.";
  private static final String SERVER = "server.";
  private static final String GROUP = "group.";
  private static final String WEIGHT = "weight.";
  private static final String PEER_TYPE = "peerType";
  private static final String INIT_LIMIT = "initLimit";
  private static final String SYNC_LIMIT = "syncLimit";
  private static final String DYNAMIC_FILE = "dynamicConfigFile";
  private static final String STANDALONE_ENABLED = "standaloneEnabled";

  /** ZooKeeper's system properties that have no {@code zookeeper.} before them. */
  private static final List<String> BARE_PROPERTIES = List.of("jute.maxbuffer", "znode.container.", "readonlymode.");

  /** Keys that are read together with others. */
  private static final Set<String> READ_TOGETHER =
      Set.of(DYNAMIC_FILE, STANDALONE_ENABLED, PEER_TYPE, INIT_LIMIT, SYNC_LIMIT);

  private static final int MAX_SERVER_ID = 254; // the tree keeps an ephemeral owner's highest byte for TTL nodes
  private static final int MIN_SNAPSHOTS = 3;

  /** Every key that Troupe applies by itself, the setting it becomes, and how its value is read. */
  private enum Applied {
    CLIENT_PORT("clientPort", "client.port", Applied::port),
    CLIENT_PORT_ADDRESS("clientPortAddress", "client.host", text -> text),
    DATA_DIR("dataDir", "persistence.data-dir", text -> text),
    DATA_LOG_DIR("dataLogDir", "persistence.log-dir", text -> text),
    TICK_TIME("tickTime", "tick", Applied::millis),
    MIN_SESSION_TIMEOUT("minSessionTimeout", "session.min-timeout", Applied::sessionTimeout),
    MAX_SESSION_TIMEOUT("maxSessionTimeout", "session.max-timeout", Applied::sessionTimeout),
    MAX_CLIENT_CNXNS("maxClientCnxns", "client.max-connections-per-address", text -> Math.max(0, number(text))),
    SNAP_COUNT("snapCount", "persistence.snapshot-every", text -> Math.max(2, number(text))),
    SNAP_RETAIN_COUNT("autopurge.snapRetainCount", "persistence.snapshots-kept",
        text -> Math.max(MIN_SNAPSHOTS, number(text))),
    PURGE_INTERVAL("autopurge.purgeInterval", "persistence.purge", text -> number(text) > 0),
    FOUR_LETTER_WORDS("4lw.commands.whitelist", "client.four-letter-words", Applied::words),
    AUDIT("audit.enable", "client.audit", Applied::truth),
    ADMIN_ENABLE("admin.enableServer", "management.enabled", Applied::truth),
    ADMIN_PORT("admin.serverPort", "management.port", Applied::port),
    ADMIN_ADDRESS("admin.serverAddress", "management.host", text -> text),
    MAX_BUFFER("jute.maxbuffer", "client.max-frame-size", Applied::bytes),
    EXTENDED_TYPES("extendedTypesEnabled", "tree.extended-types", Applied::truth),
    CONTAINER_CHECK("znode.container.checkIntervalMs", "tree.container-check-interval", Applied::millis),
    CONTAINER_PER_MINUTE("znode.container.maxPerMinute", "tree.container-max-per-minute",
        text -> atLeast(1, number(text))),
    OUTSTANDING("globalOutstandingLimit", "client.max-outstanding", text -> atLeast(1, number(text))),
    LISTEN_ON_ALL("quorumListenOnAllIPs", "cluster.bind-host", text -> truth(text) ? "0.0.0.0" : ""),
    SUPER_DIGEST("DigestAuthenticationProvider.superDigest", "tree.super-digest", text -> text);

    private static final Map<String, Applied> BY_KEY =
        Arrays.stream(values()).collect(Collectors.toMap(applied -> applied.key, Function.identity()));

    private final String key;
    private final String setting;
    private final Function<String, Object> read;

    Applied(String key, String setting, Function<String, Object> read) {
      this.key = key;
      this.setting = "troupe." + setting;
      this.read = read;
    }

    private static int number(String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException malformed) {
        throw new IllegalArgumentException("a whole number is needed");
      }
    }

    private static int atLeast(int least, int number) {
      if (number < least) {
        throw new IllegalArgumentException("a whole number of at least " + least + " is needed");
      }
      return number;
    }

    /** Hexadecimal too: the guides write {@code -Djute.maxbuffer=0x9fffff}. */
    private static int bytes(String text) {
      try {
        return atLeast(1, Integer.decode(text));
      } catch (NumberFormatException malformed) {
        throw new IllegalArgumentException("a whole number is needed, in bytes");
      }
    }

    private static int port(String text) {
      return new ServerLine.Address("", atLeast(0, number(text))).port();
    }

    private static String millis(String text) {
      return atLeast(1, number(text)) + "ms";
    }

    /** ZooKeeper's -1 leaves it to the tick, as 0s does here; its 0 is no limit. */
    private static String sessionTimeout(String text) {
      return switch (number(text)) {
        case -1 -> "0s";
        case 0 -> millis("1");
        default -> millis(text);
      };
    }

    private static boolean truth(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException("true or false is needed");
      };
    }

    private static List<String> words(String text) {
      return Arrays.stream(text.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }
  }

  private final Path file;
  private final TreeMap<String, String> keys; // sorted, so that warnings come in the same order each time
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  private ZooCfg(Path file, TreeMap<String, String> keys) {
    this.file = file;
    this.keys = keys;
  }

  /** Whether a system property is one of ZooKeeper's. */
  static boolean isProperty(String name) {
    return name.startsWith(PREFIX) || BARE_PROPERTIES.stream().anyMatch(name::startsWith);
  }

  /**
   * Reads a configuration.
   *
   * @param properties system properties of ZooKeeper, such as {@code zookeeper.extendedTypesEnabled}
   * @throws Refused if a file cannot be read, a value in use is malformed, or the server's own id is not to be found
   */
  static Settings read(Path file, Properties properties) {
    TreeMap<String, String> keys = new TreeMap<>(load(file));
    keys.putAll(byKey(properties));
    ZooCfg cfg = new ZooCfg(file, keys);
    cfg.readDynamicFile();
    cfg.readKeys();
    cfg.readLimits();
    cfg.readEnsemble();
    cfg.checkTogether();
    return new Settings(ConfigFactory.parseMap(cfg.settings, file.toString()), cfg.warnings);
  }

  private static Map<String, String> load(Path file) {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException unreadable) { // the latter: a malformed \\u escape
      throw new Refused(file + ": cannot be read: " + unreadable.getMessage());
    }
    return byKey(properties);
  }

  private static Map<String, String> byKey(Properties properties) {
    return properties.stringPropertyNames().stream().collect(Collectors.toMap(
        ZooCfg::withoutPrefix, key -> properties.getProperty(key).strip(), (one, other) -> one));
  }

  /** The spelling in the file: {@code zookeeper.snapCount} and {@code snapCount} mean the same. */
  private static String withoutPrefix(String key) {
    return key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key.strip();
  }

  private void readDynamicFile() {
    Optional.ofNullable(keys.get(DYNAMIC_FILE)).map(Path::of).ifPresent(dynamic -> {
      if (!Files.isReadable(dynamic)) {
        throw refused(DYNAMIC_FILE, "there is no such file, or it cannot be read");
      }
      Map<String, String> members = load(dynamic);
      members.remove("version"); // what a reconfig of ZooKeeper left: which configuration this is
      keys.putAll(members);
    });
  }

  private void readKeys() {
    Set<String> unused = unusedKeys();
    keys.forEach((key, value) -> {
      Applied applied = Applied.BY_KEY.get(key);
      if (applied != null) {
        settings.put(applied.setting, value(key, applied.read));
      } else if (isIn(unused, key)) {
        warn(key, "has no effect in Troupe yet");
      } else if (!READ_TOGETHER.contains(key) && !isOfEnsemble(key)) {
        warn(key, "is not a key of ZooKeeper, and has no effect");
      }
    });
  }

  private static boolean isOfEnsemble(String key) {
    return key.startsWith(SERVER) || key.startsWith(GROUP) || key.startsWith(WEIGHT);
  }

  private static Set<String> unusedKeys() {
    try (InputStream in = ZooCfg.class.getResourceAsStream("zookeeper-keys.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> !line.startsWith("#"))
          .collect(toCollection(TreeSet::new));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static boolean isIn(Set<String> names, String key) {
    return names.contains(key)
        || names.stream().anyMatch(name -> name.endsWith("*") && key.startsWith(name.substring(0, name.length() - 1)));
  }

  /** Both are counted in ticks. */
  private void readLimits() {
    Map.of(INIT_LIMIT, "init-timeout", SYNC_LIMIT, "sync-timeout").forEach((key, setting) -> {
      if (keys.containsKey(key)) {
        long ticks = value(key, text -> Applied.atLeast(1, Applied.number(text)));
        settings.put("troupe.broadcast." + setting, ticks * tick() + "ms");
      }
    });
  }

  private int tick() {
    return keys.containsKey("tickTime") ? Integer.parseInt(keys.get("tickTime")) : 2000;
  }

  /** The servers, which of them this is, and where it listens. */
  private void readEnsemble() {
    TreeMap<Integer, ServerLine> servers = new TreeMap<>();
    withPrefix(SERVER).forEach((key, value) -> servers.put(number(SERVER, key), value(key, ServerLine::parse)));
    Optional<Integer> own = myId();
    // ZooKeeper (parseDynamicConfig): a single server.N is a server on its own, whatever its number. HBase writes 0.
    boolean alone = servers.size() == 1 && !"false".equalsIgnoreCase(keys.get(STANDALONE_ENABLED));
    if (servers.isEmpty() || alone) {
      own.filter(ZooCfg::isServerId).ifPresent(id -> settings.put("troupe.server-id", id));
      servers.values().stream().findFirst().flatMap(ServerLine::client).ifPresent(this::listenOn);
      return;
    }
    int id = own.orElseThrow(() ->
        new Refused(myIdFile() + ": there is no such file; write this server's number into it, one of "
            + servers.keySet()));
    if (!servers.containsKey(id)) {
      throw new Refused(
          myIdFile() + ": " + id + " is none of the servers in " + file + ", which are " + servers.keySet());
    }
    servers.forEach(this::checkMember);
    ServerLine self = servers.get(id);
    settings.put("troupe.server-id", id);
    Map<Integer, String> groups = groups(servers.keySet());
    settings.put("troupe.ensemble.servers", servers.entrySet().stream()
        .map(server -> member(server.getKey(), server.getValue(), groups)).toList());
    checkPeerType(self);
    self.client().ifPresent(this::listenOn);
  }

  /** What stands behind {@code server.}, {@code group.} or {@code weight.}. */
  private int number(String kind, String key) {
    try {
      return Integer.parseInt(key.substring(kind.length()));
    } catch (NumberFormatException malformed) {
      throw refused(key, "after '" + kind + "' comes the " + kind.replace(".", "") + "'s number");
    }
  }

  private Map<String, String> withPrefix(String prefix) {
    return keys.subMap(prefix, prefix + Character.MAX_VALUE);
  }

  private static boolean isServerId(int id) {
    return id >= 1 && id <= MAX_SERVER_ID;
  }

  private void checkMember(int id, ServerLine line) {
    String key = SERVER + id;
    if (!isServerId(id)) {
      throw refused(key, "a server's number is 1 to " + MAX_SERVER_ID);
    }
    if (line.addresses().size() > 1) {
      warn(key, "has several addresses, of which Troupe uses the first");
    }
  }

  /** Which group a server is in, from lines such as {@code group.1=1:2:3}. */
  private Map<Integer, String> groups(Set<Integer> servers) {
    Map<Integer, String> groups = new LinkedHashMap<>();
    withPrefix(GROUP).forEach((key, value) -> {
      String group = String.valueOf(number(GROUP, key));
      for (String id : value.split(":")) {
        int server = value(key, text -> Applied.number(id.strip()));
        if (!servers.contains(server)) {
          throw refused(key, "there is no server." + server);
        }
        if (groups.putIfAbsent(server, group) != null) {
          throw refused(key, "server " + server + " is in another group already");
        }
      }
    });
    return groups;
  }

  private Map<String, Object> member(int id, ServerLine line, Map<Integer, String> groups) {
    ServerLine.Address address = line.addresses().getFirst();
    Map<String, Object> member = new LinkedHashMap<>();
    member.put("id", id);
    member.put("host", address.host());
    member.put("port", address.port());
    member.put("life-line-port", line.electionPort());
    member.put("role", line.observer() ? "observer" : "voter");
    if (!line.observer()) { // who has no vote that could weigh anything
      Optional.ofNullable(groups.get(id)).ifPresent(group -> member.put("group", group));
      String weight = WEIGHT + id;
      if (keys.containsKey(weight)) {
        member.put("weight", value(weight, text -> Applied.atLeast(0, Applied.number(text))));
      }
    }
    return member;
  }

  private void checkPeerType(ServerLine self) {
    String peerType = keys.getOrDefault(PEER_TYPE, "participant");
    boolean observer = switch (peerType.toLowerCase(Locale.ROOT)) {
      case "observer" -> true;
      case "participant" -> false;
      default -> throw refused(PEER_TYPE, "observer or participant is needed");
    };
    if (keys.containsKey(PEER_TYPE) && observer != self.observer()) {
      warn(PEER_TYPE, "is " + peerType + ", but the line of this server says otherwise, and it counts");
    }
  }

  private void listenOn(ServerLine.Address client) {
    boolean conflict = keys.containsKey("clientPort")
        && !settings.get(Applied.CLIENT_PORT.setting).equals(client.port());
    if (conflict) {
      throw refused("clientPort", "the line of this server says " + client.port() + "; one of the two must go");
    }
    settings.put(Applied.CLIENT_PORT.setting, client.port());
    settings.put(Applied.CLIENT_PORT_ADDRESS.setting, client.host());
  }

  private Path myIdFile() {
    return Path.of(keys.getOrDefault("dataDir", "")).resolve("myid");
  }

  private Optional<Integer> myId() {
    Path myId = myIdFile();
    if (!keys.containsKey("dataDir") || !Files.isRegularFile(myId)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(Files.readString(myId).lines().findFirst().orElse("").strip()));
    } catch (IOException | NumberFormatException malformed) {
      throw new Refused(myId + ": the number of this server is needed, alone on its line");
    }
  }

  /** What no key can say alone. */
  private void checkTogether() {
    if (!settings.containsKey(Applied.CLIENT_PORT.setting)) {
      if (settings.containsKey(Applied.CLIENT_PORT_ADDRESS.setting)) {
        throw refused("clientPortAddress", "clientPort is needed too");
      }
      if (keys.containsKey("secureClientPort")) {
        // This server was to be reached through TLS only: do not open what its configuration kept shut.
        settings.put(Applied.CLIENT_PORT_ADDRESS.setting, "127.0.0.1");
        warn("secureClientPort", "stands without clientPort: clients are served on 127.0.0.1 only, without TLS");
      }
    }
    if (sessionTimeout("minSessionTimeout", 2 * tick()) > sessionTimeout("maxSessionTimeout", 20 * tick())) {
      throw refused(keys.containsKey("minSessionTimeout") ? "minSessionTimeout" : "maxSessionTimeout",
          "the shortest session timeout would be above the longest");
    }
    if (keys.containsKey("dataDir") && Files.isDirectory(Path.of(keys.get("dataDir"), "version-2"))) {
      warn("dataDir", "holds a database of ZooKeeper (version-2), which Troupe neither reads nor changes");
    }
  }

  private int sessionTimeout(String key, int byTick) {
    int millis = Integer.parseInt(keys.getOrDefault(key, "-1"));
    return millis == -1 ? byTick : millis;
  }

  private <T> T value(String key, Function<String, T> read) {
    try {
      return read.apply(keys.get(key));
    } catch (IllegalArgumentException malformed) {
      throw refused(key, malformed.getMessage());
    }
  }

  private Refused refused(String key, String why) {
    return new Refused(file + ": " + key + "=" + keys.get(key) + ": " + why);
  }

  private void warn(String key, String what) {
    warnings.add(file + ": " + key + " " + what);
  }
}
