package troupe.node;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code troupe start}: settles the settings and runs one node in the foreground. */
@Command(
    name = "start",
    separator = " ",
    description = "Run one server in the foreground, until Ctrl-C or SIGTERM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe start -Dtroupe.client.port=2182 -Dtroupe.persistence.data-dir=/var/lib/troupe",
      "  troupe start my.conf -Dtroupe.log-level=DEBUG",
      "  troupe start zoo.cfg",
      "  troupe start '-Dtroupe.client.four-letter-words.0=*'     a list: number its elements",
      "",
      "A -D setting wins over FILE, and FILE over the defaults of application.conf, which lists every setting.",
      "Options of the JVM go into TROUPE_JAVA_OPTS, such as TROUPE_JAVA_OPTS=-Xmx4g."
    })
final class Start implements Callable<Integer> {
  private static final String LOG_LEVEL = "troupe.log-level";
  private static final String LOG_FORMAT = "troupe.log-format";
  private static final Set<String> LOG_FORMATS = Set.of("text", "json");

  /** No name of a setting, so that no later start in this JVM takes it for one. */
  private static final String SERVER_IN_LOG = "troupe-log.server";

  private final NodeRunner runner;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Settings: .conf (HOCON), .json, .properties, or .cfg (ZooKeeper's zoo.cfg).")
  private Optional<Path> file;

  @Option(names = "-D", paramLabel = "<key=value>", description = "One setting, such as -Dtroupe.client.port=2182.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  Start(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    Settings settings = Settings.load(file, overrides, System.getProperties());
    chooseLog(settings.config());
    Logger log = LoggerFactory.getLogger(Start.class); // not earlier: the first logger fixes level and format
    settings.warnings().forEach(log::warn);
    runner.run(settings.config());
    return 0;
  }

  /** Logback reads these from system properties, once, when the first logger is asked for. */
  private static void chooseLog(Config config) {
    String level = config.getString(LOG_LEVEL);
    String format = config.getString(LOG_FORMAT);
    if (Arrays.stream(Level.values()).noneMatch(known -> known.name().equals(level))) {
      throw new Refused(LOG_LEVEL + " = " + level + ": ERROR, WARN, INFO, DEBUG or TRACE is needed");
    }
    if (!LOG_FORMATS.contains(format)) {
      throw new Refused(LOG_FORMAT + " = " + format + ": text or json is needed");
    }
    System.setProperty(LOG_LEVEL, level);
    System.setProperty(LOG_FORMAT, format);
    System.setProperty(SERVER_IN_LOG, String.valueOf(config.getInt("troupe.server-id")));
  }
}
