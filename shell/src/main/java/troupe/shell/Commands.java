package troupe.shell;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** All commands by name, and how words become one of them. */
final class Commands {
  private static final int HELP_WIDTH = 100;

  private static final SortedMap<String, Supplier<ShellCommand>> ALL = new TreeMap<>(Map.ofEntries(
      Map.entry("ls", ReadCommands.Ls::new),
      Map.entry("get", ReadCommands.Get::new),
      Map.entry("stat", ReadCommands.ShowStat::new),
      Map.entry("getAllChildrenNumber", ReadCommands.GetAllChildrenNumber::new),
      Map.entry("getEphemerals", ReadCommands.GetEphemerals::new),
      Map.entry("sync", ReadCommands.Sync::new),
      Map.entry("create", WriteCommands.Create::new),
      Map.entry("set", WriteCommands.Set::new),
      Map.entry("delete", WriteCommands.Delete::new),
      Map.entry("deleteall", WriteCommands.DeleteAll::new),
      Map.entry("getAcl", AccessCommands.GetAcl::new),
      Map.entry("setAcl", AccessCommands.SetAcl::new),
      Map.entry("addauth", AccessCommands.AddAuth::new),
      Map.entry("whoami", AccessCommands.WhoAmI::new),
      Map.entry("addWatch", WatchCommands.AddWatch::new),
      Map.entry("removewatches", WatchCommands.RemoveWatches::new),
      Map.entry("printwatches", WatchCommands.PrintWatches::new),
      Map.entry("setquota", QuotaCommands.SetQuota::new),
      Map.entry("listquota", QuotaCommands.ListQuota::new),
      Map.entry("delquota", QuotaCommands.DelQuota::new),
      Map.entry("config", EnsembleCommands.Config::new),
      Map.entry("reconfig", EnsembleCommands.Reconfig::new),
      Map.entry("connect", DialogueCommands.Connect::new),
      Map.entry("close", DialogueCommands.Close::new),
      Map.entry("history", DialogueCommands.History::new),
      Map.entry("redo", DialogueCommands.Redo::new),
      Map.entry("help", DialogueCommands.Help::new),
      Map.entry("version", DialogueCommands.ShowVersion::new),
      Map.entry("quit", DialogueCommands.Quit::new),
      Map.entry("exit", DialogueCommands.Quit::new)));

  private Commands() {}

  static SortedSet<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  /** What the command with this name understands; fresh, since a command is used once. */
  static Optional<CommandLine> parser(String name) {
    return Optional.ofNullable(ALL.get(name)).map(command -> new CommandLine(command.get())
        .setCommandName(name)
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_WIDTH));
  }

  /** Does what {@code words} say, the first of them being the name of the command, and tells what came of it. */
  static Outcome run(List<String> words, Dialogue dialogue) {
    String name = words.getFirst();
    try {
      perform(words, dialogue);
      return Outcome.DONE;
    } catch (ParameterException e) {
      return Outcome.Failed.wrong(name, explain(e, name));
    } catch (WrongInput e) {
      return Outcome.Failed.wrong(name, e.getMessage());
    } catch (Refused e) {
      return new Outcome.Failed(Exit.REFUSED, name, "REFUSED", e.getMessage(), Optional.empty());
    } catch (NoConnection e) {
      return Outcome.Failed.noConnection(name, e.getMessage());
    } catch (KeeperException e) {
      return new Outcome.Failed(Refusals.exitCode(e), name, e.code().name(),
          Refusals.explain(e, dialogue.timeout()), Optional.ofNullable(e.getPath()).filter(path -> !path.isEmpty()));
    } catch (InterruptedException e) {
      return new Outcome.Failed(Exit.REFUSED, name, "INTERRUPTED",
          "Interrupted; what the server was asked before, it may have done", Optional.empty());
    }
  }

  /** The same, for a command that is part of another. */
  static void perform(List<String> words, Dialogue dialogue)
      throws KeeperException, NoConnection, InterruptedException {
    String name = words.getFirst();
    CommandLine parser = parser(name).orElseThrow(() -> unknown(name));
    parser.parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    dialogue.begin(name);
    if (parser.isUsageHelpRequested()) {
      dialogue.help(parser.getUsageMessage());
    } else {
      parser.<ShellCommand>getCommand().run(dialogue);
    }
  }

  static WrongInput unknown(String name) {
    return new WrongInput(names().stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .map(likely -> "There is no command " + name + ", but there is " + likely)
        .orElse("There is no command " + name + "; 'help' lists those that there are"));
  }

  private static String explain(ParameterException wrong, String name) {
    String message = wrong.getMessage().replaceAll("\\s*\\R\\s*", " ");
    boolean dataLikeAnOption =
        wrong.getCommandLine().getUnmatchedArguments().stream().anyMatch(argument -> argument.startsWith("-"));
    return message + "; 'help " + name + "' tells more"
        + (dataLikeAnOption ? ", and what comes behind -- is no option" : "");
  }
}
