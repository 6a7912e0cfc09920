package troupe.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.zookeeper.client.ZKClientConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe shell}: one command, a script, or a dialogue with a person. */
@Command(
    name = "shell",
    separator = " ",
    description = {
      "Ask a server as a client does, and change what it has: ZooKeeper's command line.",
      "With a COMMAND that is done. Without one, commands are read from the terminal, or from standard input."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nCommands ('troupe shell help COMMAND' tells more):%n",
    footer = {
      "  ls, get, stat, create, set, delete, deleteall, sync, getAllChildrenNumber, getEphemerals,",
      "  getAcl, setAcl, addauth, whoami, addWatch, removewatches, printwatches, setquota, listquota, delquota,",
      "  config, reconfig, connect, close, history, redo, version, help, quit",
      "",
      "Examples:",
      "  troupe shell                                     a prompt, for the server on this machine",
      "  troupe shell --server zoo1:2181,zoo2:2181 get -s /orders",
      "  troupe shell --output json ls / | jq .children",
      "  echo 'create /orders \"no data yet\"' | troupe shell",
      "",
      "Exit codes: 0 when it was done, 1 when the server refused it (no such node, no permission), 2 when the",
      "command is wrong, 3 when there is no server, or no answer in time."
    })
public final class Shell implements Callable<Integer> {
  /** A node may have more children, or data, than fit into the megabyte that the client takes unless it is told. */
  private static final int LONGEST_ANSWER = 64 << 20;

  /** Set by the launcher to 1 if standard input, or standard error, is a terminal. */
  private static final String KEYBOARD = "TROUPE_KEYBOARD";

  private static final String PROGRESS = "TROUPE_PROGRESS";

  /** How the shell says what it found. */
  enum Format {
    TEXT,
    JSON
  }

  private final Map<String, String> environment;
  private final String version;

  @Spec private CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and end.")
  private boolean help;

  @Option(
      names = {"-s", "--server", "-server"}, paramLabel = "HOST:PORT[,...][/PATH]", defaultValue = "localhost:2181",
      description = "The servers, of which one is chosen; ${DEFAULT-VALUE} if not given. Behind them a node: the root of "
          + "all paths.")
  private String servers;

  @Option(
      names = "--output", paramLabel = "FORMAT", defaultValue = "TEXT",
      description = "text, for people, or json, for programs: one object a line. Without it text.")
  private Format format;

  @Option(
      names = {"--timeout", "-timeout"}, paramLabel = "DURATION", defaultValue = "30s", converter = Durations.class,
      description = "How long to wait for a connection, and for each answer; also the session timeout. Such as 500ms, "
          + "30s or 2m, a mere number is milliseconds; ${DEFAULT-VALUE} if not given.")
  private Duration timeout;

  @Option(
      names = {"--wait", "-waitforconnection"},
      description = "Go on trying when no server answers, until the timeout. Without it each is tried once.")
  private boolean patient;

  @Option(
      names = "--auth", paramLabel = "SCHEME:CREDENTIAL", converter = Credential.Converter.class,
      description = "Who you are, such as digest:anna:secret. Other users of this machine can see it; --auth-file is "
          + "better.")
  private List<Credential> credentials = new ArrayList<>();

  @Option(
      names = "--auth-file", paramLabel = "FILE",
      description = "A file with SCHEME:CREDENTIAL in each line.")
  private Optional<Path> credentialFile;

  @Option(names = {"-r", "--read-only"}, description = "A server that has lost the others will do, for reading.")
  private boolean readOnly;

  @Option(names = "--stop-at-error", description = "Of a script, do nothing more after the first line that fails.")
  private boolean stopAtError;

  @Option(names = "--verbose", description = "Show what the client in this shell logs.")
  private boolean verbose;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "What to do, with its options and arguments.")
  private List<String> words = new ArrayList<>();

  private Shell(Map<String, String> environment, String version) {
    this.environment = environment;
    this.version = version;
  }

  /**
   * The command to add to others.
   *
   * @param environment the variables of the process
   * @param version Troupe's own
   */
  public static CommandLine commandLine(Map<String, String> environment, String version) {
    return new CommandLine(new Shell(environment, version))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setStopAtPositional(true); // what follows the command's name is the command's own
  }

  /** @return 0 when all was done, 1 when the server refused, 2 for a wrong command, 3 without a connection */
  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    chooseLog();
    System.getProperties().putIfAbsent(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(LONGEST_ANSWER));
    Printer printer = new Printer(out, format == Format.JSON);
    Complaints complaints = new Complaints(err, format == Format.JSON);
    try (Dialogue dialogue = new Dialogue(setup(), printer, err)) {
      return converse(dialogue, complaints);
    } catch (WrongInput e) {
      complaints.tell(Outcome.Failed.wrong("shell", e.getMessage()));
      return Exit.WRONG;
    } catch (IOException e) {
      complaints.tell(Outcome.Failed.wrong("shell", "standard input: " + e.getMessage()));
      return Exit.WRONG;
    } catch (Printer.ReaderGone gone) {
      return Exit.DONE; // such as 'head', which has seen enough
    }
  }

  private int converse(Dialogue dialogue, Complaints complaints) throws IOException, InterruptedException {
    if (!words.isEmpty()) {
      Outcome outcome = dialogue.execute(words);
      if (outcome instanceof Outcome.Failed failed) {
        complaints.tell(failed);
      }
      return outcome.exitCode();
    }
    if ("1".equals(environment.get(KEYBOARD))) {
      return Keyboard.run(dialogue, environment);
    }
    return Script.run(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), dialogue, complaints, stopAtError);
  }

  private Dialogue.Setup setup() {
    List<Credential> all = Stream.concat(
        credentials.stream(), credentialFile.map(Credential::read).orElse(List.of()).stream()).toList();
    Connection.Settings settings = new Connection.Settings(timeout, patient, readOnly, all);
    return new Dialogue.Setup(servers, settings, version, "1".equals(environment.get(PROGRESS)));
  }

  /** Before the first logger is made, which fixes who keeps the log: without a wish nobody, which starts faster too. */
  private void chooseLog() {
    if (verbose) {
      System.setProperty("troupe-log.client", "DEBUG"); // for logback.xml
    } else {
      System.setProperty("slf4j.internal.verbosity", "WARN");
      System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    }
  }
}
