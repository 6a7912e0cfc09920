package troupe.shell;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.EphemeralType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What changes nodes. */
final class WriteCommands {
  private static final int ANY_VERSION = -1;

  private WriteCommands() {}

  @Command(
      name = "create",
      description = "Create a node. Without an option it stays until somebody deletes it.")
  static final class Create extends ShellCommand {
    @Option(names = "-s", description = "Sequential: the server adds a number to the path.")
    private boolean sequential;

    @Option(names = "-e", description = "Ephemeral: it goes when this session ends.")
    private boolean ephemeral;

    @Option(names = "-c", description = "Container: it goes some time after its last child.")
    private boolean container;

    @Option(
        names = "-t", paramLabel = "MILLIS",
        description = "It goes when it was not changed for so long and has no children; the server must allow this.")
    private Optional<Long> ttl;

    @Parameters(index = "0", paramLabel = "PATH", description = "The node; its parent must exist.")
    private String path;

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATA", description = "Its data. Without it none.")
    private Optional<String> data;

    @Parameters(
        index = "2", arity = "0..1", paramLabel = "ACL",
        description = "Who may what, such as world:anyone:r,auth::cdrwa. Without it everybody may do everything.")
    private Optional<String> acl;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      CreateMode mode = mode();
      try {
        PathUtils.validatePath(path, sequential);
      } catch (IllegalArgumentException e) {
        throw new WrongInput("'" + path + "' is no path of a node: " + e.getMessage());
      }
      byte[] bytes = data.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
      List<ACL> entries = acl.map(Values::acl).orElse(Ids.OPEN_ACL_UNSAFE);
      ZooKeeper client = dialogue.client();
      String created = ttl.isPresent()
          ? client.create(path, bytes, entries, mode, new Stat(), ttl.get())
          : client.create(path, bytes, entries, mode);
      dialogue.say(() -> "Created " + created, json -> json.writeStringField("path", created));
    }

    private CreateMode mode() {
      if (container && (ephemeral || sequential)) {
        throw new WrongInput("-c cannot be combined with -s or -e: a container is neither ephemeral nor sequential");
      }
      if (ttl.isPresent() && (ephemeral || container)) {
        throw new WrongInput("-t cannot be combined with -e or -c: how long these live is decided otherwise");
      }
      ttl.ifPresent(Create::checkTtl);
      if (ephemeral) {
        return sequential ? CreateMode.EPHEMERAL_SEQUENTIAL : CreateMode.EPHEMERAL;
      }
      if (container) {
        return CreateMode.CONTAINER;
      }
      if (ttl.isPresent()) {
        return sequential ? CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL : CreateMode.PERSISTENT_WITH_TTL;
      }
      return sequential ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.PERSISTENT;
    }

    private static void checkTtl(long millis) {
      if (millis < 1 || millis > EphemeralType.TTL.maxValue()) {
        throw new WrongInput("-t " + millis + ": 1 to " + EphemeralType.TTL.maxValue() + " milliseconds are needed");
      }
    }
  }

  @Command(name = "set", description = "Change the data of a node.")
  static final class Set extends ShellCommand {
    @Option(names = "-s", description = "Show the node's new stat.")
    private boolean withStat;

    @Option(
        names = "-v", paramLabel = "VERSION", defaultValue = "" + ANY_VERSION,
        description = "Only if its data has this version still. Without it any.")
    private int version;

    @Option(names = "-b", description = "DATA is in base64.")
    private boolean base64;

    @Parameters(index = "0", paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Parameters(index = "1", paramLabel = "DATA", description = "Its new data.")
    private String data;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      byte[] bytes = base64 ? decoded() : data.getBytes(StandardCharsets.UTF_8);
      Stat stat = dialogue.client().setData(path.text(), bytes, version);
      dialogue.sayChanged(path, stat, withStat);
    }

    private byte[] decoded() {
      try {
        return Base64.getDecoder().decode(data);
      } catch (IllegalArgumentException e) {
        throw new WrongInput("-b: this is not base64: " + e.getMessage());
      }
    }
  }

  @Command(name = "delete", description = "Delete a node that has no children.")
  static final class Delete extends ShellCommand {
    @Option(
        names = "-v", paramLabel = "VERSION", defaultValue = "" + ANY_VERSION,
        description = "Only if its data has this version still. Without it any.")
    private int version;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      dialogue.client().delete(path.text(), version);
      dialogue.sayDone(json -> json.writeStringField("path", path.text()));
    }
  }

  @Command(
      name = "deleteall",
      description = {
        "Delete a node with all that is below it.",
        "This is not one transaction but many: when it ends early, a part is deleted."
      })
  static final class DeleteAll extends ShellCommand {
    @Option(
        names = "-b", paramLabel = "SIZE", defaultValue = "1000",
        description = "How many nodes to delete in each transaction, at most; ${DEFAULT-VALUE} if not given.")
    private int batchSize;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The node.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      if (path.isRoot()) {
        throw new WrongInput("/ cannot be deleted, so that nothing below it is; name its children");
      }
      dialogue.client();
      Connection connection = dialogue.connection();
      try (Progress progress = dialogue.progress("nodes deleted")) {
        Deletion deletion = new Deletion(connection, Math.max(1, batchSize), progress);
        try {
          Subtree.childrenFirst(connection, path.text(), deletion::delete);
          deletion.finish();
        } catch (KeeperException e) {
          if (deletion.done() > 0) {
            dialogue.warn(deletion.done() + " nodes or more were deleted before it failed");
          }
          throw e;
        }
        dialogue.sayDone(json -> {
          json.writeStringField("path", path.text());
          json.writeNumberField("deleted", deletion.done());
        });
      }
    }
  }
}
