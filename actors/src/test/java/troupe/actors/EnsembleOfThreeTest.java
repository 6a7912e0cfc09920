package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.persistence.JournalStore;
import troupe.persistence.JournalStores;
import troupe.session.Answer;
import troupe.tree.ErrorCode;

/** Three servers, each with its own actor system and disk, and between them links that only hand over. */
class EnsembleOfThreeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SERVERS = """
      troupe.ensemble.servers = [
        {id = 1, host = a, port = 1}, {id = 2, host = b, port = 1}, {id = 3, host = c, port = 1}]
      troupe.election { resend-after = 50ms, finalize-wait = 20ms }
      troupe.broadcast { heartbeat-interval = 50ms, sync-timeout = 2s, init-timeout = 5s }
      troupe.client.leader-wait = 1m
      pekko.actor.provider = local
      pekko.loglevel = OFF
      """;

  /** Nothing is kept in memory for learners, so that they are served from the disk. */
  private static final String FROM_DISK = "troupe.broadcast.recent-bytes = 1";

  /** The log is soon gone, so that learners are served from snapshots. */
  private static final String FROM_SNAPSHOTS = FROM_DISK + "\ntroupe.persistence.snapshot-every = 4";

  @TempDir Path directory;

  private final Map<ServerId, Node> running = new ConcurrentHashMap<>();

  /** Whose messages get lost, in both directions. */
  private final Set<ServerId> cutOff = ConcurrentHashMap.newKeySet();

  private String settings = "";

  /** One server. */
  private final class Node {
    final ServerId id;
    final ActorTestKit kit;
    final JournalStore journal;
    final ActorRef<Server.Command> server;
    final TestProbe<Server.Service> service;

    Node(int number) {
      id = new ServerId(number);
      Config config = ConfigFactory.parseMap(Map.of(
              "troupe.server-id", number,
              "troupe.persistence.data-dir", directory.resolve("server-" + number).toString()))
          .withFallback(ConfigFactory.parseString(settings))
          .withFallback(ConfigFactory.parseString(SERVERS))
          .withFallback(ConfigFactory.load());
      kit = ActorTestKit.create("server-" + number, config);
      journal = JournalStores.of(kit.system()).journal();
      server = kit.spawn(Server.create(
          ServerSettings.from(config.getConfig("troupe")),
          ServerFixture.SOURCES,
          journal,
          (to, message) -> deliver(id, to, message)));
      service = kit.createTestProbe();
      server.tell(new Server.Subscribe(service.getRef()));
    }

    /** The next time that it serves. */
    Server.Serving serving() {
      return assertInstanceOf(Server.Serving.class, service.fishForMessage(PATIENCE, heard ->
          heard instanceof Server.Serving
              ? FishingOutcomes.complete()
              : FishingOutcomes.continueAndIgnore()).getLast());
    }

    void awaitTheEndOfItsRole() {
      service.fishForMessage(PATIENCE, heard -> heard instanceof Server.NotServing
          ? FishingOutcomes.complete()
          : FishingOutcomes.continueAndIgnore());
    }

    void awaitNode(Server.Serving serving, String path) {
      service.awaitAssert(PATIENCE, () -> {
        assertTrue(serving.published().get().find(path).isPresent(), path + " at server " + id);
        return Done.getInstance();
      });
    }
  }

  private void deliver(ServerId from, ServerId to, PeerMessage message) {
    if (!cutOff.contains(from) && !cutOff.contains(to)) {
      Optional.ofNullable(running.get(to)).ifPresent(node -> node.server.tell(new Server.FromPeer(message)));
    }
  }

  private Node start(int number) {
    Node node = new Node(number);
    running.values().forEach(other -> other.server.tell(new Server.PeerFound(node.id)));
    running.put(node.id, node);
    return node;
  }

  /** Without a farewell, as a process that is killed. */
  private void kill(Node node) {
    running.remove(node.id);
    lose(node);
    node.kit.shutdownTestKit();
  }

  private void lose(Node node) {
    running.values().stream().filter(other -> other != node)
        .forEach(other -> other.server.tell(new Server.PeerLost(node.id)));
  }

  @AfterEach
  void end() {
    Set.copyOf(running.values()).forEach(node -> {
      running.remove(node.id);
      node.kit.shutdownTestKit();
    });
  }

  /** All that serve, by what they are. */
  private static Map<Server.Mode, Map<Node, Server.Serving>> roles(Node... nodes) {
    Map<Server.Mode, Map<Node, Server.Serving>> roles = new HashMap<>();
    for (Node node : nodes) {
      Server.Serving serving = node.serving();
      roles.computeIfAbsent(serving.office().mode(), mode -> new HashMap<>()).put(node, serving);
    }
    return roles;
  }

  /** No client is ever let in to a server that has not caught up. */
  private static void assertSeesAtOnce(Server.Serving serving, String path) throws Exception {
    assertInstanceOf(Answer.Node.class, ClientOfTests.open(serving).read(path), path);
  }

  private static <K, V> Map.Entry<K, V> one(Map<K, V> map) {
    return map.entrySet().iterator().next();
  }

  @Test
  void oneLeadsAndWhatAFollowersClientWritesIsSeenEverywhere() throws Exception {
    Node[] nodes = {start(1), start(2), start(3)};
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(nodes);
    assertEquals(1, roles.get(Server.Mode.LEADER).size());
    assertEquals(2, roles.get(Server.Mode.FOLLOWER).size());
    Set<Long> epochs = new HashSet<>();
    roles.values().forEach(some -> some.values().forEach(serving -> epochs.add(serving.office().epoch())));
    assertEquals(1, epochs.size());
    ClientOfTests client = ClientOfTests.open(one(roles.get(Server.Mode.FOLLOWER)).getValue());
    client.create("/a");
    assertInstanceOf(Answer.Node.class, client.read("/a"), "its own write");
    roles.values().forEach(some -> some.forEach((node, serving) -> node.awaitNode(serving, "/a")));
  }

  @Test
  void aSyncAtOneFollowerShowsWhatWasWrittenThroughAnother() throws Exception {
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(start(1), start(2), start(3));
    List<Server.Serving> followers = List.copyOf(roles.get(Server.Mode.FOLLOWER).values());
    ClientOfTests writer = ClientOfTests.open(followers.get(0));
    ClientOfTests reader = ClientOfTests.open(followers.get(1));
    for (int i = 0; i < 20; i++) {
      writer.create("/n" + i);
      reader.sync();
      assertInstanceOf(Answer.Node.class, reader.read("/n" + i));
    }
  }

  @Test
  void aFollowerThatWasAwayCatchesUpFromTheLogOnTheDisk() throws Exception {
    settings = FROM_DISK;
    Node one = start(1);
    Node two = start(2);
    Server.Serving at = one.serving();
    two.serving();
    ClientOfTests client = ClientOfTests.open(at);
    for (int i = 0; i < 10; i++) {
      client.create("/n" + i);
    }
    Node three = start(3);
    Server.Serving serving = three.serving();
    assertEquals(Server.Mode.FOLLOWER, serving.office().mode());
    assertSeesAtOnce(serving, "/n9");
    kill(three);
    for (int i = 10; i < 20; i++) {
      client.create("/n" + i);
    }
    Server.Serving again = start(3).serving();
    assertSeesAtOnce(again, "/n19");
  }

  @Test
  void anEmptyServerGetsASnapshotWhereTheLogIsGone() throws Exception {
    settings = FROM_SNAPSHOTS;
    Node one = start(1);
    Node two = start(2);
    Server.Serving first = one.serving();
    Server.Serving second = two.serving();
    Node leader = first.office().mode() == Server.Mode.LEADER ? one : two;
    Server.Serving at = first.office().mode() == Server.Mode.LEADER ? first : second;
    ClientOfTests client = ClientOfTests.open(at);
    int written = 0;
    while (leader.journal.deletedTo("transaction-log") == 0) {
      client.create("/n" + written++);
    }
    Node three = start(3);
    Server.Serving serving = three.serving();
    assertSeesAtOnce(serving, "/n" + (written - 1));
    client.create("/after");
    three.awaitNode(serving, "/after");
    kill(three);
    client.create("/away");
    Server.Serving again = start(3).serving();
    assertSeesAtOnce(again, "/away"); // from the snapshot that it was sent, and the log since
    assertSeesAtOnce(again, "/n0");
  }

  @Test
  void aLeaderThatLacksOnlyTheServerWhichTakesItsSnapshotNeedNotBeElectedAgain() throws Exception {
    settings = FROM_SNAPSHOTS;
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(start(1), start(2));
    Node leader = one(roles.get(Server.Mode.LEADER)).getKey();
    Server.Serving at = one(roles.get(Server.Mode.LEADER)).getValue();
    ClientOfTests client = ClientOfTests.open(at);
    for (int i = 0; leader.journal.deletedTo("transaction-log") == 0; i++) {
      client.create("/n" + i);
    }
    kill(one(roles.get(Server.Mode.FOLLOWER)).getKey());
    kill(leader);
    Node three = start(3); // empty
    Server.Serving again = start((int) leader.id.value()).serving();
    assertEquals(Server.Mode.LEADER, again.office().mode());
    assertEquals(at.office().epoch() + 1, again.office().epoch());
    assertSeesAtOnce(three.serving(), "/n0");
  }

  @Test
  void whatALeaderProposedToNobodyIsGivenUpWhenItComesBack() throws Exception {
    givesUp(ClientOfTests::hangUp, false);
  }

  @Test
  void butItIsDoneByItsSuccessorForAClientThatHasStayed() throws Exception {
    givesUp(client -> {}, true);
  }

  private void givesUp(Consumer<ClientOfTests> meanwhile, boolean lostIsDone) throws Exception {
    Node[] nodes = {start(1), start(2), start(3)};
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(nodes);
    Node old = one(roles.get(Server.Mode.LEADER)).getKey();
    Server.Serving oldServing = one(roles.get(Server.Mode.LEADER)).getValue();
    Node[] others = roles.get(Server.Mode.FOLLOWER).keySet().toArray(Node[]::new);
    ClientOfTests client = ClientOfTests.open(oldServing);
    client.create("/before");
    long logged = old.journal.highestSequenceNr("transaction-log");

    cutOff.add(old.id);
    client.send("/lost");
    old.service.awaitAssert(PATIENCE, () -> {
      assertTrue(old.journal.highestSequenceNr("transaction-log") > logged);
      return Done.getInstance();
    });
    lose(old);
    Map<Server.Mode, Map<Node, Server.Serving>> after = roles(others);
    Server.Serving now = one(after.get(Server.Mode.LEADER)).getValue();
    assertTrue(now.office().epoch() > oldServing.office().epoch());
    ClientOfTests.open(now).create("/instead");
    old.awaitTheEndOfItsRole();
    meanwhile.accept(client);

    cutOff.clear();
    Server.Serving back = old.serving();
    assertEquals(Server.Mode.FOLLOWER, back.office().mode());
    assertSeesAtOnce(back, "/before");
    assertSeesAtOnce(back, "/instead");
    if (lostIsDone) {
      client.expectCreated();
    }
    assertEquals(lostIsDone, back.published().get().find("/lost").isPresent());
    kill(old);
    Server.Serving restarted = start(old.id.value()).serving();
    assertSeesAtOnce(restarted, "/instead");
    assertEquals(lostIsDone, restarted.published().get().find("/lost").isPresent());
  }

  @Test
  void sessionsAndTheirEphemeralNodesOutliveTheLeader() throws Exception {
    Node[] nodes = {start(1), start(2), start(3)};
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(nodes);
    ClientOfTests atLeader = ClientOfTests.open(one(roles.get(Server.Mode.LEADER)).getValue());
    ClientOfTests atFollower = ClientOfTests.open(one(roles.get(Server.Mode.FOLLOWER)).getValue());
    atLeader.createEphemeral("/of-the-leaders-client");
    atFollower.createEphemeral("/of-the-followers-client");
    Node[] others = roles.get(Server.Mode.FOLLOWER).keySet().toArray(Node[]::new);
    kill(one(roles.get(Server.Mode.LEADER)).getKey());
    Map<Server.Mode, Map<Node, Server.Serving>> after = roles(others);
    ClientOfTests first = atLeader.resume(one(after.get(Server.Mode.FOLLOWER)).getValue());
    ClientOfTests second = atFollower.resume(one(after.get(Server.Mode.LEADER)).getValue());
    for (ClientOfTests each : List.of(first, second)) {
      assertInstanceOf(Answer.Node.class, each.read("/of-the-leaders-client"));
      assertInstanceOf(Answer.Node.class, each.read("/of-the-followers-client"));
    }
    first.create("/more");
  }

  @Test
  void sessionsOutliveTheEndOfTheZxids() throws Exception {
    settings = "troupe.broadcast.max-epoch-length = 4";
    Node[] nodes = {start(1), start(2), start(3)};
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(nodes);
    ClientOfTests client = ClientOfTests.open(one(roles.get(Server.Mode.FOLLOWER)).getValue());
    client.createEphemeral("/mine");
    client.create("/third");
    client.create("/fourth");
    client.send("/one-too-many");
    Map<Server.Mode, Map<Node, Server.Serving>> after = roles(nodes);
    Server.Serving leader = one(after.get(Server.Mode.LEADER)).getValue();
    assertTrue(leader.office().epoch() > one(roles.get(Server.Mode.LEADER)).getValue().office().epoch());
    ClientOfTests again = client.resume(one(after.get(Server.Mode.FOLLOWER)).getValue());
    assertInstanceOf(Answer.Node.class, again.read("/mine"));
    assertInstanceOf(Answer.Node.class, again.read("/fourth"));
    again.create("/more");
  }

  @Test
  void aSessionThatMovesLeavesItsOldConnection() throws Exception {
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(start(1), start(2), start(3));
    List<Server.Serving> followers = List.copyOf(roles.get(Server.Mode.FOLLOWER).values());
    ClientOfTests here = ClientOfTests.open(followers.get(0));
    here.createEphemeral("/mine");
    ClientOfTests there = here.resume(followers.get(1));
    assertTrue(here.awaitClosed().contains("moved"), here.awaitClosed());
    assertInstanceOf(Answer.Node.class, there.read("/mine"));
    there.create("/more");
    assertEquals(new Answer.Failed(ErrorCode.NO_NODE), there.read("/none"));
  }

  @Test
  void aLeaderThatHandsOverFollowsAnother() throws Exception {
    Node[] nodes = {start(1), start(2), start(3)};
    Node leader = one(roles(nodes).get(Server.Mode.LEADER)).getKey();
    leader.server.tell(new Server.HandOver());
    for (Node node : nodes) {
      node.awaitTheEndOfItsRole();
    }
    Map<Server.Mode, Map<Node, Server.Serving>> after = roles(nodes);
    assertTrue(after.get(Server.Mode.FOLLOWER).containsKey(leader), "the same server leads again");
    ClientOfTests.open(after.get(Server.Mode.FOLLOWER).get(leader)).create("/a");
  }

  @Test
  void aLeaderThatRetiresHandsOverAtOnce() throws Exception {
    Node[] nodes = {start(1), start(2), start(3)};
    Map<Server.Mode, Map<Node, Server.Serving>> roles = roles(nodes);
    Node leader = one(roles.get(Server.Mode.LEADER)).getKey();
    Node[] others = roles.get(Server.Mode.FOLLOWER).keySet().toArray(Node[]::new);
    TestProbe<Done> retired = leader.kit.createTestProbe();
    leader.server.tell(new Server.Retire(retired.getRef()));
    retired.expectMessage(PATIENCE, Done.getInstance());
    kill(leader);
    Map<Server.Mode, Map<Node, Server.Serving>> after = roles(others);
    assertEquals(Set.of(Server.Mode.LEADER, Server.Mode.FOLLOWER), after.keySet());
    ClientOfTests.open(one(after.get(Server.Mode.FOLLOWER)).getValue()).create("/a");
  }
}
