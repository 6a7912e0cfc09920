package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.proto.ConnectRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three voters and an observer are one service: what a client may expect of any of them. */
class EnsembleServiceTest {
  private static final int OBSERVER = 4;
  private static final int PASSWORD_LENGTH = 16;
  private static final int ROUNDS = 300;

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 1);

  @Test
  void eachServerSaysWhatItIs() {
    int leader = ensemble.servers().awaitLeader();
    assertTrue(leader < OBSERVER);
    ensemble.servers().modes().forEach((id, mode) -> assertEquals(
        id == OBSERVER ? "observer" : id == leader ? "leader" : "follower", mode, "server " + id));
  }

  @Test
  void eachServerTellsOfTheOthers() {
    for (int id : ensemble.servers().ids()) {
      assertEquals("3", figure(id, "zk_quorum_size"));
      assertTrue(figure(id, "zk_peer_state").endsWith(" - broadcast"));
      String role = id == OBSERVER ? "1" : "0";
      List<String> configuration = word(id, "conf").lines().toList();
      assertTrue(configuration.contains("peerType=" + role), configuration.toString());
      assertEquals(4, configuration.stream()
          .filter(line -> line.matches("server\\.\\d=.*:(participant|observer)")).count());
    }
  }

  private static String figure(int id, String key) {
    return word(id, "mntr").lines()
        .filter(line -> line.startsWith(key + "\t")).findFirst().orElseThrow().split("\t")[1];
  }

  private static String word(int id, String word) {
    NodeSettings server = ensemble.servers().server(id).settings();
    return RawClient.fourLetterWord(new InetSocketAddress(server.host(), server.clientPort()), word);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, OBSERVER})
  void whatOneServerWasToldAllOthersKnow(int id) throws Exception {
    String path = "/told-" + id;
    try (Client writer = client(id)) {
      writer.create(path, "by " + id, CreateMode.PERSISTENT);
      for (int other : ensemble.servers().others(id)) {
        try (Client reader = client(other)) {
          reader.fence();
          assertEquals("by " + id, reader.read(path));
        }
      }
    }
  }

  @Test
  void aWatchFiresOnOneServerForWhatAnotherWasTold() throws Exception {
    try (Client watcher = client(OBSERVER); Client writer = client(1)) {
      writer.create("/watched");
      watcher.fence();
      assertTrue(watcher.exists("/watched", true) != null);
      writer.setData("/watched", Client.bytes("x"), -1);
      watcher.events().expect(EventType.NodeDataChanged, "/watched");
      assertEquals("x", watcher.read("/watched"));
    }
  }

  @Test
  void observersAreNoPartOfTheQuorum() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    int leader = servers.awaitLeader();
    int follower = servers.follower();
    servers.kill(leader);
    servers.kill(follower);
    Await.untilEqual("nobody serves", Map.of(), servers::modes);
    servers.launchDead();
    servers.awaitServing().awaitLeader();
  }

  @Test
  void theLossOfAnObserverHoldsNobodyUp() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    int leader = servers.awaitLeader();
    try (Client client = client(leader)) {
      servers.kill(OBSERVER);
      client.create("/without-observer", "", CreateMode.PERSISTENT);
      servers.launchDead();
      servers.awaitServing();
      try (Client reader = client(OBSERVER)) {
        reader.fence();
        assertTrue(reader.has("/without-observer"));
      }
      assertEquals(leader, servers.awaitLeader());
    }
  }

  @Test
  void aClientThatHasSeenMoreThanAServerIsNotLetIn() {
    for (int id : ensemble.servers().ids()) {
      NodeSettings server = ensemble.servers().server(id).settings();
      try (var client = RawClient.open(new InetSocketAddress(server.host(), server.clientPort()))) {
        assertEquals(
            Optional.empty(),
            client.shakeHands(new ConnectRequest(0, Long.MAX_VALUE, 10_000, 0, new byte[PASSWORD_LENGTH], false)),
            "server " + id);
      }
    }
  }

  @Test
  void aSessionOutlivesTheServersThatItWasConnectedTo() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    int leader = servers.awaitLeader();
    int follower = servers.follower();
    for (int lost : List.of(leader, follower)) {
      try (Client first = client(lost)) {
        first.create("/survivor", "", CreateMode.EPHEMERAL);
        servers.kill(lost);
        int other = servers.follower();
        try (Client second = new Client(
            servers.server(other).connectString(), new Events(), first.getSessionId(), first.getSessionPasswd())) {
          second.awaitConnected();
          assertEquals(first.getSessionId(), second.getSessionId());
          assertEquals(first.getSessionId(), second.exists("/survivor", false).getEphemeralOwner());
          second.delete("/survivor", -1);
        }
        first.vanish();
      }
      servers.launchDead();
      servers.awaitServing();
    }
  }

  /**
   * ZooKeeper's servers close all connections then. Each write here is for the version that the one before it made, and a
   * watch counts them: none may be lost, done twice, or out of order, and no event may be missing.
   */
  @Test
  void clientsOfOtherServersDoNotNoticeTheLossOfTheLeader() throws Exception {
    assumeTrue(Subject.chosen() == Subject.TROUPE, "Troupe's clients stay");
    EnsembleUnderTest servers = ensemble.servers();
    int leader = servers.awaitLeader();
    Map<Integer, Client> clients = new TreeMap<>();
    for (int id : servers.others(leader)) {
      clients.put(id, client(id));
    }
    Map<Integer, List<CompletableFuture<Integer>>> writes = new TreeMap<>();
    for (int id : clients.keySet()) {
      Client client = clients.get(id);
      client.create("/stays-" + id);
      client.addWatch("/stays-" + id, AddWatchMode.PERSISTENT);
      writes.put(id, new ArrayList<>());
    }
    for (int round = 0; round < ROUNDS; round++) {
      if (round == ROUNDS / 3) {
        servers.kill(leader);
      }
      if (round == 2 * ROUNDS / 3) {
        servers.awaitLeader();
      }
      for (int id : clients.keySet()) {
        writes.get(id).add(write(clients.get(id), "/stays-" + id, writes.get(id).size()));
      }
    }
    for (int id : clients.keySet()) {
      Client client = clients.get(id);
      for (CompletableFuture<Integer> write : writes.get(id)) {
        assertEquals(KeeperException.Code.OK.intValue(), Await.get(write), "at server " + id);
      }
      assertEquals(ROUNDS, client.exists("/stays-" + id, false).getVersion());
      client.fence();
      assertEquals(Collections.nCopies(ROUNDS, "NodeDataChanged /stays-" + id), client.events().soFar());
      assertEquals(0, client.events().disconnections(), "at server " + id);
      client.close();
    }
    servers.launchDead();
    servers.awaitServing();
  }

  private static CompletableFuture<Integer> write(Client client, String path, int version) {
    var done = new CompletableFuture<Integer>();
    client.setData(path, new byte[100], version, (code, of, context, stat) -> done.complete(code), null);
    return done;
  }

  @Test
  void ephemeralsGoEverywhereWhenTheirSessionEnds() throws Exception {
    try (Client witness = client(OBSERVER)) {
      try (Client client = client(1)) {
        client.create("/gone", "", CreateMode.EPHEMERAL);
        witness.fence();
        assertTrue(witness.has("/gone"));
      }
      witness.fence();
      assertFalse(witness.has("/gone"));
    }
  }

  /** The transaction that ends the session names all of them: more than what servers tell each other at a time. */
  @Test
  void soDoVeryMany() throws Exception {
    int inOneMulti = 100;
    String longName = "x".repeat(1_000);
    List<Client> witnesses = new ArrayList<>();
    for (int id : ensemble.servers().ids()) {
      witnesses.add(client(id));
    }
    witnesses.getFirst().create("/many");
    try (Client client = client(1)) {
      for (int multi = 0; multi < 30; multi++) {
        client.multi(IntStream.range(0, inOneMulti)
            .mapToObj(n -> Op.create(
                "/many/" + longName, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL))
            .toList());
      }
    }
    for (Client witness : witnesses) {
      witness.fence();
      assertEquals(List.of(), witness.getChildren("/many", false));
      assertEquals(0, witness.events().disconnections(), "no server had to begin anew");
      witness.close();
    }
  }

  private static Client client(int id) throws Exception {
    return Client.connect(ensemble.servers().server(id).connectString(), Client.SESSION_TIMEOUT_MILLIS);
  }
}
