package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Watches of every kind: what fires them, how often, in which order, and what becomes of them in a reconnect. */
class ClientWatchTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  private final Events events = new Events();
  private Client watching;
  private Client changing;

  @BeforeEach
  void connect() throws Exception {
    watching = node.client();
    changing = node.client();
  }

  @Test
  void aDataWatchFiresOnce() throws Exception {
    changing.create("/data");
    watching.getData("/data", events, null);

    Stat changed = changing.setData("/data", bytes("1"), -1);
    changing.setData("/data", bytes("2"), -1);

    assertEquals(changed.getMzxid(), events.expect(EventType.NodeDataChanged, "/data").getZxid());
    assertNoMore();
  }

  @Test
  void aWatchOfANodeThatIsNotThereFiresOnItsCreation() throws Exception {
    watching.exists("/later", events);
    changing.create("/later");
    events.expect(EventType.NodeCreated, "/later");
    changing.setData("/later", bytes("1"), -1);
    assertNoMore();

    assertThrows(KeeperException.NoNodeException.class, () -> watching.getData("/never", events, null));
    changing.create("/never");
    assertNoMore();
  }

  @Test
  void aChildWatchFiresOnChildrenAndOnItsNodesEndAndNotOnData() throws Exception {
    changing.create("/children");
    watching.getChildren("/children", events);
    changing.setData("/children", bytes("1"), -1);
    changing.create("/children/a");
    events.expect(EventType.NodeChildrenChanged, "/children");

    watching.getChildren("/children", events);
    changing.setData("/children/a", bytes("1"), -1);
    changing.delete("/children/a", -1);
    events.expect(EventType.NodeChildrenChanged, "/children");

    watching.getChildren("/children", events);
    changing.delete("/children", -1);
    events.expect(EventType.NodeDeleted, "/children");
    assertNoMore();
  }

  @Test
  void aDeletionIsToldOnceToAWatcherOfDataAndChildren() throws Exception {
    changing.create("/both");
    watching.getData("/both", events, null);
    watching.getChildren("/both", events);
    changing.delete("/both", -1);
    events.expect(EventType.NodeDeleted, "/both");
    assertNoMore();
  }

  @Test
  void theDefaultWatcherHearsOfWhatIsWatchedWithoutOne() throws Exception {
    changing.create("/default");
    watching.exists("/default", true);
    changing.delete("/default", -1);
    watching.events().expect(EventType.NodeDeleted, "/default");
  }

  @Test
  void theEventComesBeforeTheReplyToTheChangeAndBeforeTheNewState() throws Exception {
    watching.create("/order");
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Watcher watcher = event -> told.add(event.getType().toString());

    watching.getData("/order", watcher, (code, path, context, data, stat) -> told.add("old"), null);
    watching.setData("/order", bytes("new"), -1, (code, path, context, stat) -> told.add("set"), null);
    watching.getData("/order", false, (code, path, context, data, stat) -> told.add(new String(data)), null);
    watching.fence();

    assertEquals(List.of("old", "NodeDataChanged", "set", "new"), told);
  }

  @Test
  void nobodySeesANewStateBeforeItsEvent() throws Exception {
    changing.create("/announced", "0", CreateMode.PERSISTENT);
    for (int round = 1; round <= 50; round++) {
      String latest = String.valueOf(round);
      List<String> told = Collections.synchronizedList(new ArrayList<>());
      watching.getData("/announced", event -> told.add("event"), null);

      changing.setData("/announced", bytes(latest), -1, (code, path, context, stat) -> {}, null);
      Await.until("the new data is seen", () -> {
        watching.getData(
            "/announced", false, (code, path, context, data, stat) -> told.add(new String(data)), null);
        watching.fence();
        return told.contains(latest);
      });

      assertTrue(told.indexOf("event") >= 0 && told.indexOf("event") < told.indexOf(latest), told.toString());
    }
  }

  @Test
  void aMultiFiresTheWatchesOfEachOfItsChanges() throws Exception {
    changing.create("/multi");
    changing.create("/multi/old");
    watching.getChildren("/multi", events);
    watching.exists("/multi/new", events);
    watching.exists("/multi/old", events);

    changing.multi(List.of(
        Op.create("/multi/new", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT), Op.delete("/multi/old", -1)));

    events.expect(EventType.NodeCreated, "/multi/new");
    events.expect(EventType.NodeChildrenChanged, "/multi");
    events.expect(EventType.NodeDeleted, "/multi/old");
    assertNoMore();
  }

  @Test
  void aRefusedChangeFiresNothing() throws Exception {
    changing.create("/refused");
    watching.getData("/refused", events, null);
    assertThrows(KeeperException.BadVersionException.class, () -> changing.setData("/refused", bytes(""), 9));
    assertThrows(KeeperException.class, () -> changing.multi(
        List.of(Op.setData("/refused", bytes(""), -1), Op.check("/refused", 9))));
    assertNoMore();
  }

  @Test
  void aPersistentWatchStaysAndHearsOfDataAndChildren() throws Exception {
    watching.addWatch("/persistent", events, AddWatchMode.PERSISTENT);
    changing.create("/persistent");
    changing.setData("/persistent", bytes("1"), -1);
    Stat second = changing.setData("/persistent", bytes("2"), -1);
    changing.create("/persistent/child");
    changing.create("/persistent/child/deep");
    changing.setData("/persistent/child", bytes("1"), -1);
    changing.delete("/persistent/child/deep", -1);
    changing.delete("/persistent/child", -1);
    changing.delete("/persistent", -1);

    events.expect(EventType.NodeCreated, "/persistent");
    events.expect(EventType.NodeDataChanged, "/persistent");
    assertEquals(second.getMzxid(), events.expect(EventType.NodeDataChanged, "/persistent").getZxid());
    events.expect(EventType.NodeChildrenChanged, "/persistent");
    events.expect(EventType.NodeChildrenChanged, "/persistent");
    events.expect(EventType.NodeDeleted, "/persistent");
    assertNoMore();
  }

  @Test
  void aRecursiveWatchHearsOfEachNodeBelowAndNamesIt() throws Exception {
    changing.create("/recursive");
    watching.addWatch("/recursive", events, AddWatchMode.PERSISTENT_RECURSIVE);
    changing.create("/recursive/a");
    changing.create("/recursive/a/b");
    changing.setData("/recursive/a/b", bytes("1"), -1);
    changing.setData("/recursive", bytes("1"), -1);
    changing.create("/recursively");
    changing.delete("/recursive/a/b", -1);

    events.expect(EventType.NodeCreated, "/recursive/a");
    events.expect(EventType.NodeCreated, "/recursive/a/b");
    events.expect(EventType.NodeDataChanged, "/recursive/a/b");
    events.expect(EventType.NodeDataChanged, "/recursive");
    events.expect(EventType.NodeDeleted, "/recursive/a/b");
    assertNoMore();
  }

  @Test
  void aWatchThatIsRemovedIsToldSoAndNothingElse() throws Exception {
    changing.create("/removed");
    watching.getData("/removed", events, null);
    watching.getChildren("/removed", events);

    watching.removeWatches("/removed", events, WatcherType.Data, false);
    events.expect(EventType.DataWatchRemoved, "/removed");
    changing.setData("/removed", bytes("1"), -1);
    assertNoMore();
    watching.removeAllWatches("/removed", WatcherType.Any, false);
    events.expect(EventType.ChildWatchRemoved, "/removed");
    changing.create("/removed/child");
    assertNoMore();

    assertThrows(
        KeeperException.NoWatcherException.class,
        () -> watching.removeWatches("/removed", events, WatcherType.Any, false));
  }

  @Test
  void aPersistentWatchIsRemovedByItsPath() throws Exception {
    changing.create("/kept");
    watching.addWatch("/kept", events, AddWatchMode.PERSISTENT_RECURSIVE);
    watching.removeWatches("/kept", events, WatcherType.Any, false);
    events.expect(EventType.PersistentWatchRemoved, "/kept");
    changing.create("/kept/child");
    assertNoMore();
  }

  @Test
  void ephemeralsThatGoWithTheirSessionFireTheirWatches() throws Exception {
    Client leaving = node.client();
    changing.create("/members");
    leaving.create("/members/a", "", CreateMode.EPHEMERAL);
    leaving.create("/members/b", "", CreateMode.EPHEMERAL);
    watching.addWatch("/members", events, AddWatchMode.PERSISTENT_RECURSIVE);

    leaving.close();

    long zxid = events.expect(EventType.NodeDeleted, "/members/a").getZxid();
    assertEquals(zxid, events.expect(EventType.NodeDeleted, "/members/b").getZxid(), "one session, one transaction");
    assertEquals(List.of(), watching.getChildren("/members", false));
  }

  @Test
  void whatHappenedDuringADisconnectIsToldToOneShotWatches() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    Client away = node.closing(Client.connect(relay.connectString(), Client.SESSION_TIMEOUT_MILLIS));
    changing.create("/away");
    for (String name : List.of("changed", "deleted", "parent", "same", "again")) {
      changing.create("/away/" + name);
    }
    away.getData("/away/changed", events, null);
    away.getData("/away/deleted", events, null);
    away.exists("/away/created", events);
    away.getChildren("/away/parent", events);
    away.getData("/away/same", events, null);
    away.exists("/away/flash", events);
    away.getData("/away/again", events, null);

    relay.cut();
    away.events().await(KeeperState.Disconnected);
    changing.setData("/away/changed", bytes("1"), -1);
    changing.delete("/away/deleted", -1);
    changing.create("/away/created");
    changing.create("/away/parent/child");
    changing.create("/away/flash");
    changing.delete("/away/flash", -1);
    changing.delete("/away/again", -1);
    changing.create("/away/again");
    relay.mend();
    away.awaitConnected();
    away.fence();

    // Nothing tells of the node that came and went; the one that was made again looks changed.
    assertEquals(
        List.of("NodeChildrenChanged /away/parent", "NodeCreated /away/created", "NodeDataChanged /away/again",
            "NodeDataChanged /away/changed", "NodeDeleted /away/deleted"),
        events.soFar().stream().sorted().toList());
    changing.setData("/away/same", bytes("1"), -1);
    events.expect(EventType.NodeDataChanged, "/away/same");
  }

  @Test
  void persistentWatchesDoNotReplayADisconnectAndStayInForce() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    Client away = node.closing(Client.connect(relay.connectString(), Client.SESSION_TIMEOUT_MILLIS));
    changing.create("/forgotten");
    away.addWatch("/forgotten", events, AddWatchMode.PERSISTENT_RECURSIVE);
    relay.cut();
    away.events().await(KeeperState.Disconnected);
    changing.create("/forgotten/unseen");
    relay.mend();
    away.awaitConnected();
    away.fence();
    assertEquals(List.of(), events.soFar());

    changing.create("/forgotten/seen");
    events.expect(EventType.NodeCreated, "/forgotten/seen");
  }

  @Test
  void watchesAreInForceAfterARestartOfTheServer() throws Exception {
    changing.create("/restart");
    var persistent = new Events();
    watching.getData("/restart", events, null);
    watching.getChildren("/restart", events);
    watching.addWatch("/restart", persistent, AddWatchMode.PERSISTENT_RECURSIVE);

    node.restart();
    watching.awaitConnected();
    changing.awaitConnected();
    watching.fence(); // after the packet that sets the watches again
    changing.create("/restart/child");
    changing.setData("/restart", bytes("1"), -1);

    events.expect(EventType.NodeChildrenChanged, "/restart");
    events.expect(EventType.NodeDataChanged, "/restart");
    persistent.expect(EventType.NodeCreated, "/restart/child");
    persistent.expect(EventType.NodeDataChanged, "/restart");
    assertNoMore();
  }

  /** Nothing else was told to {@link #events} of what happened until now. */
  private void assertNoMore() throws Exception {
    watching.fence();
    assertEquals(List.of(), events.soFar());
  }
}
