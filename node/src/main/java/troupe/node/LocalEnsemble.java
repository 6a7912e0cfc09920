package troupe.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code troupe ensemble}: several servers on this machine, to try things out. Each is a process of its own, as
 * {@code troupe start} would run it, and ends with this one.
 */
@Command(
    name = "ensemble",
    description = "Run several servers on this machine, to try things out, until Ctrl-C or SIGTERM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe ensemble                     three servers, clients on ports 2181, 2182 and 2183",
      "  troupe ensemble 5 --port=9000       five, clients on 9000 to 9004",
      "",
      "Servers talk to each other on ports 1000 and 2000 above their clients' port. Each has its settings in",
      "DIRECTORY/ID/troupe.conf: one that has died can be started again with 'troupe start' and that file.",
      "Options of the servers' JVMs go into TROUPE_JAVA_OPTS; without other wishes each has a heap of 512 MiB."
    })
final class LocalEnsemble implements Callable<Integer> {
  private static final int MOST_SERVERS = 9;
  private static final int ALL_HAVE_ENDED = 1;
  private static final long BETWEEN_LOOKS = 300; // ms
  private static final long PATIENCE_AT_THE_END = 20; // seconds
  private static final String WAITING = "waiting";
  private static final String ENDED = "ended";
  private static final String HEAP = "-Xmx512m";

  private final Optional<Path> launcher;

  @Parameters(
      arity = "0..1", paramLabel = "SERVERS", defaultValue = "3",
      description = "How many, 1 to " + MOST_SERVERS + "; without it ${DEFAULT-VALUE}.")
  private int number;

  @Option(
      names = "--port", paramLabel = "PORT", defaultValue = "2181",
      description = "The clients' port of the first server, ${DEFAULT-VALUE} if not given; the next ones follow it.")
  private int port;

  @Option(
      names = "--data-dir", paramLabel = "DIRECTORY", defaultValue = "data",
      description = "Each server keeps its data in a directory below this one, named by its id: ./${DEFAULT-VALUE}/1.")
  private Path directory;

  @Option(
      names = "-D", paramLabel = "<key=value>",
      description = "One setting for all of them, such as -Dtroupe.log-level=DEBUG.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Spec private CommandSpec spec;

  private final Map<Integer, Process> servers = new TreeMap<>();
  private final List<Thread> listeners = new ArrayList<>();

  /** @param launcher what runs {@code start} with a file of settings: {@code bin/troupe} */
  LocalEnsemble(Optional<Path> launcher) {
    this.launcher = launcher;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (number < 1 || number > MOST_SERVERS) {
      throw new Refused("SERVERS is " + number + ", it has to be 1 to " + MOST_SERVERS);
    }
    if (port < 1 || place(number).lifeLinePort() > ServerLine.Address.MAX_PORT) {
      throw new Refused("--port=" + port + ": with the two ports for the servers themselves that is beyond "
          + ServerLine.Address.MAX_PORT);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAll, "stop-servers"));
    for (int id = 1; id <= number; id++) {
      start(id);
    }
    watch();
    for (Thread listener : listeners) {
      listener.join();
    }
    return ALL_HAVE_ENDED;
  }

  private record Place(int id, int clientPort, int port, int lifeLinePort, int managementPort) {
    private static final int DISTANCE = 1000;
    private static final int MANAGEMENT = 7626;

    static Place of(int id, int firstPort) {
      int clients = firstPort + id - 1;
      return new Place(id, clients, clients + DISTANCE, clients + 2 * DISTANCE, MANAGEMENT + id - 1);
    }
  }

  private Place place(int id) {
    return Place.of(id, port);
  }

  private void start(int id) throws IOException {
    Path own = directory.resolve(String.valueOf(id)).toAbsolutePath();
    Path settings = Files.createDirectories(own).resolve("troupe.conf");
    Files.writeString(settings, settings(id, own));
    List<String> command = new ArrayList<>(List.of(
        launcher.orElseThrow(() -> new Refused("this command runs through bin/troupe only")).toString(),
        "start", settings.toString()));
    overrides.forEach((key, value) -> command.add("-D" + key + "=" + value));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("TROUPE_JAVA_OPTS", HEAP, (users, ours) -> ours + " " + users); // the last one wins
    builder.environment().put("TROUPE_NO_BUILD", "1"); // built is what runs here
    Process server = builder.start();
    synchronized (servers) {
      servers.put(id, server);
      listeners.add(Thread.ofPlatform().daemon().start(() -> forward(id, server)));
    }
  }

  private String settings(int id, Path own) {
    String members = IntStream.rangeClosed(1, number).mapToObj(this::place)
        .map(member -> "    {id = %d, host = 127.0.0.1, port = %d, life-line-port = %d}\n"
            .formatted(member.id(), member.port(), member.lifeLinePort()))
        .collect(Collectors.joining());
    Place self = place(id);
    return """
        # Written by troupe ensemble, anew each time.
        troupe {
          server-id = %d
          ensemble.servers = [
        %s  ]
          client { host = 127.0.0.1, port = %d }
          management.port = %d
          persistence.data-dir = "%s"
        }
        """.formatted(id, members, self.clientPort(), self.managementPort(), own);
  }

  /** Shows what the server says, and how it ends. */
  private void forward(int id, Process server) {
    try (BufferedReader lines = server.inputReader()) {
      for (Optional<String> line = read(lines); line.isPresent(); line = read(lines)) {
        say(id + " | " + line.get());
      }
      say(id + " | has ended with code " + server.waitFor());
    } catch (IOException | InterruptedException ended) {
      say(id + " | is not heard any more: " + ended.getMessage());
    }
  }

  private static Optional<String> read(BufferedReader lines) throws IOException {
    return Optional.ofNullable(lines.readLine());
  }

  /** Tells, whenever it changes, who leads; returns once no server runs any more. */
  private void watch() throws InterruptedException {
    say("starting " + number + (number == 1 ? " server" : " servers") + ", data in " + directory.toAbsolutePath());
    String known = "";
    while (servers.values().stream().anyMatch(Process::isAlive)) {
      String now = roles();
      if (!now.equals(known)) {
        say(now);
        known = now;
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS);
    }
  }

  /** Such as: leader: 2; follower: 1, 3. */
  private String roles() {
    Map<String, List<Integer>> byRole = new TreeMap<>(Comparator.reverseOrder()); // which puts the leader first
    servers.forEach((id, server) -> byRole.computeIfAbsent(role(id, server), role -> new ArrayList<>()).add(id));
    String roles = byRole.entrySet().stream()
        .map(role -> role.getKey() + ": " + role.getValue().stream().map(String::valueOf)
            .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("; "));
    return byRole.containsKey(WAITING) || byRole.containsKey(ENDED) ? roles : roles + ". Connect to " + connectString();
  }

  /** Asked first, since one that has ended may have been started again by hand. */
  private String role(int id, Process server) {
    return FourLetterWord.mode(place(id).clientPort()).orElse(server.isAlive() ? WAITING : ENDED);
  }

  private String connectString() {
    return IntStream.rangeClosed(1, number).mapToObj(id -> "127.0.0.1:" + place(id).clientPort())
        .collect(Collectors.joining(","));
  }

  /** A server that was sent Ctrl-C by the terminal as well is stopping already, which does no harm. */
  private void stopAll() {
    synchronized (servers) {
      servers.values().forEach(server -> server.toHandle().destroy()); // the process' own would stop listening to it
      try {
        for (Process server : servers.values()) {
          if (!server.waitFor(PATIENCE_AT_THE_END, TimeUnit.SECONDS)) {
            server.destroyForcibly();
          }
        }
        for (Thread listener : listeners) {
          listener.join(BETWEEN_LOOKS); // what a server said last is still on its way
        }
      } catch (InterruptedException hurried) {
        servers.values().forEach(Process::destroyForcibly);
      }
    }
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
