package troupe.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.Props;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import troupe.broadcast.Conversation;
import troupe.broadcast.FromLeader;
import troupe.broadcast.FromLearner;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.loops.CoreLoop;
import troupe.persistence.Batch;
import troupe.tree.Change;
import troupe.tree.Transaction;

/** Two servers' links in one process, over real connections. */
class RemoteLinksTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final Conversation CONVERSATION = new Conversation(7);
  private static final int FRAME = 64 << 10;

  private final Map<ServerId, ActorTestKit> kits = new HashMap<>();
  private final CoreLoop core = new CoreLoop();
  private final Lanes lanes = new Lanes(core, FRAME, 16 * FRAME);

  @AfterEach
  void shutDown() {
    kits.values().forEach(ActorTestKit::shutdownTestKit);
    lanes.close();
    core.close();
  }

  private List<Member> start() throws IOException {
    List<Member> members = new ArrayList<>();
    for (ServerId id : List.of(ONE, TWO)) {
      int port = freePort();
      members.add(new Member(id, Role.VOTER, "127.0.0.1", port, port + 1));
      kits.put(id, ActorTestKit.create("RemoteLinksTest", config(port)));
    }
    return members;
  }

  /** Else a server that others spoke to while it started is deaf to them from a minute later on, for as long as it lives. */
  @Test
  void whoeverWasSpokenToBeforeItListenedHearsAllTheSame() throws IOException {
    List<Member> members = start();
    RemoteLinks links = new RemoteLinks(kits.get(ONE).system(), Ensemble.ofMajority(ONE, members), lanes);
    TestProbe<PeerMessage> heard = kits.get(TWO).createTestProbe();
    PeerMessage message = new FromLeader(ONE, CONVERSATION, 1, new FromLeader.Ping());
    for (int i = 0; i < 100; i++) { // long enough for Pekko to think of a short name for the path
      links.send(TWO, message);
      heard.expectNoMessage(Duration.ofMillis(20));
    }
    kits.get(TWO).spawn(RemoteLinks.receiver(Set.of(ONE), heard.getRef()::tell), RemoteLinks.NAME, Props.empty());
    links.send(TWO, message);
    heard.expectMessage(Duration.ofSeconds(20), message);
  }

  @Test
  void whatIsTooLargeForAFrameArrivesWholeAndInItsPlace() throws IOException {
    List<Member> members = start();
    TestProbe<PeerMessage> heard = kits.get(TWO).createTestProbe();
    kits.get(TWO).spawn(RemoteLinks.receiver(Set.of(ONE), heard.getRef()::tell), RemoteLinks.NAME, Props.empty());
    RemoteLinks links = new RemoteLinks(kits.get(ONE).system(), Ensemble.ofMajority(ONE, members), lanes);

    Map<Long, Integer> manySessions = new HashMap<>();
    IntStream.range(0, 50_000).forEach(id -> manySessions.put((long) id, 0));
    List<PeerMessage> messages = List.of(
        new FromLeader(ONE, CONVERSATION, 1, new FromLeader.Ping()),
        new FromLeader(ONE, CONVERSATION, 2, new FromLeader.Propose(Zxid.ZERO, endOfSession(50_000))),
        new FromLeader(ONE, CONVERSATION, 3, new FromLeader.Commit(new Zxid(1, 1))),
        new FromLearner(ONE, CONVERSATION, 4, new FromLearner.Touch(manySessions)),
        new FromLeader(ONE, CONVERSATION, 5, new FromLeader.Ping()));
    assertTrue(endOfSession(50_000).encoded().size() > 10 * FRAME);
    messages.forEach(message -> links.send(TWO, message));
    for (PeerMessage message : messages) {
      assertEquals(message, heard.receiveMessage(Duration.ofSeconds(20)));
    }
  }

  @Test
  void aMessageThatMissesAPartIsLostAndNoOther() {
    List<PeerMessage> heard = new ArrayList<>();
    BehaviorTestKit<PeerMessage> receiver = BehaviorTestKit.create(RemoteLinks.receiver(Set.of(ONE, TWO), heard::add));
    PeerMessage message =
        new FromLeader(ONE, CONVERSATION, 2, new FromLeader.Propose(Zxid.ZERO, endOfSession(1_000)));
    ByteString whole = ByteString.copyFrom(PeerCodec.encode(message));
    int size = whole.size() / 4 + 1;
    Random random = new Random(1);
    for (int missing = 0; missing < 4; missing++) {
      List<Part> some = new ArrayList<>(Part.split(ONE, random.nextLong(), whole, size));
      assertEquals(4, some.size());
      some.remove(missing);
      some.forEach(receiver::run);
      assertEquals(List.of(), heard);
    }
    Part.split(TWO, 1, whole, size).subList(0, 2).forEach(receiver::run); // another server's is another matter
    Part.split(ONE, random.nextLong(), whole, size).forEach(receiver::run);
    assertEquals(List.of(message), heard);
  }

  @Test
  void aServerThatIsNotOfTheEnsembleIsNotListenedTo() {
    List<PeerMessage> heard = new ArrayList<>();
    BehaviorTestKit<PeerMessage> receiver = BehaviorTestKit.create(RemoteLinks.receiver(Set.of(TWO), heard::add));
    PeerMessage known = new FromLeader(TWO, CONVERSATION, 1, new FromLeader.Ping());
    for (PeerMessage message : List.of(new FromLeader(ONE, CONVERSATION, 1, new FromLeader.Ping()), known)) {
      receiver.run(message);
    }
    assertEquals(List.of(known), heard);
  }

  private static Batch endOfSession(int ephemerals) {
    List<String> paths = IntStream.range(0, ephemerals).mapToObj(number -> "/workers/worker-" + number).toList();
    return Batch.of(List.of(new Transaction(new Zxid(1, 1), 5, 0, 0, new Change.SessionClosed(paths))), 9);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Config config(int port) {
    return ConfigFactory.parseMap(Map.of(
            "pekko.actor.provider", "remote",
            "pekko.remote.artery.transport", "tcp",
            "pekko.remote.artery.canonical.hostname", "127.0.0.1",
            "pekko.remote.artery.canonical.port", port,
            "pekko.remote.artery.advanced.maximum-frame-size", FRAME,
            "pekko.remote.artery.advanced.compression.actor-refs.advertisement-interval", "200ms"))
        .withFallback(ConfigFactory.load());
  }
}
