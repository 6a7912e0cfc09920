package troupe.shell;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.Quotas;
import org.apache.zookeeper.StatsTrack;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Quotas, which are nodes below {@code /zookeeper/quota} that follow a convention: for a node its limits and what it uses.
 * A quota may not lie within another.
 */
final class QuotaCommands {
  private static final long NONE = -1; // as the nodes have it

  private QuotaCommands() {}

  @Command(name = "setquota", description = "Limit how many nodes a subtree has, or how many bytes.")
  static final class SetQuota extends ShellCommand {
    /** Exactly one of these. */
    private static final class Limit {
      @Option(names = "-n", paramLabel = "NUMBER", description = "Warn when it has more nodes.")
      private Optional<Long> count = Optional.empty();

      @Option(names = "-b", paramLabel = "BYTES", description = "Warn when its data has more bytes.")
      private Optional<Long> bytes = Optional.empty();

      @Option(names = "-N", paramLabel = "NUMBER", description = "Refuse to make it have more nodes.")
      private Optional<Long> countHard = Optional.empty();

      @Option(names = "-B", paramLabel = "BYTES", description = "Refuse to make its data have more bytes.")
      private Optional<Long> bytesHard = Optional.empty();

      private void check() {
        if (count.orElse(1L) < 1 || countHard.orElse(1L) < 1) {
          throw new WrongInput("the number of nodes must be greater than zero");
        }
        if (bytes.orElse(0L) < 0 || bytesHard.orElse(0L) < 0) {
          throw new WrongInput("the number of bytes must not be negative");
        }
      }

      private void putInto(StatsTrack limits) {
        count.ifPresent(limits::setCount);
        bytes.ifPresent(limits::setBytes);
        countHard.ifPresent(limits::setCountHardLimit);
        bytesHard.ifPresent(limits::setByteHardLimit);
      }
    }

    @ArgGroup(multiplicity = "1")
    private Limit limit;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The topmost node of it.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      limit.check();
      if (path.isRoot() || (path + "/").startsWith(Quotas.procZookeeper + "/")) {
        throw new WrongInput("there is no quota for " + path);
      }
      ZooKeeper client = dialogue.client();
      if (client.exists(path.text(), false) == null) {
        throw KeeperException.create(Code.NONODE, path.text());
      }
      checkAlone(dialogue, client);

      String limitPath = Quotas.limitPath(path.text());
      StatsTrack limits = client.exists(limitPath, false) == null
          ? noLimits()
          : track(client, limitPath);
      limit.putInto(limits);
      if (client.exists(limitPath, false) == null) {
        makeParents(client);
        client.create(limitPath, limits.getStatsBytes(), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        StatsTrack nothing = new StatsTrack();
        nothing.setCount(0);
        nothing.setBytes(0);
        client.create(
            Quotas.statPath(path.text()), nothing.getStatsBytes(), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      } else {
        client.setData(limitPath, limits.getStatsBytes(), -1);
      }
      warnIfExceeded(dialogue, limits, track(client, Quotas.statPath(path.text())));
      dialogue.sayDone(json -> json.writeStringField("path", path.text()));
    }

    /** No node above or below may have a quota. */
    private void checkAlone(Dialogue dialogue, ZooKeeper client)
        throws KeeperException, NoConnection, InterruptedException {
      for (int slash = path.text().lastIndexOf('/'); slash > 0; slash = path.text().lastIndexOf('/', slash - 1)) {
        String above = path.text().substring(0, slash);
        if (client.exists(Quotas.limitPath(above), false) != null) {
          throw new Refused(path + " has a parent " + above + " which has a quota");
        }
      }
      String own = Quotas.quotaPath(path.text());
      Subtree.parentsFirst(dialogue.connection(), own, false, node -> {
        if (node.endsWith("/" + Quotas.limitNode) && !node.equals(own + "/" + Quotas.limitNode)) {
          String below = Quotas.trimQuotaPath(node.substring(0, node.lastIndexOf('/')));
          throw new Refused(path + " has a child " + below + " which has a quota");
        }
      });
    }

    private void makeParents(ZooKeeper client) throws KeeperException, InterruptedException {
      String whole = Quotas.quotaPath(path.text());
      for (int slash = whole.indexOf('/', 1); slash > 0; slash = whole.indexOf('/', slash + 1)) {
        makeIfMissing(client, whole.substring(0, slash));
      }
      makeIfMissing(client, whole);
    }

    private static void makeIfMissing(ZooKeeper client, String node) throws KeeperException, InterruptedException {
      try {
        if (client.exists(node, false) == null) {
          client.create(node, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
      } catch (NodeExistsException meanwhile) {
        // that is what was wanted
      }
    }

    private static void warnIfExceeded(Dialogue dialogue, StatsTrack limits, StatsTrack used) {
      if (exceeds(used.getCount(), limits.getCount()) || exceeds(used.getCount(), limits.getCountHardLimit())) {
        dialogue.warn("[Warning]: the count quota you create is less than the existing count:" + used.getCount());
      }
      if (exceeds(used.getBytes(), limits.getBytes()) || exceeds(used.getBytes(), limits.getByteHardLimit())) {
        dialogue.warn("[Warning]: the bytes quota you create is less than the existing bytes:" + used.getBytes());
      }
    }

    private static boolean exceeds(long used, long limit) {
      return limit != NONE && used > limit;
    }
  }

  @Command(name = "listquota", description = "Show the quota of a subtree, and what it uses.")
  static final class ListQuota extends ShellCommand {
    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The topmost node of it.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      ZooKeeper client = dialogue.client();
      String limitPath = Quotas.limitPath(path.text());
      StatsTrack limits;
      StatsTrack used;
      try {
        limits = track(client, limitPath);
        used = track(client, Quotas.statPath(path.text()));
      } catch (NoNodeException e) {
        throw new Refused("quota for " + path + " does not exist.");
      }
      dialogue.say(
          () -> "absolute path is " + limitPath
              + "\nOutput quota for " + path + " " + limits
              + "\nOutput stat for " + path + " " + used,
          json -> {
            json.writeStringField("path", path.text());
            write(json, "limits", limits);
            write(json, "used", used);
          });
    }

    private static void write(JsonGenerator json, String field, StatsTrack track) throws IOException {
      json.writeObjectFieldStart(field);
      write(json, "count", track.getCount());
      write(json, "bytes", track.getBytes());
      write(json, "countHardLimit", track.getCountHardLimit());
      write(json, "byteHardLimit", track.getByteHardLimit());
      json.writeEndObject();
    }

    private static void write(JsonGenerator json, String field, long number) throws IOException {
      if (number != NONE) {
        json.writeNumberField(field, number);
      }
    }
  }

  @Command(name = "delquota", description = "Remove a quota, or one of its limits.")
  static final class DelQuota extends ShellCommand {
    /** At most one of these. */
    private static final class Limit {
      @Option(names = "-n", description = "Only the soft limit of nodes.")
      private boolean count;

      @Option(names = "-b", description = "Only the soft limit of bytes.")
      private boolean bytes;

      @Option(names = "-N", description = "Only the hard limit of nodes.")
      private boolean countHard;

      @Option(names = "-B", description = "Only the hard limit of bytes.")
      private boolean bytesHard;

      private void removeFrom(StatsTrack limits) {
        if (count) {
          limits.setCount(NONE);
        } else if (bytes) {
          limits.setBytes(NONE);
        } else if (countHard) {
          limits.setCountHardLimit(NONE);
        } else if (bytesHard) {
          limits.setByteHardLimit(NONE);
        }
      }
    }

    @ArgGroup private Limit limit;

    @Parameters(paramLabel = "PATH", converter = NodePath.Converter.class, description = "The topmost node of it.")
    private NodePath path;

    @Override
    void run(Dialogue dialogue) throws KeeperException, NoConnection, InterruptedException {
      ZooKeeper client = dialogue.client();
      String limitPath = Quotas.limitPath(path.text());
      if (client.exists(limitPath, false) == null) {
        throw new Refused("Quota does not exist for " + path);
      }
      if (limit == null) {
        remove(client);
      } else {
        StatsTrack limits = track(client, limitPath);
        limit.removeFrom(limits);
        client.setData(limitPath, limits.getStatsBytes(), -1);
      }
      dialogue.sayDone(json -> json.writeStringField("path", path.text()));
    }

    /** With the nodes above that are there for nothing else. */
    private void remove(ZooKeeper client) throws KeeperException, InterruptedException {
      String node = Quotas.quotaPath(path.text());
      client.delete(Quotas.limitPath(path.text()), -1);
      client.delete(Quotas.statPath(path.text()), -1);
      while (!node.equals(Quotas.quotaZookeeper) && client.getChildren(node, false).isEmpty()) {
        client.delete(node, -1);
        node = node.substring(0, node.lastIndexOf('/'));
      }
    }
  }

  /** Everybody may write below {@code /zookeeper/quota}, so that anything may be there. */
  private static StatsTrack track(ZooKeeper client, String path) throws KeeperException, InterruptedException {
    byte[] data = client.getData(path, false, null);
    try {
      return data == null ? noLimits() : new StatsTrack(data);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new Refused(path + " has something else in it than a quota; delete it if nobody needs it");
    }
  }

  private static StatsTrack noLimits() {
    StatsTrack limits = new StatsTrack();
    limits.setCount(NONE);
    limits.setBytes(NONE);
    limits.setCountHardLimit(NONE);
    limits.setByteHardLimit(NONE);
    return limits;
  }
}
