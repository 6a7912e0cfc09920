package troupe.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The settings of one node, and what the person who gave them should hear.
 *
 * @param warnings one line each, for the log
 */
record Settings(Config config, List<String> warnings) {
  Settings {
    warnings = List.copyOf(warnings);
  }

  /**
   * Settles every setting: arguments of {@code start} win over system properties, those over the file, the file over
   * the packaged {@code application.conf}, and that over the libraries' {@code reference.conf}.
   *
   * @param arguments the {@code -D} arguments of {@code start}
   * @param system the system properties; {@code zookeeper.*} count where the file is a ZooKeeper configuration
   * @throws Refused if the file is missing or malformed, or a setting is unknown or of the wrong type
   */
  static Settings load(Optional<Path> file, Map<String, String> arguments, Properties system) {
    try {
      Config packaged = ConfigFactory.parseResources("application.conf", options("defaults").setAllowMissing(false))
          .withFallback(ConfigFactory.defaultReferenceUnresolved());
      SettingsCheck check = new SettingsCheck(packaged.resolve());

      Properties line = new Properties();
      line.putAll(arguments);
      Settings read = file.map(path -> read(path, line, system)).orElse(new Settings(ConfigFactory.empty(), List.of()));
      Config given = of(line, "command line").withFallback(of(system, "system property")).withFallback(read.config);
      Config all = given.withFallback(packaged).resolve();

      check.noStrangers(of(line, "command line"));
      check.noMissingPrefix(read.config);
      check.knownAndOfTheRightType(all);
      return new Settings(all, read.warnings);
    } catch (ConfigException malformed) {
      throw new Refused(malformed.getMessage());
    }
  }

  private static Settings read(Path file, Properties line, Properties system) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new Refused(file + ": there is no such file, or it cannot be read");
    }
    String name = file.getFileName().toString();
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "cfg" -> ZooCfg.read(file, ZooCfg.takeProperties(line, system));
      case "conf", "json", "properties" ->
          new Settings(ConfigFactory.parseFile(file.toFile(), options(file.toString())), List.of());
      default -> throw new Refused(file + ": the name must end in .conf, .json, .properties, or .cfg for a zoo.cfg");
    };
  }

  private static Config of(Properties properties, String origin) {
    return ConfigFactory.parseProperties(properties, options(origin));
  }

  private static ConfigParseOptions options(String origin) {
    return ConfigParseOptions.defaults().setOriginDescription(origin);
  }
}
