package troupe.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.ServerId;
import troupe.links.LifeLines.PeerFound;
import troupe.links.LifeLines.PeerLost;
import troupe.loops.CoreLoop;

/** Several servers' life lines in one process, over real connections. */
class LifeLinesTest {
  private static final String HOST = "127.0.0.1";
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final int MAX_FRAME = 64 << 10;
  private static final int MAX_UNREAD = 1 << 20;
  private static final LinkSettings SETTINGS =
      new LinkSettings(Optional.empty(), Duration.ofMillis(5), Duration.ofMillis(40));

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private final CoreLoop core = new CoreLoop();
  private final List<Lanes> opened = new ArrayList<>();
  private List<Member> members;

  /** One server's end, and what it hears. */
  private record End(ActorRef<LifeLines.Command> actor, TestProbe<LifeLines.Event> heard) {
    Set<LifeLines.Event> hears(int events) {
      return new HashSet<>(heard.receiveSeveralMessages(events));
    }
  }

  @BeforeEach
  void chooseFreePorts() throws IOException {
    members = members(List.of(ONE, TWO, THREE));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    opened.forEach(Lanes::close);
    core.close();
  }

  @Test
  void serversFindEachOtherInWhateverOrderTheyStart() {
    End one = start(ONE);
    End two = start(TWO);
    assertEquals(Set.of(new PeerFound(TWO)), one.hears(1));
    End three = start(THREE);
    assertEquals(Set.of(new PeerFound(THREE)), one.hears(1));
    assertEquals(Set.of(new PeerFound(ONE), new PeerFound(THREE)), two.hears(2));
    assertEquals(Set.of(new PeerFound(ONE), new PeerFound(TWO)), three.hears(2));
  }

  @Test
  void aServerThatEndsIsLostAndFoundWhenItIsBack() {
    End one = start(ONE);
    for (int times = 0; times < 3; times++) {
      ActorTestKit process = ActorTestKit.create();
      start(process, ensemble(TWO));
      assertEquals(Set.of(new PeerFound(TWO)), one.hears(1));
      process.shutdownTestKit();
      opened.removeLast().close();
      assertEquals(Set.of(new PeerLost(TWO)), one.hears(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "GET / HTTP/1.1\r\n\r\n",
    "troupe-life-line 1 server 9 of 00000000\n",
    "troupe-life-line 1 server 1 of 00000000\n",
    "troupe-life-line 2 server 9 of 00000000\n",
    "troupe-life-line 3 server 2 of 00000000\n",
    "a line without an end that is longer than any greeting could ever be, and yet goes on",
  })
  void aStrangerIsClosedWithoutAnAnswer(String text) throws IOException {
    startAndAwait(ONE, TWO);
    try (Socket stranger = connect(ONE)) {
      stranger.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      assertEquals(0, readAll(stranger));
    }
  }

  @Test
  void whoeverSaysNothingIsClosed() throws IOException {
    startAndAwait(ONE, TWO);
    try (Socket silent = connect(ONE)) {
      assertEquals(0, readAll(silent)); // after the greeting's timeout
    }
  }

  @Test
  void aServersGreetingIsAnsweredAndAnythingBehindItClosesTheConnection() throws IOException {
    startAndAwait(ONE, TWO);
    byte[] greeting = Greeting.of(Greeting.Form.LIFE_LINE, ensemble(TWO)).line().getBytes(StandardCharsets.US_ASCII);
    try (Socket peer = connect(ONE)) {
      peer.getOutputStream().write(greeting);
      assertEquals(greeting.length, peer.getInputStream().readNBytes(greeting.length).length);
      peer.getOutputStream().write(greeting);
      assertEquals(0, readAll(peer));
    }
  }

  @Test
  void aNameThatIsUnknownIsWarnedOfAndDisturbsNobody() {
    members = List.of(members.get(0), members.get(1), new Member(THREE, "zoo3.invalid", 1));
    LoggingTestKit onBoth = LoggingTestKit.warn("the name zoo3.invalid is not known (yet)").withOccurrences(2);
    End one = onBoth.expect(kit.system(), () -> {
      End end = start(ONE);
      start(TWO);
      return end;
    });
    assertEquals(Set.of(new PeerFound(TWO)), one.hears(1));
  }

  @Test
  void anotherServerAtTheAddressIsNotFound() {
    int port = members.get(2).lifeLinePort();
    Ensemble asOneSeesIt = Ensemble.ofMajority(ONE, List.of(
        members.get(0), new Member(TWO, Role.VOTER, HOST, 2, port)));
    Ensemble asThreeSeesIt = Ensemble.ofMajority(THREE, List.of(
        members.get(0), new Member(THREE, Role.VOTER, HOST, 3, port)));
    start(asThreeSeesIt);
    LoggingTestKit.warn("server 3 answers there: correct its address or id").expect(kit.system(), () -> {
      End one = start(asOneSeesIt);
      one.heard.expectNoMessage(Duration.ofMillis(50));
      return one;
    });
  }

  @Test
  void aServerThatDoesNotKnowThisOneIsToldOf() {
    start(Ensemble.ofMajority(TWO, List.of(members.get(1), members.get(2))));
    LoggingTestKit.warn("closes the connection: is server 1 in its list of servers?")
        .expect(kit.system(), () -> start(ONE));
  }

  @Test
  void serversThatDisagreeAboutTheEnsembleFindEachOtherWithAWarning() {
    start(TWO);
    LoggingTestKit onBoth = LoggingTestKit.warn("has another idea of who the servers are").withOccurrences(2);
    End one = onBoth.expect(kit.system(), () -> start(Ensemble.ofMajority(ONE, members.subList(0, 2))));
    assertEquals(Set.of(new PeerFound(TWO)), one.hears(1));
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    Member own = members.getFirst();
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(HOST, own.lifeLinePort()));
      End one = LoggingTestKit.error(IllegalStateException.class)
          .withMessageContains("cannot listen on 127.0.0.1:" + own.lifeLinePort() + " for the life lines")
          .expect(kit.system(), () -> start(ONE));
      TestProbe<Void> watcher = kit.createTestProbe();
      watcher.expectTerminated(one.actor);
    }
  }

  /** The port of one server is open once another has reached it. */
  private void startAndAwait(ServerId one, ServerId other) {
    start(one);
    assertTrue(start(other).hears(1).contains(new PeerFound(one)));
  }

  private End start(ServerId self) {
    return start(ensemble(self));
  }

  private End start(Ensemble ensemble) {
    return start(kit, ensemble);
  }

  private End start(ActorTestKit kit, Ensemble ensemble) {
    TestProbe<LifeLines.Event> heard = kit.createTestProbe();
    Lanes lanes = new Lanes(core, MAX_FRAME, MAX_UNREAD);
    opened.add(lanes);
    return new End(kit.spawn(LifeLines.create(
        ensemble, SETTINGS, lanes, message -> {}, new Random(1), heard.ref())), heard);
  }

  private Ensemble ensemble(ServerId self) {
    return Ensemble.ofMajority(self, members);
  }

  private Socket connect(ServerId server) throws IOException {
    Socket socket = new Socket(InetAddress.getByName(HOST), ensemble(server).member(server).lifeLinePort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** What comes before the end, be that orderly or not. */
  private static int readAll(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (SocketException reset) {
      return 0;
    }
  }

  private static List<Member> members(List<ServerId> ids) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Member> members = new ArrayList<>();
    for (ServerId id : ids) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST));
      held.add(socket); // until all are chosen, so that none is chosen twice
      members.add(new Member(id, Role.VOTER, HOST, id.value(), socket.getLocalPort()));
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return members;
  }
}
