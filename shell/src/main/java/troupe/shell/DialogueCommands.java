package troupe.shell;

import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What concerns the dialogue itself. */
final class DialogueCommands {
  private static final int SHOWN = 10;

  private DialogueCommands() {}

  @Command(name = "connect", description = "End this session and begin a new one, at the same or other servers.")
  static final class Connect extends ShellCommand {
    @Parameters(
        arity = "0..1", paramLabel = "HOST:PORT[,HOST:PORT...][/PATH]",
        description = "The servers. Without it the same as before.")
    private Optional<String> servers;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      dialogue.connect(servers.orElse(dialogue.servers()));
      dialogue.client();
      String server = dialogue.connection().servers().current();
      dialogue.sayDone(json -> json.writeStringField("server", server));
    }
  }

  @Command(name = "close", description = "End this session; its ephemeral nodes are gone.")
  static final class Close extends ShellCommand {
    @Override
    void run(Dialogue dialogue) throws InterruptedException {
      dialogue.disconnect();
      dialogue.sayDone(json -> { });
    }
  }

  @Command(name = "history", description = "Show the last commands of this session with their numbers, for redo.")
  static final class History extends ShellCommand {
    @Override
    void run(Dialogue dialogue) {
      List<String> lines = dialogue.history();
      for (int i = Math.max(0, lines.size() - 1 - SHOWN); i < lines.size(); i++) {
        int number = i;
        String line = withoutSecret(lines.get(i));
        dialogue.say(() -> number + " - " + line, json -> {
          json.writeNumberField("number", number);
          json.writeStringField("line", line);
        });
      }
    }

    private static String withoutSecret(String line) {
      List<String> words = Words.of(line).texts();
      return words.getFirst().equals("addauth") && words.size() > 2 ? "addauth " + words.get(1) + " (hidden)" : line;
    }
  }

  @Command(name = "redo", description = "Do a command again.")
  static final class Redo extends ShellCommand {
    @Parameters(paramLabel = "NUMBER", description = "Its number, which history shows.")
    private int number;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      List<String> lines = dialogue.history();
      if (number < 0 || number >= lines.size() - 1) {
        throw new WrongInput("there is no command " + number + " yet; 'history' shows their numbers");
      }
      List<String> words = Words.of(lines.get(number)).texts();
      if (words.getFirst().equals("redo")) {
        throw new WrongInput("command " + number + " was a redo itself, of one that failed");
      }
      dialogue.wasInFact(lines.get(number));
      Commands.perform(words, dialogue);
    }
  }

  @Command(name = "help", description = "List the commands, or tell what one of them understands.")
  static final class Help extends ShellCommand {
    private static final int COLUMN = 22;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "Its name.")
    private Optional<String> name;

    @Override
    void run(Dialogue dialogue) {
      dialogue.help(name.isPresent()
          ? Commands.parser(name.get()).orElseThrow(() -> Commands.unknown(name.get())).getUsageMessage()
          : overview());
    }

    private static String overview() {
      StringBuilder lines = new StringBuilder();
      for (String command : Commands.names()) {
        CommandLine parser = Commands.parser(command).orElseThrow();
        lines.append(command).repeat(" ", COLUMN - command.length())
            .append(parser.getCommandSpec().usageMessage().description()[0]).append('\n');
      }
      return lines.append("\n'help COMMAND' tells what a command understands.\n").toString();
    }
  }

  @Command(name = "version", description = "Show the versions of this shell and of the client in it.")
  static final class ShowVersion extends ShellCommand {
    @Override
    void run(Dialogue dialogue) {
      dialogue.say(
          () -> "Troupe shell " + dialogue.version() + ", ZooKeeper client " + Version.getFullVersion(),
          json -> {
            json.writeStringField("troupe", dialogue.version());
            json.writeStringField("client", Version.getFullVersion());
          });
    }
  }

  @Command(name = "quit", aliases = "exit", description = "End this session, and the shell.")
  static final class Quit extends ShellCommand {
    @Override
    void run(Dialogue dialogue) {
      dialogue.quit();
    }
  }
}
