package troupe.conformance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The server under test, and how to start one. */
enum Subject {
  TROUPE {
    @Override
    ProcessBuilder command(NodeSettings settings) {
      return troupe(Path.of(".."), settings);
    }
  },

  /** Troupe as it was one commit ago; {@link PreviousVersion} builds it. */
  PREVIOUS_TROUPE {
    @Override
    ProcessBuilder command(NodeSettings settings) {
      return troupe(PreviousVersion.HOME, settings);
    }
  },

  /** Apache ZooKeeper, from the class path of these tests. */
  ZOOKEEPER {
    @Override
    ProcessBuilder command(NodeSettings settings) {
      return java(
          "-Xmx512m",
          "-Dconformance.log=INFO",
          "-Dznode.container.checkIntervalMs=1000",
          settings.place().isPresent()
              ? "org.apache.zookeeper.server.quorum.QuorumPeerMain"
              : "org.apache.zookeeper.server.ZooKeeperServerMain",
          zooCfg(settings).toString());
    }
  };

  /** Short lives on few cores: a quick start is worth more than the last optimisation. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  abstract ProcessBuilder command(NodeSettings settings);

  private static ProcessBuilder troupe(Path home, NodeSettings settings) {
    Path launcher = home.resolve("bin").resolve("troupe").toAbsolutePath().normalize();
    var command = new ProcessBuilder(launcher.toString(), "start");
    command.command().addAll(
        settings.place().isPresent() ? List.of(zooCfg(settings).toString()) : properties(settings));
    command.environment().put("TROUPE_JAVA_OPTS", "-Xmx512m " + QUICK);
    // Maven has just built it, and is still running; and nothing that a killed server leaves behind works beside us
    command.environment().put("TROUPE_NO_BUILD", "1");
    return command;
  }

  private static List<String> properties(NodeSettings settings) {
    return List.of(
        "-Dtroupe.tick=" + settings.tick().toMillis() + "ms",
        "-Dtroupe.client.host=" + settings.host(),
        "-Dtroupe.client.port=" + settings.clientPort(),
        "-Dtroupe.client.max-connections-per-address=0",
        "-Dtroupe.client.four-letter-words.0=*",
        "-Dtroupe.management.port=" + settings.managementPort(),
        "-Dtroupe.persistence.data-dir=" + settings.dataDirectory(),
        "-Dtroupe.persistence.snapshot-every=" + settings.snapshotEvery(),
        "-Dtroupe.tree.extended-types=true",
        "-Dtroupe.tree.container-check-interval=1s",
        "-Dtroupe.tree.super-digest=" + settings.superDigest());
  }

  /** Writes the configuration of a server that either product reads, and in an ensemble its number. */
  private static Path zooCfg(NodeSettings settings) {
    var lines = new ArrayList<>(List.of(
        "tickTime=" + settings.tick().toMillis(),
        "clientPortAddress=" + settings.host(),
        "clientPort=" + settings.clientPort(),
        "maxClientCnxns=0",
        "4lw.commands.whitelist=*",
        "admin.enableServer=false",
        "dataDir=" + settings.dataDirectory(),
        "snapCount=" + settings.snapshotEvery(),
        "extendedTypesEnabled=true",
        "DigestAuthenticationProvider.superDigest=" + settings.superDigest()));
    settings.place().ifPresent(place -> lines.addAll(place.lines()));
    Path configuration = settings.home().resolve("zoo.cfg");
    try {
      Files.write(configuration, lines);
      if (settings.place().isPresent()) {
        Files.writeString(settings.dataDirectory().resolve("myid"), settings.place().orElseThrow().id() + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return configuration;
  }

  /** The one that the system property {@code conformance.server} names; {@code troupe} unless told. */
  static Subject chosen() {
    return valueOf(System.getProperty("conformance.server", "troupe").toUpperCase(Locale.ROOT));
  }

  /**
   * A JVM like this one, with this one's class path but for the program's own jar: that brings along all that the program
   * needs, and ZooKeeper's command line mixes what it prints with prompts where there is a JLine.
   */
  static ProcessBuilder java(String... arguments) {
    String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).endsWith("troupe.jar"))
        .collect(Collectors.joining(File.pathSeparator));
    var command = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        classPath,
        QUICK);
    command.command().addAll(List.of(arguments));
    return command;
  }
}
