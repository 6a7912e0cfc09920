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
import java.util.function.Predicate;

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

      Settings read = file.map(path -> read(path, arguments, system))
          .orElse(new Settings(ConfigFactory.empty(), List.of()));
      boolean zooCfg = file.filter(Settings::isZooCfg).isPresent();
      Config line = of(entries(arguments, key -> !zooCfg || !ZooCfg.isProperty(key)), "command line");
      Config all = line.withFallback(of(system, "system property"))
          .withFallback(read.config)
          .withFallback(packaged)
          .resolve();

      check.noStrangers(line);
      check.noMissingPrefix(read.config);
      check.knownAndOfTheRightType(all);
      return new Settings(all, read.warnings);
    } catch (ConfigException malformed) {
      throw new Refused(malformed.getMessage());
    }
  }

  private static Settings read(Path file, Map<String, String> arguments, Properties system) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new Refused(file + ": there is no such file, or it cannot be read");
    }
    if (isZooCfg(file)) {
      Properties properties = entries(system, ZooCfg::isProperty);
      properties.putAll(entries(arguments, ZooCfg::isProperty));
      return ZooCfg.read(file, properties);
    }
    if (!file.toString().matches(".*\\.(conf|json|properties)")) {
      throw new Refused(file + ": the name must end in .conf, .json, .properties, or .cfg for a zoo.cfg");
    }
    return new Settings(ConfigFactory.parseFile(file.toFile(), options(file.toString())), List.of());
  }

  private static boolean isZooCfg(Path file) {
    return file.toString().endsWith(".cfg");
  }

  private static Properties entries(Map<?, ?> from, Predicate<String> wanted) {
    Properties entries = new Properties();
    from.forEach((key, value) -> {
      if (key instanceof String name && wanted.test(name)) {
        entries.put(name, value);
      }
    });
    return entries;
  }

  private static Config of(Properties properties, String origin) {
    return ConfigFactory.parseProperties(properties, options(origin));
  }

  private static ConfigParseOptions options(String origin) {
    return ConfigParseOptions.defaults().setOriginDescription(origin);
  }
}
