package troupe.benchmark;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** The tree that every load works on: {@value #COUNT} znodes below one, which are read, set and given children. */
final class Znodes {
  static final String TOP = "/benchmark";
  static final int COUNT = 1_000;

  private static final int DATA_LENGTH = 100;
  private static final byte[] DATA = new byte[DATA_LENGTH];
  private static final List<String> NODES = IntStream.range(0, COUNT).mapToObj(i -> TOP + "/n" + i).toList();

  private Znodes() {}

  static void prepare(ZooKeeper client) throws KeeperException, InterruptedException {
    client.create(TOP, data(), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    for (String node : NODES) {
      client.create(node, data(), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
  }

  static byte[] data() {
    return DATA;
  }

  /** The znode whose turn it is. */
  static String node(long number) {
    return NODES.get((int) (number % COUNT));
  }

  /** A child of that znode: another one for each number. */
  static String child(long number) {
    return node(number) + "/c" + number;
  }

  /** How many children the znodes have, counted. */
  static long countChildren(ZooKeeper client) throws KeeperException, InterruptedException {
    long children = 0;
    for (String node : NODES) {
      children += client.exists(node, false).getNumChildren();
    }
    return children;
  }
}
