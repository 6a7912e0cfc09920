package troupe.links;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import troupe.links.LifeLines.PeerFound;
import troupe.links.LifeLines.PeerLost;
import troupe.loops.CoreLoop;

/** A server's lanes over real connections; where it matters what the other end does, the test is that end. */
class LanesTest {
  private static final String HOST = "127.0.0.1";
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final Conversation CONVERSATION = new Conversation(7);
  private static final int MAX_FRAME = 64 << 10;
  private static final int MAX_UNREAD = 1 << 20;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final LinkSettings SETTINGS =
      new LinkSettings(Optional.empty(), Duration.ofMillis(5), Duration.ofMillis(40));

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private final CoreLoop core = new CoreLoop();
  private final Map<ServerId, Lanes> lanes = Map.of(
      ONE, new Lanes(core, MAX_FRAME, MAX_UNREAD), TWO, new Lanes(core, MAX_FRAME, MAX_UNREAD));
  private final Map<ServerId, TestProbe<PeerMessage>> heard = new HashMap<>();
  private final Map<ServerId, TestProbe<LifeLines.Event>> events = new HashMap<>();
  private List<Member> members;

  @BeforeEach
  void chooseFreePorts() throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getByName(HOST));
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      members = List.of(
          new Member(ONE, Role.VOTER, HOST, 1, one.getLocalPort()),
          new Member(TWO, Role.VOTER, HOST, 2, two.getLocalPort()));
    }
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    lanes.values().forEach(Lanes::close);
    core.close();
  }

  @Test
  void whatIsSaidArrivesInOrderOnceTheOtherIsFound() {
    start(ONE);
    start(TWO);
    assertEquals(new PeerFound(TWO), events.get(ONE).receiveMessage(LONG));
    List<PeerMessage> said = IntStream.range(1, 1000).mapToObj(number -> ping(ONE, number)).toList();
    Lane lane = lanes.get(ONE).to(TWO).orElseThrow();
    said.forEach(lane::send);
    said.forEach(message -> assertEquals(message, heard.get(TWO).receiveMessage(LONG)));
  }

  @Test
  void whatComesInPartsIsHandedOnAsAWhole() {
    start(ONE);
    start(TWO);
    assertEquals(new PeerFound(TWO), events.get(ONE).receiveMessage(LONG));
    Map<Long, Integer> manySessions = new HashMap<>();
    IntStream.range(0, 10_000).forEach(id -> manySessions.put((long) id, 0));
    PeerMessage large = new FromLearner(ONE, CONVERSATION, 1, new FromLearner.Touch(manySessions));
    byte[] bytes = PeerCodec.encode(large);
    assertTrue(bytes.length > MAX_FRAME);
    Lane lane = lanes.get(ONE).to(TWO).orElseThrow();
    Part.split(ONE, 5, ByteString.copyFrom(bytes), MAX_FRAME / 2).forEach(lane::send);
    assertEquals(large, heard.get(TWO).receiveMessage(LONG));
  }

  @Test
  void anOlderServerIsGreetedInItsWayAndHasNoLane() throws IOException {
    try (ServerSocket port = portOfTwo()) {
      start(ONE);
      try (Socket first = port.accept()) {
        assertEquals(greeting(Greeting.Form.LANE, ONE), line(first));
      } // which an older server does not know
      try (Socket second = port.accept()) {
        assertEquals(greeting(Greeting.Form.LIFE_LINE, ONE), line(second));
        say(second, greeting(Greeting.Form.LIFE_LINE, TWO));
        assertEquals(new PeerFound(TWO), events.get(ONE).receiveMessage(LONG));
        assertTrue(lanes.get(ONE).to(TWO).isEmpty());
      }
      assertEquals(new PeerLost(TWO), events.get(ONE).receiveMessage(LONG));
      try (Socket next = port.accept()) {
        assertEquals(greeting(Greeting.Form.LANE, ONE), line(next), "it may be a newer one now");
      }
    }
  }

  @Test
  void whoeverDoesNotReadLosesMessagesAndNotTheConnection() throws Exception {
    try (ServerSocket port = portOfTwo()) {
      start(ONE);
      try (Socket peer = port.accept()) {
        line(peer);
        say(peer, greeting(Greeting.Form.LANE, TWO));
        events.get(ONE).receiveMessage(LONG);
        Lane lane = lanes.get(ONE).to(TWO).orElseThrow();
        warned("server 2 does not read what it is sent", () -> {
          core.loop().submit(() -> IntStream.range(0, 1_000_000).forEach(number -> lane.send(ping(ONE, number))))
              .syncUninterruptibly();
          return true;
        });
        peer.setSoTimeout((int) LONG.toMillis());
        // Until there is room, what is said is lost; then it arrives.
        PeerMessage last = ping(ONE, 1_000_001);
        byte[] expected = PeerCodec.encode(last);
        DataInputStream in = new DataInputStream(peer.getInputStream());
        byte[] frame;
        int frames = 0;
        do {
          lane.send(last);
          frame = in.readNBytes(in.readInt());
          frames++;
        } while (!Arrays.equals(expected, frame));
        assertTrue(frames < 1_000_000, "some are lost");
        events.get(ONE).expectNoMessage(Duration.ofMillis(20));
      }
    }
  }

  @Test
  void whatIsNoMessageIsDroppedAndTheNextOneHeard() throws IOException {
    start(ONE);
    try (Socket peer = arrive()) {
      DataOutputStream out = new DataOutputStream(peer.getOutputStream());
      warned("server 2 has sent something that is dropped", () -> {
        frame(out, new byte[] {1, 2, 3});
        frame(out, new byte[0]);
        frame(out, PeerCodec.encode(ping(TWO, 1)));
        return heard.get(ONE).receiveMessage(LONG);
      });
    }
  }

  @Test
  void whoeverSpeaksForAnotherIsClosed() throws IOException {
    start(ONE);
    try (Socket peer = arrive()) {
      warned("a message in the name of server 1", () -> {
        frame(new DataOutputStream(peer.getOutputStream()), PeerCodec.encode(ping(ONE, 1)));
        return assertClosed(peer);
      });
    }
  }

  @Test
  void aFrameBeyondTheLimitClosesTheConnection() throws IOException {
    start(ONE);
    for (int length : new int[] {MAX_FRAME + 1, -1}) {
      try (Socket peer = arrive()) {
        warned("a message of " + length + " bytes; the most is " + MAX_FRAME, () -> {
          new DataOutputStream(peer.getOutputStream()).writeInt(length);
          return assertClosed(peer);
        });
      }
    }
  }

  @Test
  void whoeverConnectsAgainIsHeardByTheNewConnectionAlone() throws IOException {
    start(ONE);
    try (Socket older = arrive()) {
      Socket newer = new Socket();
      warned("server 2 connects again", () -> {
        newer.connect(new InetSocketAddress(HOST, members.getFirst().lifeLinePort()));
        greet(newer);
        return assertClosed(older);
      });
      try (newer) {
        frame(new DataOutputStream(newer.getOutputStream()), PeerCodec.encode(ping(TWO, 1)));
        assertEquals(ping(TWO, 1), heard.get(ONE).receiveMessage(LONG));
      }
    }
  }

  @Test
  void aServerThatArrivesIsConnectedToAtOnce() throws IOException {
    LinkSettings patient = new LinkSettings(Optional.empty(), Duration.ofHours(1), Duration.ofHours(1));
    try (ServerSocket port = portOfTwo()) {
      warned("server 2 at " + HOST + ":" + port.getLocalPort() + " closes the connection", () -> {
        start(ONE, patient);
        for (Greeting.Form form : List.of(Greeting.Form.LANE, Greeting.Form.LIFE_LINE)) {
          try (Socket refused = port.accept()) {
            assertEquals(greeting(form, ONE), line(refused));
          }
        }
        return true;
      });
      try (Socket knock = arrive(); Socket answer = port.accept()) {
        assertEquals(greeting(Greeting.Form.LANE, ONE), line(answer));
        assertTrue(knock.isConnected());
      }
    }
  }

  private void start(ServerId self) {
    start(self, SETTINGS);
  }

  private void start(ServerId self, LinkSettings settings) {
    heard.put(self, kit.createTestProbe());
    events.put(self, kit.createTestProbe());
    kit.spawn(LifeLines.create(ensemble(self), settings, lanes.get(self), heard.get(self).ref()::tell, new Random(1),
        events.get(self).ref()));
  }

  private Ensemble ensemble(ServerId self) {
    return Ensemble.ofMajority(self, members);
  }

  private ServerSocket portOfTwo() throws IOException {
    return new ServerSocket(members.get(1).lifeLinePort(), 8, InetAddress.getByName(HOST));
  }

  /** As server 2, at server 1's port, with the greetings exchanged. */
  private Socket arrive() throws IOException {
    Socket socket = connect(members.getFirst().lifeLinePort());
    greet(socket);
    return socket;
  }

  private void greet(Socket socket) throws IOException {
    say(socket, greeting(Greeting.Form.LANE, TWO));
    assertEquals(greeting(Greeting.Form.LANE, ONE), line(socket));
  }

  /** The port may open a moment later. */
  private static Socket connect(int port) throws IOException {
    long patience = System.nanoTime() + LONG.toNanos();
    while (true) {
      try {
        return new Socket(HOST, port);
      } catch (IOException notYet) {
        if (System.nanoTime() > patience) {
          throw notYet;
        }
        Thread.onSpinWait();
      }
    }
  }

  private String greeting(Greeting.Form form, ServerId of) {
    return Greeting.of(form, ensemble(of)).line();
  }

  private static String line(Socket socket) throws IOException {
    socket.setSoTimeout((int) LONG.toMillis());
    StringBuilder line = new StringBuilder();
    while (line.isEmpty() || line.charAt(line.length() - 1) != '\n') {
      line.append((char) socket.getInputStream().read());
    }
    return line.toString();
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write(line.getBytes(US_ASCII));
  }

  private static void frame(DataOutputStream out, byte[] content) throws IOException {
    out.writeInt(content.length);
    out.write(content);
  }

  private static boolean assertClosed(Socket socket) throws IOException {
    try {
      assertEquals(-1, socket.getInputStream().read());
    } catch (SocketException reset) {
      return true;
    }
    return true;
  }

  /** What the action gives, once there was one such warning. */
  private <T> T warned(String text, Callable<T> action) {
    return LoggingTestKit.warn(text).withOccurrences(1).expect(kit.system(), () -> {
      try {
        return action.call();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private static PeerMessage ping(ServerId from, long number) {
    return from.equals(ONE)
        ? new FromLeader(from, CONVERSATION, number, new FromLeader.Commit(new Zxid(1, 1)))
        : new FromLeader(from, CONVERSATION, number, new FromLeader.Ping());
  }
}
