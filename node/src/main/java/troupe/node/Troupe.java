package troupe.node;

import com.typesafe.config.ConfigException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import troupe.shell.Shell;
import troupe.tools.Tools;

/**
 * The command line: {@code troupe start}, {@code troupe ensemble}, the operator's {@link Tools}, the {@link Shell},
 * {@code --help}.
 */
@Command(
    name = "troupe",
    description = "A coordination service for ZooKeeper's clients.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = CommandLine.HelpCommand.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  troupe start                  one server on port 2181, its data in ./data",
      "  troupe start my.conf          settings of your own; application.conf lists them all",
      "  troupe start /etc/zoo.cfg     an existing ZooKeeper configuration",
      "  troupe ensemble 3             three servers on this machine, to try things out",
      "  troupe status                 the servers of a running ensemble",
      "  troupe backup FILE            save the state of a running server",
      "  troupe shell get /orders      ask a server as its clients do",
      "  troupe help start             what start understands",
      "",
      "Exit codes: 0 after a normal stop or success, 1 when the server failed or something is damaged, 2 when",
      "the command or a setting is wrong."
    })
public final class Troupe {
  /** Where {@code bin/troupe} says where it is. */
  private static final String LAUNCHER = "TROUPE_LAUNCHER";

  private static final String SHELL = "shell";

  /** The commands that become a server. */
  private static final Set<String> SERVERS = Set.of("start", "rehearse");

  private static final int HELP_WIDTH = 110;
  private static final int FAILED = 1;
  private static final int REFUSED = 2;

  private Troupe() {}

  /** Runs the command given and ends the JVM with its exit code. */
  public static void main(String[] args) {
    String command = args.length > 0 ? args[0] : "";
    CommandLine commandLine = commandLineFor(command);
    if (command.equals(SHELL) || Tools.has(command)) {
      // Their standard output is for what was asked for; whatever is logged goes to standard error.
      // Not through System.out, which keeps to itself that nobody reads any more.
      commandLine.setOut(new PrintWriter(
          new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8)));
      System.setOut(System.err);
    }
    int code = commandLine.execute(args);
    commandLine.getOut().flush();
    System.exit(code);
  }

  /** Nobody waits for commands that they have no use for. */
  private static CommandLine commandLineFor(String command) {
    if (SERVERS.contains(command)) {
      return servers(Node::run);
    }
    return command.equals(SHELL) ? shell() : commandLine(Node::run);
  }

  static CommandLine commandLine(NodeRunner runner) {
    CommandLine troupe = new CommandLine(new Troupe())
        .addSubcommand(new Start(runner))
        .addSubcommand(new LocalEnsemble(Optional.ofNullable(System.getenv(LAUNCHER)).map(Path::of)));
    return careful(Tools.addTo(troupe, System.getenv())
        .addSubcommand(Shell.commandLine(System.getenv(), Version.troupe()))
        .addSubcommand(new Version())
        .addSubcommand(new Rehearsal(runner)));
  }

  private static CommandLine shell() {
    return careful(new CommandLine(new Troupe())
        .addSubcommand(Shell.commandLine(System.getenv(), Version.troupe()))
        .setExpandAtFiles(false)); // data may begin with @
  }

  private static CommandLine servers(NodeRunner runner) {
    return careful(new CommandLine(new Troupe())
        .addSubcommand(new Start(runner))
        .addSubcommand(new Rehearsal(runner)));
  }

  private static CommandLine careful(CommandLine troupe) {
    return troupe
        .setUsageHelpWidth(HELP_WIDTH)
        .setParameterExceptionHandler(Tools::refuse)
        .setExecutionExceptionHandler((exception, commandLine, parsed) -> report(exception, commandLine.getErr()));
  }

  private static int report(Exception exception, PrintWriter err) {
    return switch (exception) {
      case Refused refused -> refusal(refused, err);
      case ConfigException outOfRange -> refusal(new Refused(outOfRange.getMessage()), err);
      case Exception bug -> {
        bug.printStackTrace(err);
        yield FAILED;
      }
    };
  }

  private static int refusal(Refused refused, PrintWriter err) {
    err.println("troupe: " + refused.getMessage());
    return REFUSED;
  }
}
