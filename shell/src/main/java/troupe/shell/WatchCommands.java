package troupe.shell;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.WatcherType;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Being told of changes. */
final class WatchCommands {
  private WatchCommands() {}

  @Command(name = "addWatch", description = "Tell of changes again and again, until the watch is removed.")
  static final class AddWatch extends ShellCommand {
    @Option(
        names = "-m", paramLabel = "MODE", defaultValue = "PERSISTENT_RECURSIVE",
        description = "${COMPLETION-CANDIDATES}: of the node, or of all below it as well. ${DEFAULT-VALUE} if not given.")
    private AddWatchMode mode;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node; it need not exist.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      dialogue.client().addWatch(path.text(), mode);
      dialogue.sayDone(json -> {
        json.writeStringField("path", path.text());
        json.writeStringField("mode", mode.name());
      });
    }
  }

  @Command(name = "removewatches", description = "Remove watches of this session from a node.")
  static final class RemoveWatches extends ShellCommand {
    /** At most one of these. */
    private static final class Kind {
      @Option(names = "-c", description = "Those for its children.")
      private boolean children;

      @Option(names = "-d", description = "Those for its data.")
      private boolean data;

      @Option(names = "-p", description = "Persistent ones.")
      private boolean persistent;

      @Option(names = "-r", description = "Persistent recursive ones.")
      private boolean recursive;

      @Option(names = "-a", description = "All, as without an option.")
      private boolean any;

      private WatcherType type() {
        if (children) {
          return WatcherType.Children;
        }
        if (data) {
          return WatcherType.Data;
        }
        if (persistent) {
          return WatcherType.Persistent;
        }
        return recursive ? WatcherType.PersistentRecursive : WatcherType.Any;
      }
    }

    @ArgGroup private Kind kind;

    @Option(names = "-l", description = "Forget them here even if the server cannot be told.")
    private boolean local;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      WatcherType type = kind == null ? WatcherType.Any : kind.type();
      dialogue.client().removeAllWatches(path.text(), type, local);
      dialogue.sayDone(json -> json.writeStringField("path", path.text()));
    }
  }

  @Command(name = "printwatches", description = "Show whether events of watches are printed, or change it.")
  static final class PrintWatches extends ShellCommand {
    /** As the words are written. */
    enum Choice {
      ON,
      OFF
    }

    /** What Tab offers. */
    private static final class Choices implements Iterable<String> {
      @Override
      public Iterator<String> iterator() {
        return List.of("on", "off").iterator();
      }
    }

    @Parameters(
        arity = "0..1", paramLabel = "on|off", completionCandidates = Choices.class,
        description = "Without it the command shows what is.")
    private Optional<Choice> choice;

    @Override
    void run(Dialogue dialogue) {
      choice.ifPresent(chosen -> dialogue.printWatches(chosen == Choice.ON));
      if (choice.isEmpty()) {
        dialogue.say(
            () -> "printwatches is " + (dialogue.printsWatches() ? "on" : "off"),
            json -> json.writeBooleanField("on", dialogue.printsWatches()));
      } else {
        dialogue.sayDone(json -> json.writeBooleanField("on", dialogue.printsWatches()));
      }
    }
  }
}
