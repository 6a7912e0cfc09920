package troupe.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What changes nothing. */
final class ReadCommands {
  private ReadCommands() {}

  @Command(name = "ls", description = "List the children of a node.")
  static final class Ls extends ShellCommand {
    @Option(names = "-s", description = "Show the node's stat too.")
    private boolean withStat;

    @Option(names = "-w", description = "Tell once when its children change.")
    private boolean watch;

    @Option(names = "-R", description = "List the whole subtree, a path on each line.")
    private boolean recursive;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      ZooKeeper client = dialogue.client();
      if (recursive) {
        client.getData(path.text(), watch, null); // as ZooKeeper's does: who may not read it sees nothing of it
        Subtree.parentsFirst(dialogue.connection(), path.text(), watch, node ->
            dialogue.say(() -> node, json -> json.writeStringField("path", node)));
        return;
      }
      Stat stat = new Stat();
      List<String> children = client.getChildren(path.text(), watch, stat).stream().sorted().toList();
      dialogue.say(() -> children + (withStat ? "\n" + Values.stat(stat) : ""), json -> {
        json.writeStringField("path", path.text());
        Values.writeStrings(json, "children", children);
        if (withStat) {
          Values.writeStat(json, stat);
        }
      });
    }
  }

  @Command(
      name = "get",
      description = {
        "Show the data of a node.",
        "Data that is not printable UTF-8 is shown as a dump of its bytes, unless -b is given."
      })
  static final class Get extends ShellCommand {
    @Option(names = "-s", description = "Show the node's stat too.")
    private boolean withStat;

    @Option(names = "-w", description = "Tell once when the node changes.")
    private boolean watch;

    @Option(names = "-b", description = "Show the data in base64.")
    private boolean base64;

    @Option(names = "-x", description = "Show a dump of its bytes.")
    private boolean hexDump;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      Stat stat = new Stat();
      byte[] data = dialogue.client().getData(path.text(), watch, stat);
      dialogue.say(() -> text(data) + (withStat ? "\n" + Values.stat(stat) : ""), json -> {
        json.writeStringField("path", path.text());
        Values.writeData(json, data);
        if (withStat) {
          Values.writeStat(json, stat);
        }
      });
    }

    private String text(byte[] data) {
      if (data == null || !(base64 || hexDump)) {
        return Values.data(data);
      }
      return hexDump ? Values.hexDump(data) : Values.base64(data);
    }
  }

  @Command(name = "stat", description = "Show the stat of a node: when and how it came to be what it is.")
  static final class ShowStat extends ShellCommand {
    @Option(names = "-w", description = "Tell once when the node changes, or comes to be.")
    private boolean watch;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      Stat stat = dialogue.client().exists(path.text(), watch);
      if (stat == null) {
        throw KeeperException.create(Code.NONODE, path.text());
      }
      dialogue.say(() -> Values.stat(stat), json -> {
        json.writeStringField("path", path.text());
        Values.writeStat(json, stat);
      });
    }
  }

  @Command(name = "getAllChildrenNumber", description = "Count the nodes below a node, at all levels.")
  static final class GetAllChildrenNumber extends ShellCommand {
    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      int number = dialogue.client().getAllChildrenNumber(path.text());
      dialogue.say(() -> Integer.toString(number), json -> {
        json.writeStringField("path", path.text());
        json.writeNumberField("number", number);
      });
    }
  }

  @Command(name = "getEphemerals", description = "List the ephemeral nodes of this session.")
  static final class GetEphemerals extends ShellCommand {
    @Parameters(
        arity = "0..1", paramLabel = "PREFIX", converter = NodePath.Converter.class,
        description = "Only those whose path begins so. Without it all of them.")
    private Optional<NodePath> prefix;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      ZooKeeper client = dialogue.client();
      List<String> paths =
          new ArrayList<>(prefix.isPresent() ? client.getEphemerals(prefix.get().text()) : client.getEphemerals());
      dialogue.say(
          () -> paths.stream().collect(Collectors.joining(", ", "[", "]")),
          json -> Values.writeStrings(json, "ephemerals", paths));
    }
  }

  @Command(
      name = "sync",
      description = "Wait until the server has seen all that was committed before; what is read then is not older.")
  static final class Sync extends ShellCommand {
    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "A node; any will do.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      dialogue.client().sync(path.text(), (code, ignored, context) -> {
        if (code == Code.OK.intValue()) {
          answer.complete(null);
        } else {
          answer.completeExceptionally(KeeperException.create(Code.get(code), path.text()));
        }
      }, null);
      dialogue.connection().await(answer);
      dialogue.say(() -> "Sync is OK", json -> json.writeStringField("path", path.text()));
    }
  }
}
