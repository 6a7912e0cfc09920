package troupe.benchmark;

import java.util.List;
import java.util.function.IntConsumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** What a request load repeats. The znode's data are 100 bytes throughout. */
enum Operation {
  CREATE,
  SET,
  GET,
  /** One set in ten, the others gets. */
  MIX,
  /** One transaction of four: check, set, create, delete. */
  MULTI,
  /** Two requests: create an ephemeral, then delete it. */
  EPHEMERAL;

  private static final int ANY_VERSION = -1;
  static final int MIX_SETS_ONE_IN = 10;

  /**
   * Sends the request and returns.
   *
   * @param number never the same twice on one server
   * @param done hears the code of the last answer, on the client's event thread
   */
  void start(ZooKeeper client, long number, IntConsumer done) {
    switch (this) {
      case CREATE -> create(client, number, CreateMode.PERSISTENT, done);
      case SET -> client.setData(
          Znodes.node(number), Znodes.data(), ANY_VERSION, (code, path, context, stat) -> done.accept(code), null);
      case GET -> client.getData(
          Znodes.node(number), false, (code, path, context, data, stat) -> done.accept(code), null);
      case MIX -> (number % MIX_SETS_ONE_IN == 0 ? SET : GET).start(client, number, done);
      case MULTI -> client.multi(transaction(number), (code, path, context, results) -> done.accept(code), null);
      case EPHEMERAL -> create(client, number, CreateMode.EPHEMERAL, created -> {
        if (created == Code.OK.intValue()) {
          client.delete(Znodes.child(number), ANY_VERSION, (code, path, context) -> done.accept(code), null);
        } else {
          done.accept(created);
        }
      });
    }
  }

  private static void create(ZooKeeper client, long number, CreateMode mode, IntConsumer done) {
    client.create(Znodes.child(number), Znodes.data(), Ids.OPEN_ACL_UNSAFE, mode,
        (code, path, context, name) -> done.accept(code), null);
  }

  private static List<Op> transaction(long number) {
    return List.of(
        Op.check(Znodes.node(number), ANY_VERSION),
        Op.setData(Znodes.node(number), Znodes.data(), ANY_VERSION),
        Op.create(Znodes.child(number), Znodes.data(), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
        Op.delete(Znodes.child(number), ANY_VERSION));
  }
}
