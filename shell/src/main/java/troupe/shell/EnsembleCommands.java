package troupe.shell;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.Stat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which servers there are. */
final class EnsembleCommands {
  private EnsembleCommands() {}

  @Command(name = "config", description = "Show the servers of the ensemble, as the server has them for its clients.")
  static final class Config extends ShellCommand {
    @Option(names = "-s", description = "Show the stat of the node that has it, too.")
    private boolean withStat;

    @Option(names = "-w", description = "Tell once when it changes.")
    private boolean watch;

    @Option(names = "-c", description = "Only its version and where clients connect.")
    private boolean clients;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      Stat stat = new Stat();
      byte[] data = dialogue.client().getConfig(watch, stat);
      String whole = data == null ? "null" : new String(data, StandardCharsets.UTF_8);
      String config = clients ? forClients(whole) : whole;
      dialogue.say(() -> config + (withStat ? "\n" + Values.stat(stat) : ""), json -> {
        json.writeStringField("config", config);
        if (withStat) {
          Values.writeStat(json, stat);
        }
      });
    }
  }

  /** Such as {@code 100000000 zoo1:2181,zoo2:2181}; a server whose client port is not in {@code config} is left out. */
  static String forClients(String config) {
    String version = "";
    List<String> addresses = new ArrayList<>();
    for (String line : config.lines().toList()) {
      int equals = line.indexOf('=');
      int client = line.indexOf(';');
      if (line.startsWith("version=")) {
        version = line.substring(equals + 1);
      } else if (line.startsWith("server.") && equals > 0 && client > equals) {
        String address = line.substring(client + 1);
        addresses.add(address.contains(":") ? address : "0.0.0.0:" + address);
      }
    }
    return version + " " + String.join(",", addresses);
  }

  @Command(
      name = "reconfig",
      description = {
        "Change which servers belong to the ensemble, while it runs.",
        "Apache ZooKeeper can do this, where it is allowed. Troupe cannot yet, and says so."
      })
  static final class Reconfig extends ShellCommand {
    private static final long ANY_VERSION = -1;

    @Option(names = "-s", description = "Show the stat of the node that has the configuration.")
    private boolean withStat;

    @Option(
        names = "-v", paramLabel = "VERSION",
        description = "Only if the configuration has this version (hexadecimal) still. Without it any.")
    private Optional<String> version;

    @Option(names = "-file", paramLabel = "FILE", description = "A file whose server.N lines are all members.")
    private Optional<Path> file;

    @Option(names = "-members", paramLabel = "SERVERS", description = "All members: server.N=HOST:PORT:PORT;PORT,...")
    private Optional<String> members;

    @Option(names = "-add", paramLabel = "SERVERS", description = "Members to add: N=HOST:PORT:PORT;PORT,...")
    private Optional<String> added;

    @Option(names = "-remove", paramLabel = "IDS", description = "Members to remove: N,...")
    private Optional<String> removed;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      boolean all = file.isPresent() || members.isPresent();
      boolean some = added.isPresent() || removed.isPresent();
      if (all == some || file.isPresent() && members.isPresent()) {
        throw new WrongInput("one of -file, -members, or -add and -remove is needed; 'help reconfig' tells more");
      }
      long from = version.map(Reconfig::hexadecimal).orElse(ANY_VERSION);
      Optional<String> whole = file.isPresent() ? file.map(Reconfig::membersIn) : members;
      Stat stat = new Stat();
      byte[] config;
      dialogue.client(); // a server that nobody reaches is told of as everywhere
      try (ZooKeeperAdmin admin = dialogue.connection().admin()) {
        config = admin.reconfigure(added.orElse(null), removed.orElse(null), whole.orElse(null), from, stat);
      }
      String text = new String(config, StandardCharsets.UTF_8);
      dialogue.say(() -> "Committed new configuration:\n" + text + (withStat ? "\n" + Values.stat(stat) : ""), json -> {
        json.writeStringField("config", text);
        if (withStat) {
          Values.writeStat(json, stat);
        }
      });
    }

    private static long hexadecimal(String text) {
      try {
        return Long.parseLong(text, 16);
      } catch (NumberFormatException e) {
        throw new WrongInput("-v " + text + ": the version of a configuration is a hexadecimal number");
      }
    }

    private static String membersIn(Path file) {
      Properties lines = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        lines.load(reader);
      } catch (IOException e) {
        throw new WrongInput("-file " + file + ": it cannot be read (" + e.getClass().getSimpleName() + ")");
      }
      String members = lines.stringPropertyNames().stream()
          .filter(key -> key.startsWith("server."))
          .sorted()
          .map(key -> key + "=" + lines.getProperty(key))
          .collect(Collectors.joining(","));
      if (members.isEmpty()) {
        throw new WrongInput("-file " + file + ": there is no server.N line in it");
      }
      return members;
    }
  }
}
