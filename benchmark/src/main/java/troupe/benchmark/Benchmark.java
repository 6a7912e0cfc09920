package troupe.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** The command: measures Troupe and Apache ZooKeeper in turns and prints what came out. */
@Command(
    name = "bin/benchmark",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
        "Troupe and Apache ZooKeeper 3.9.5 side by side, with ZooKeeper's own Java client.",
        "Each section starts a new server on 127.0.0.1 with no data, warms it up, measures it and kills it, first one"
            + " product and then the other; the next round changes the order. See benchmark/README.md for what the"
            + " figures mean."
    },
    footer = {
        "",
        "In the commands {home} is Troupe's folder, {java} this JDK's launcher, {java-options} those given,"
            + " {class-path} that of ZooKeeper, {port} the client port, {data} the data directory, {zoo.cfg} a"
            + " ZooKeeper configuration with both. The command must become the server (exec), so that its process is"
            + " the one that is measured. JAVA_HOME and TROUPE_JAVA_OPTS are set."
    })
public final class Benchmark implements Callable<Integer> {
  private static final List<String> QUICK = List.of(
      "--rounds=1", "--warm-up=1", "--seconds=1", "--watchers=20", "--znodes=10000", "--kills=1");

  @Option(names = "--rounds", defaultValue = "5", paramLabel = "N",
      description = "How often everything is measured; odd numbers have a true median. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(names = "--workloads", split = ",", paramLabel = "NAME",
      description = "What to measure, separated by commas: ${COMPLETION-CANDIDATES}. Default: all")
  private List<Workload> workloads = List.of(Workload.values());

  @Option(names = "--sections", defaultValue = "", paramLabel = "TEXT",
      description = "Of these only the sections with this in their title, such as \"one at a time\". Default: all")
  private String inTitle;

  @Option(names = "--only", paramLabel = "SERVER",
      description = "Measure one server alone: ${COMPLETION-CANDIDATES}. Default: both")
  private Optional<Product> only;

  @Option(names = "--seconds", defaultValue = "5", paramLabel = "N",
      description = "How long a load is measured. Default: ${DEFAULT-VALUE}")
  private long seconds;

  @Option(names = "--warm-up", defaultValue = "10", paramLabel = "N",
      description = "Seconds of load before that. Default: ${DEFAULT-VALUE}")
  private long warmUp;

  @Option(names = "--clients", defaultValue = "16", paramLabel = "N",
      description = "Sessions of a load that has many. Default: ${DEFAULT-VALUE}")
  private int clients;

  @Option(names = "--window", defaultValue = "64", paramLabel = "N",
      description = "Requests that each of them keeps outstanding. Default: ${DEFAULT-VALUE}")
  private int window;

  @Option(names = "--watchers", defaultValue = "100", paramLabel = "N",
      description = "Sessions that watch one znode. Default: ${DEFAULT-VALUE}")
  private int watchers;

  @Option(names = "--znodes", defaultValue = "200000", paramLabel = "N",
      description = "Size of the tree that is recovered. Default: ${DEFAULT-VALUE}")
  private int znodes;

  @Option(names = "--kills", defaultValue = "4", paramLabel = "N",
      description = "How often the leader of an ensemble is killed, in each round. Default: ${DEFAULT-VALUE}")
  private int kills;

  @Option(names = "--max-operations", defaultValue = "500000", paramLabel = "N",
      description = "A load ends when it has done so many, also before its time. Default: ${DEFAULT-VALUE}")
  private long maxOperations;

  @Option(names = "--quick",
      description = "One short round, to see that everything works: its figures mean nothing."
          + " Other options still count.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write every figure of every round to this file.")
  private Optional<Path> json;

  @Option(names = "--java-options", defaultValue = "-Xmx1g", paramLabel = "OPTIONS",
      description = "JVM options of both servers. Default: ${DEFAULT-VALUE}")
  private String javaOptions;

  @Option(names = "--troupe-command", defaultValue = Commands.TROUPE, paramLabel = "COMMAND",
      description = "How Troupe is started. Default: ${DEFAULT-VALUE}")
  private String troupeCommand;

  @Option(names = "--zookeeper-command", defaultValue = Commands.ZOOKEEPER, paramLabel = "COMMAND",
      description = "How ZooKeeper is started. Default: ${DEFAULT-VALUE}")
  private String zooKeeperCommand;

  @Option(names = "--troupe-member-command", defaultValue = Commands.TROUPE_MEMBER, paramLabel = "COMMAND",
      description = "How one server of an ensemble of Troupe is started. Default: ${DEFAULT-VALUE}")
  private String troupeMemberCommand;

  @Option(names = "--zookeeper-member-command", defaultValue = Commands.ZOOKEEPER_MEMBER, paramLabel = "COMMAND",
      description = "How one server of an ensemble of ZooKeeper is started. Default: ${DEFAULT-VALUE}")
  private String zooKeeperMemberCommand;

  @Option(names = "--home", required = true, hidden = true, description = "Troupe's folder, from bin/benchmark.")
  private Path home;

  private Benchmark() {}

  /** Runs the command and exits with 0 if every section was measured. */
  public static void main(String[] arguments) {
    // What is given later wins, so --quick changes the defaults and no more.
    Stream<String> defaults = List.of(arguments).contains("--quick") ? QUICK.stream() : Stream.empty();
    System.exit(new CommandLine(new Benchmark())
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          command.getErr().println("bin/benchmark: " + failure);
          return ExitCode.SOFTWARE;
        })
        .execute(Stream.concat(defaults, Stream.of(arguments)).toArray(String[]::new)));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = new Settings(rounds, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds), clients, window,
        watchers, maxOperations, znodes, kills);
    Commands commands = new Commands(home, Path.of(System.getProperty("java.home")), javaOptions,
        System.getProperty("java.class.path"),
        Map.of(Product.TROUPE, troupeCommand, Product.ZOOKEEPER, zooKeeperCommand),
        Map.of(Product.TROUPE, troupeMemberCommand, Product.ZOOKEEPER, zooKeeperMemberCommand));
    List<Product> products = only.map(List::of).orElse(List.of(Product.values()));
    List<Section> sections = workloads.stream()
        .flatMap(workload -> workload.sections(settings).stream())
        .filter(section -> section.title().contains(inTitle))
        .toList();
    if (sections.isEmpty()) {
      throw new IllegalArgumentException("no section of these workloads has '" + inTitle + "' in its title");
    }
    try (Launcher launcher = new Launcher(home.resolve("benchmark/target"), commands)) {
      Comparison comparison = new Comparison(launcher, products, sections, settings, System.out);
      comparison.run();
      if (json.isPresent()) {
        comparison.write(json.get());
      }
      return comparison.failures().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }
}
