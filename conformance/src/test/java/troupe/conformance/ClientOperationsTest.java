package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes, their data and their stats, through the stock client: one call at a time, and pipelined. */
class ClientOperationsTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  private Client client;

  @BeforeEach
  void connect() throws Exception {
    client = node.client();
  }

  @Test
  void aNewNodeHasTheStatOfItsCreation() throws Exception {
    var created = new Stat();
    long before = System.currentTimeMillis();

    assertEquals("/new", client.create("/new", bytes("data"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, created));

    assertEquals(created, client.exists("/new", false));
    assertEquals(created.getCzxid(), created.getMzxid());
    assertEquals(created.getCzxid(), created.getPzxid());
    assertEquals(created.getCtime(), created.getMtime());
    assertTrue(Math.abs(created.getCtime() - before) < 60_000, "created at " + created.getCtime());
    assertEquals(
        List.of(0, 0, 0, 4, 0),
        List.of(created.getVersion(), created.getCversion(), created.getAversion(), created.getDataLength(),
            created.getNumChildren()));
    assertEquals(0, created.getEphemeralOwner());
  }

  @Test
  void everyModeOfCreationIsKnown() throws Exception {
    client.create("/modes");
    for (CreateMode mode : CreateMode.values()) {
      String asked = "/modes/" + mode;
      long ttlMillis = mode.isTTL() ? 3_600_000 : -1;
      var stat = new Stat();

      String path = client.create(asked, bytes("d"), Ids.OPEN_ACL_UNSAFE, mode, stat, ttlMillis);

      if (mode.isSequential()) {
        assertTrue(path.matches(asked + "\\d{10}"), path);
      } else {
        assertEquals(asked, path);
      }
      if (mode.isEphemeral()) {
        assertEquals(client.getSessionId(), stat.getEphemeralOwner(), path);
      }
      assertEquals("d", client.read(path));
    }
  }

  @Test
  void sequentialNamesCountCreationsNotChildren() throws Exception {
    client.create("/sequence");
    assertEquals("/sequence/a0000000000", client.create("/sequence/a", "", CreateMode.PERSISTENT_SEQUENTIAL));
    client.delete("/sequence/a0000000000", -1);
    client.create("/sequence/plain");
    assertEquals("/sequence/b0000000002", client.create("/sequence/b", "", CreateMode.EPHEMERAL_SEQUENTIAL));
    assertEquals("/sequence/0000000003", client.create("/sequence/", "", CreateMode.PERSISTENT_SEQUENTIAL));
  }

  @Test
  void creationIsRefusedWithItsReason() throws Exception {
    client.create("/refusals");
    client.create("/refusals/ephemeral", "", CreateMode.EPHEMERAL);

    assertThrows(KeeperException.NodeExistsException.class, () -> client.create("/refusals"));
    assertThrows(KeeperException.NoNodeException.class, () -> client.create("/refusals/none/child"));
    assertThrows(
        KeeperException.NoChildrenForEphemeralsException.class, () -> client.create("/refusals/ephemeral/child"));
    assertThrows(
        KeeperException.InvalidACLException.class,
        () -> client.create("/refusals/x", bytes(""), Collections.emptyList(), CreateMode.PERSISTENT));
    assertThrows(KeeperException.NodeExistsException.class, () -> client.create("/"));
    assertEquals(List.of("ephemeral"), client.getChildren("/refusals", false));
  }

  @Test
  void noDataAndEmptyDataAreDifferent() throws Exception {
    client.create("/null", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    client.create("/empty", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    assertNull(client.getData("/null", false, null));
    assertArrayEquals(new byte[0], client.getData("/empty", false, null));
    client.setData("/empty", null, -1);
    assertNull(client.getData("/empty", false, null));
  }

  @Test
  void settingDataCountsVersionsAndRefusesOldOnes() throws Exception {
    client.create("/set");
    Stat first = client.setData("/set", bytes("one"), 0);
    assertEquals(1, first.getVersion());
    assertTrue(first.getMzxid() > first.getCzxid());
    assertThrows(KeeperException.BadVersionException.class, () -> client.setData("/set", bytes("two"), 0));
    assertEquals(2, client.setData("/set", bytes("any"), -1).getVersion());
    assertThrows(KeeperException.NoNodeException.class, () -> client.setData("/set/none", bytes(""), -1));

    var read = new Stat();
    assertArrayEquals(bytes("any"), client.getData("/set", false, read));
    assertEquals(2, read.getVersion());
  }

  @Test
  void deletionIsRefusedWithItsReason() throws Exception {
    client.create("/delete");
    client.create("/delete/child");
    assertThrows(KeeperException.NotEmptyException.class, () -> client.delete("/delete", -1));
    assertThrows(KeeperException.BadVersionException.class, () -> client.delete("/delete/child", 3));
    assertThrows(KeeperException.NoNodeException.class, () -> client.delete("/delete/none", -1));
    assertThrows(KeeperException.BadArgumentsException.class, () -> client.delete("/", -1));
    client.delete("/delete/child", 0);
    client.delete("/delete", -1);
    assertNull(client.exists("/delete", false));
    assertThrows(KeeperException.NoNodeException.class, () -> client.getData("/delete", false, null));
    assertThrows(KeeperException.NoNodeException.class, () -> client.getChildren("/delete", false));
  }

  @Test
  void theParentsStatFollowsItsChildrenAndNotTheirData() throws Exception {
    client.create("/parent");
    client.create("/parent/a");
    var second = new Stat();
    client.create("/parent/b", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, second);
    var parent = new Stat();

    assertEquals(List.of("a", "b"), sorted(client.getChildren("/parent", false, parent)));
    assertEquals(2, parent.getNumChildren());
    assertEquals(2, parent.getCversion());
    assertEquals(second.getCzxid(), parent.getPzxid());

    client.setData("/parent/a", bytes("new"), -1);
    assertEquals(parent, client.exists("/parent", false));

    client.delete("/parent/b", -1);
    Stat after = client.exists("/parent", false);
    assertEquals(3, after.getCversion());
    assertTrue(after.getPzxid() > parent.getPzxid());
    assertEquals(parent.getVersion(), after.getVersion());
  }

  @Test
  void allDescendantsAreCounted() throws Exception {
    client.create("/count");
    assertEquals(0, client.getAllChildrenNumber("/count"));
    client.create("/count/a");
    client.create("/count/a/b");
    client.create("/counter");
    assertEquals(2, client.getAllChildrenNumber("/count"));
  }

  @Test
  void aSessionsEphemeralsAreListedByPrefix() throws Exception {
    Client other = node.client();
    client.create("/mine-1", "", CreateMode.EPHEMERAL);
    client.create("/mine-2", "", CreateMode.EPHEMERAL);
    client.create("/my", "", CreateMode.EPHEMERAL);
    client.create("/mine-too");
    other.create("/mine-3", "", CreateMode.EPHEMERAL);

    assertEquals(List.of("/mine-1", "/mine-2"), sorted(client.getEphemerals("/mine")));
    assertEquals(List.of("/mine-1", "/mine-2", "/my"), sorted(client.getEphemerals()));
    assertEquals(List.of("/mine-3"), other.getEphemerals());
  }

  @Test
  void containersGoWhenTheyAreEmptiedAndTtlNodesWhenNobodyTouchesThem() throws Exception {
    client.create("/container", "", CreateMode.CONTAINER);
    client.create("/container-in-use", "", CreateMode.CONTAINER);
    client.create("/container-in-use/child");
    client.create("/container/child");
    client.create("/ttl", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, null, 50);
    client.create("/ttl-parent", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, null, 50);
    client.create("/ttl-parent/child");

    client.delete("/container/child", -1);

    Await.until("the container and the TTL node go", () -> !client.has("/container") && !client.has("/ttl"));
    assertTrue(client.has("/container-in-use"));
    assertTrue(client.has("/ttl-parent"), "a TTL node with a child stays");
  }

  @Test
  void theSystemsNodesAreThere() throws Exception {
    assertEquals(List.of("config", "quota"), client.sortedChildren("/zookeeper"));
    client.getConfig(false, new Stat());
    assertThrows(KeeperException.BadArgumentsException.class, () -> client.delete("/zookeeper", -1));
    assertThrows(KeeperException.NoAuthException.class, () -> client.setData("/zookeeper/config", bytes(""), -1));
  }

  @Test
  void aMegabyteFitsAndMoreClosesTheConnection() throws Exception {
    byte[] fits = new byte[1_000_000];
    client.create("/large", fits, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    assertArrayEquals(fits, client.getData("/large", false, null));
    assertThrows(
        KeeperException.ConnectionLossException.class, () -> client.setData("/large", new byte[1_100_000], -1));
    client.awaitConnected();
    assertArrayEquals(fits, client.getData("/large", false, null));
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderAndSeeTheirOwnWrites() throws Exception {
    client.create("/pipeline");
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String path = "/pipeline/" + i;
      client.create(path, bytes("a"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT,
          (code, asked, context, name) -> seen.add("create " + code + " " + name), null);
      client.getData(path, false, (code, asked, context, data, stat) -> seen.add(
          "get " + code + " " + new String(data) + " " + stat.getVersion()), null);
      client.setData(path, bytes("b"), 0, (code, asked, context, stat) -> seen.add("set " + code), null);
      client.getData(path, false, (code, asked, context, data, stat) -> seen.add(
          "get " + code + " " + new String(data) + " " + stat.getVersion()), null);
      client.delete(path, 0, (code, asked, context) -> seen.add("delete " + code), null);
      expected.addAll(List.of(
          "create 0 " + path, "get 0 a 0", "set 0", "get 0 b 1", "delete " + Code.BADVERSION.intValue()));
    }
    client.fence();
    assertEquals(expected, seen);
    assertEquals(500, client.getAllChildrenNumber("/pipeline"));
  }

  @Test
  void everyCallHasItsAsynchronousForm() throws Exception {
    var codes = new ArrayList<CompletableFuture<Object>>();
    AsyncCallback.StringCallback name = (code, path, context, created) -> answer(context, code, created);
    AsyncCallback.Create2Callback nameAndStat =
        (code, path, context, created, stat) -> answer(context, code, created + " " + stat.getVersion());
    AsyncCallback.StatCallback stats = (code, path, context, stat) -> answer(context, code, stat.getVersion());
    AsyncCallback.DataCallback data = (code, path, context, read, stat) -> answer(context, code, new String(read));
    AsyncCallback.VoidCallback nothing = (code, path, context) -> answer(context, code, path);
    AsyncCallback.ACLCallback acls = (code, path, context, acl, stat) -> answer(context, code, acl);
    AsyncCallback.ChildrenCallback names = (code, path, context, children) -> answer(context, code, sorted(children));
    AsyncCallback.Children2Callback namesAndStat =
        (code, path, context, children, stat) -> answer(context, code, sorted(children) + " " + stat.getCversion());
    AsyncCallback.AllChildrenNumberCallback number = (code, path, context, count) -> answer(context, code, count);
    AsyncCallback.EphemeralsCallback paths = (code, context, found) -> answer(context, code, found);
    AsyncCallback.MultiCallback results = (code, path, context, done) -> answer(context, code, done.size());

    client.create("/async", bytes("0"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, name, next(codes));
    client.create("/async/2", bytes("0"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, nameAndStat, next(codes));
    client.create(
        "/async/t", bytes("0"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, nameAndStat, next(codes), 99_999);
    client.create("/async/e", bytes("0"), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL, name, next(codes));
    client.setData("/async", bytes("1"), 0, stats, next(codes));
    client.exists("/async", false, stats, next(codes));
    client.getData("/async", false, data, next(codes));
    client.setACL("/async/2", Ids.READ_ACL_UNSAFE, 0, stats, next(codes));
    client.getACL("/async/2", new Stat(), acls, next(codes));
    client.delete("/async/t", -1, nothing, next(codes));
    client.getChildren("/async", false, names, next(codes));
    client.getChildren("/async", false, namesAndStat, next(codes));
    client.getAllChildrenNumber("/async", number, next(codes));
    client.getEphemerals("/async", paths, next(codes));
    client.sync("/async", nothing, next(codes));
    client.multi(List.of(Op.check("/async", 1), Op.delete("/async/e", 0)), results, next(codes));
    client.addWatch("/async", new Events(), AddWatchMode.PERSISTENT, nothing, next(codes));
    client.removeAllWatches("/async", WatcherType.Any, false, nothing, next(codes));
    client.delete("/async/e", -1, nothing, next(codes));

    var answers = new ArrayList<String>();
    for (CompletableFuture<Object> code : codes) {
      answers.add(Await.get(code).toString());
    }
    assertEquals(
        List.of("/async", "/async/2 0", "/async/t 0", "/async/e", "1", "1", "1", "0", Ids.READ_ACL_UNSAFE.toString(),
            "/async/t", "[2, e]", "[2, e] 4", "2", "[/async/e]", "/async", "2", "/async", "/async", "NONODE"),
        answers);
  }

  @Test
  void aMultiIsOneTransaction() throws Exception {
    client.create("/multi", "old", CreateMode.PERSISTENT);
    client.create("/multi/gone");

    List<OpResult> results = client.multi(List.of(
        Op.check("/multi", 0),
        Op.create("/multi/n-", bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL),
        Op.create("/multi/new", bytes("2"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
        Op.create("/multi/new/child", bytes("3"), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL),
        Op.setData("/multi", bytes("new"), 0),
        Op.delete("/multi/gone", 0)));

    assertEquals(
        List.of("CheckResult", "CreateResult", "CreateResult", "CreateResult", "SetDataResult", "DeleteResult"),
        results.stream().map(result -> result.getClass().getSimpleName()).toList());
    assertEquals("/multi/n-0000000001", ((OpResult.CreateResult) results.get(1)).getPath());
    Stat set = ((OpResult.SetDataResult) results.get(4)).getStat();
    assertEquals(1, set.getVersion());
    assertEquals(set.getMzxid(), client.exists("/multi/new/child", false).getCzxid());
    assertEquals(set.getMzxid(), client.exists("/multi", false).getPzxid());
    assertEquals(List.of("n-0000000001", "new"), client.sortedChildren("/multi"));
  }

  @Test
  void aMultiThatFailsNamesTheFirstFailureAndChangesNothing() throws Exception {
    client.create("/failing", "old", CreateMode.PERSISTENT);
    Stat before = client.exists("/failing", false);

    var failure = assertThrows(KeeperException.BadVersionException.class, () -> client.multi(List.of(
        Op.create("/failing/a", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
        Op.setData("/failing", bytes("new"), 0),
        Op.check("/failing", 7),
        Op.delete("/failing/none", -1))));

    assertEquals(
        List.of(Code.OK, Code.OK, Code.BADVERSION, Code.RUNTIMEINCONSISTENCY),
        failure.getResults().stream().map(result -> Code.get(((OpResult.ErrorResult) result).getErr())).toList());
    assertEquals(before, client.exists("/failing", false));
    assertEquals("old", client.read("/failing"));
  }

  @Test
  void aTransactionIsAMulti() throws Exception {
    List<OpResult> results = client.transaction()
        .create("/transaction", bytes("a"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)
        .check("/transaction", 0)
        .setData("/transaction", bytes("b"), 0)
        .commit();
    assertEquals(3, results.size());
    assertEquals("b", client.read("/transaction"));
    assertEquals(List.of(), client.multi(List.of()));
  }

  @Test
  void aMultiOfReadsAnswersEachForItself() throws Exception {
    client.create("/reads", "data", CreateMode.PERSISTENT);
    client.create("/reads/child");

    List<OpResult> results = client.multi(List.of(
        Op.getData("/reads"), Op.getData("/reads/none"), Op.getChildren("/reads")));

    assertArrayEquals(bytes("data"), ((OpResult.GetDataResult) results.get(0)).getData());
    assertEquals(Code.NONODE.intValue(), ((OpResult.ErrorResult) results.get(1)).getErr());
    assertEquals(List.of("child"), ((OpResult.GetChildrenResult) results.get(2)).getChildren());
  }

  @Test
  void zxidsOnlyGrow() throws Exception {
    client.create("/zxids");
    List<Long> zxids = IntStream.range(0, 20).mapToObj(i -> {
      try {
        return client.setData("/zxids", bytes("" + i), i).getMzxid();
      } catch (KeeperException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }).toList();
    assertEquals(zxids.stream().sorted().distinct().toList(), zxids);
    assertNotEquals(0L, zxids.getFirst());
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }

  private static CompletableFuture<Object> next(List<CompletableFuture<Object>> codes) {
    codes.add(new CompletableFuture<>());
    return codes.getLast();
  }

  @SuppressWarnings("unchecked") // the context is what next() made
  private static void answer(Object context, int code, Object value) {
    ((CompletableFuture<Object>) context).complete(code == 0 ? value : Code.get(code));
  }
}
