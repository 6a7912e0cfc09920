package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.List;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions: their timeouts, their moves from connection to connection, and their ends. */
class ClientSessionTest {
  private static final int SHORTEST_TIMEOUT_MILLIS = 1_000; // two ticks

  @RegisterExtension
  static final SharedNode node = new SharedNode();

  @Test
  void theTimeoutIsMovedIntoTwoToTwentyTicks() throws Exception {
    assertEquals(SHORTEST_TIMEOUT_MILLIS, timeoutGrantedFor(500));
    assertEquals(5_432, timeoutGrantedFor(5_432));
    assertEquals(Client.SESSION_TIMEOUT_MILLIS, timeoutGrantedFor(3_600_000));
  }

  private static int timeoutGrantedFor(int asked) throws Exception {
    return node.closing(Client.connect(node.connectString(), asked)).getSessionTimeout();
  }

  @Test
  void closingASessionTakesItsEphemeralsWithIt() throws Exception {
    Client leaving = node.client();
    Client staying = node.client();
    leaving.create("/closing", "", CreateMode.EPHEMERAL);
    staying.create("/staying", "", CreateMode.EPHEMERAL);
    leaving.close();
    assertFalse(staying.has("/closing"));
    assertTrue(staying.has("/staying"));
    assertThrows(KeeperException.SessionExpiredException.class, () -> leaving.exists("/", false));
  }

  @Test
  void aSessionIsTakenUpWithItsIdAndPassword() throws Exception {
    Client before = node.client();
    before.create("/taken-up", "", CreateMode.EPHEMERAL);
    before.vanish();

    Client after = claim(before, before.getSessionPasswd()).awaitConnected();
    assertEquals(before.getSessionId(), after.getSessionId());
    assertEquals(List.of("/taken-up"), after.getEphemerals());
    after.delete("/taken-up", -1);
  }

  @Test
  void aSessionIsRefusedToAWrongPassword() throws Exception {
    Client owner = node.client();
    Client witness = node.client();
    owner.create("/guarded", "", CreateMode.EPHEMERAL);
    Client thief = claim(owner, new byte[16]);
    thief.events().await(KeeperState.Expired);
    // ZooKeeper breaks the owner's connection before it looks at the password; the session is not touched
    assertTrue(witness.has("/guarded"));
  }

  @Test
  void aSessionThatIsOverCannotBeTakenUp() throws Exception {
    Client over = node.client();
    byte[] password = over.getSessionPasswd();
    over.close();
    Client late = claim(over, password);
    late.events().await(KeeperState.Expired);
  }

  @Test
  void aSessionMovesToTheConnectionThatClaimsIt() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    Client first = node.closing(Client.connect(relay.connectString(), Client.SESSION_TIMEOUT_MILLIS));
    first.create("/moved", "", CreateMode.EPHEMERAL);
    relay.refuseNew(); // or the first takes its session back at once

    Client second = claim(first, first.getSessionPasswd()).awaitConnected();
    first.events().await(KeeperState.Disconnected);
    assertEquals(List.of("/moved"), second.getEphemerals());

    second.vanish();
    relay.mend();
    first.awaitConnected();
    assertEquals(List.of("/moved"), first.getEphemerals());
  }

  @Test
  void aSilentSessionExpires() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    Client silent = node.closing(Client.connect(relay.connectString(), SHORTEST_TIMEOUT_MILLIS));
    Client other = node.client();
    silent.create("/silent", "", CreateMode.EPHEMERAL);
    var events = new Events();
    other.exists("/silent", events);

    long cut = System.nanoTime();
    relay.cut();
    events.expect(EventType.NodeDeleted, "/silent");
    long lived = (System.nanoTime() - cut) / 1_000_000;
    // it may have been heard of up to a third of its timeout before the cut
    assertTrue(lived >= SHORTEST_TIMEOUT_MILLIS / 2, "expired after " + lived + " ms");

    relay.mend();
    silent.events().await(KeeperState.Expired);
    assertThrows(KeeperException.SessionExpiredException.class, () -> silent.exists("/silent", false));
  }

  @Test
  void pingsKeepAnIdleSessionAlive() throws Exception {
    Client idle = node.closing(Client.connect(node.connectString(), SHORTEST_TIMEOUT_MILLIS));
    Client witness = node.client();
    idle.create("/idle", "", CreateMode.EPHEMERAL);
    // The silent session is younger and has the same timeout: when it is over, so would the idle one be.
    Client silent = node.closing(Client.connect(node.connectString(), SHORTEST_TIMEOUT_MILLIS));
    silent.create("/vanished", "", CreateMode.EPHEMERAL);
    silent.vanish();
    Await.until("the silent session expires", () -> !witness.has("/vanished"));
    assertTrue(witness.has("/idle"));
  }

  @Test
  void sessionsAndTheirEphemeralsOutliveARestart() throws Exception {
    Client client = node.client();
    long session = client.getSessionId();
    client.create("/durable", "data", CreateMode.PERSISTENT);
    client.create("/durable/ephemeral", "", CreateMode.EPHEMERAL);
    Client gone = node.closing(Client.connect(node.connectString(), SHORTEST_TIMEOUT_MILLIS));
    gone.create("/durable/gone", "", CreateMode.EPHEMERAL);
    gone.vanish();

    node.restart();
    client.awaitConnected();

    assertEquals(session, client.getSessionId());
    assertEquals("data", client.read("/durable"));
    Await.until("nobody takes up the other session", () -> !client.has("/durable/gone"));
    assertEquals(List.of("/durable/ephemeral"), client.getEphemerals());
    Client younger = node.client();
    assertTrue(younger.getSessionId() != session && younger.getSessionId() != gone.getSessionId());
  }

  @Test
  void aChrootIsTheClientsWholeWorld() throws Exception {
    Client outside = node.client();
    outside.create("/app");
    outside.create("/app/one");
    Client inside = node.closing(
        Client.connect(node.connectString() + "/app/one", Client.SESSION_TIMEOUT_MILLIS));
    var events = new Events();

    inside.exists("/node", events);
    assertEquals("/node", inside.create("/node", "data", CreateMode.PERSISTENT));
    events.expect(EventType.NodeCreated, "/node");
    assertEquals("/s-0000000001", inside.create("/s-", "", CreateMode.EPHEMERAL_SEQUENTIAL));
    inside.addWatch("/", events, AddWatchMode.PERSISTENT_RECURSIVE);
    List<OpResult> results = inside.multi(List.of(
        Op.create("/multi", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT), Op.check("/node", 0)));
    events.expect(EventType.NodeCreated, "/multi");

    assertEquals(2, results.size());
    assertEquals(List.of("multi", "node", "s-0000000001"), inside.sortedChildren("/"));
    assertEquals("data", outside.read("/app/one/node"));
    assertEquals(3, inside.getAllChildrenNumber("/"));
    outside.setData("/app/one/node", bytes("new"), -1);
    events.expect(EventType.NodeDataChanged, "/node");
  }

  @Test
  void aChrootThatIsNotThereHoldsNothing() throws Exception {
    Client lost = node.closing(Client.connect(node.connectString() + "/nowhere", Client.SESSION_TIMEOUT_MILLIS));
    assertThrows(KeeperException.NoNodeException.class, () -> lost.create("/node"));
    assertEquals(null, lost.exists("/", false));
  }

  private static Client claim(Client owner, byte[] password) throws Exception {
    return node.closing(new Client(node.connectString(), new Events(), owner.getSessionId(), password));
  }
}
