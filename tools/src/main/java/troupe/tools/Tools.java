package troupe.tools;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The way in: adds the operator's commands to a command line. */
public final class Tools {
  private static final Set<String> NAMES = Set.of("status", "backup", "restore", "log", "snapshot", "credential");

  private Tools() {}

  /** Whether this is the name of one of these commands: their standard output is for nothing but what was asked for. */
  public static boolean has(String name) {
    return NAMES.contains(name);
  }

  /** @param environment the variables of the process */
  public static CommandLine addTo(CommandLine troupe, Map<String, String> environment) {
    InstantSource clock = InstantSource.system();
    CommandLine log = new CommandLine(new LogCommands())
        .addSubcommand(new LogDump(environment))
        .addSubcommand(new LogVerify(environment));
    CommandLine snapshot = new CommandLine(new SnapshotCommands())
        .addSubcommand(new SnapshotDump(environment))
        .addSubcommand(new SnapshotVerify(environment))
        .addSubcommand(new SnapshotCompare(environment));
    return troupe
        .addSubcommand(new Status(environment, clock))
        .addSubcommand(new TakeBackup(environment))
        .addSubcommand(new Restore(environment, clock))
        .addSubcommand(log)
        .addSubcommand(snapshot)
        .addSubcommand(new MakeCredential(environment))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** One line for a command that was not understood, and the way to its help. */
  public static int refuse(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    if (command.getParent() == null) {
      err.println(wrong.getMessage());
      UnmatchedArgumentException.printSuggestions(wrong, err);
      command.usage(err);
    } else {
      err.println("troupe: " + wrong.getMessage().replaceAll("\\s*\\R\\s*", " ") + "; '"
          + command.getCommandSpec().qualifiedName() + " --help' tells more");
    }
    err.flush();
    return Tool.WRONG;
  }
}
