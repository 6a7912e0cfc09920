package troupe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.WriteBufferWaterMark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import troupe.actors.Server;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.Answer;
import troupe.session.ChangeHistory;
import troupe.session.ClientRequest;
import troupe.session.Digests;
import troupe.session.PublishedTree;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;
import troupe.tree.Outcome;
import troupe.tree.Password;

class ConnectionTest {
  private static final PortFixture FIXTURE = new PortFixture();
  private static final Answer DELETED = new Answer.Written(new Outcome.Deleted());

  private final Gateway.Port port = FIXTURE.port();

  ConnectionTest() {
    FIXTURE.sessions.getAllReceived();
  }

  @AfterAll
  static void end() {
    FIXTURE.close();
  }

  private ClientSide client() {
    return new ClientSide(port);
  }

  private static ClientRequest.Write deletion(int cxid, String path) {
    return new ClientRequest.Write(cxid, new Operation.Delete(path, -1));
  }

  private static List<ClientRequest> requests(ClientSide client) {
    List<ClientRequest> all = new ArrayList<>();
    for (Session.Command command : client.asked()) {
      all.addAll(((Session.Requests) command).requests());
    }
    return all;
  }

  @Test
  void aNewClientGetsASessionWithItsPasswordAndTimeout() {
    ClientSide client = client();
    client.send(ClientSide.handshake(0, 0, new Password(0, 0)));
    Sessions.Open open = (Sessions.Open) FIXTURE.sessions.receiveMessage();
    assertEquals(ClientSide.TIMEOUT, open.timeout());
    assertEquals(List.of(new Identity("ip", "127.0.0.1")), open.identities());
    open.connection().opened(client.session.getRef(), ClientSide.ID, 5000, ClientSide.PASSWORD);
    ByteBuf reply = client.received();
    assertEquals(List.of(36, 0, 5000), List.of(reply.readInt(), reply.readInt(), reply.readInt()));
    assertEquals(ClientSide.ID, reply.readLong());
    assertEquals(Password.LENGTH, reply.readInt());
    assertEquals(ClientSide.PASSWORD, new Password(reply.readLong(), reply.readLong()));
    assertFalse(reply.isReadable());
  }

  @Test
  void aClientThatIsBackNamesItsSession() {
    client().send(ClientSide.handshake(0, 77, ClientSide.PASSWORD));
    Sessions.Resume resume = (Sessions.Resume) FIXTURE.sessions.receiveMessage();
    assertEquals(77, resume.session());
    assertEquals(ClientSide.PASSWORD, resume.password());
  }

  @Test
  void aRefusedClientIsToldSoAndClosed() {
    ClientSide client = client();
    client.send(ClientSide.handshake(0, 77, ClientSide.PASSWORD));
    client.connection.refused();
    ByteBuf reply = client.received();
    reply.skipBytes(3 * Integer.BYTES);
    assertEquals(0, reply.readLong());
    assertIsHeardOutAndClosed(client);
  }

  /** To close with something unread would reset the connection, and what was said last might be lost. */
  private static void assertIsHeardOutAndClosed(ClientSide client) {
    assertTrue(client.isReadFrom());
    client.send(ClientSide.ping(8)); // it has not heard yet
    assertTrue(client.isOpen());
    client.passAMoment();
    assertFalse(client.isOpen());
    assertTrue(client.session.getAllReceived().stream().noneMatch(Session.Requests.class::isInstance));
  }

  @Test
  void aClientFromTheFutureIsSentAway() {
    ClientSide client = client();
    client.send(ClientSide.handshake(1, 0, ClientSide.PASSWORD));
    assertFalse(client.isOpen());
    assertFalse(FIXTURE.sessions.hasMessages());
  }

  /** Some clients begin there, or keep it from an answer without a zxid. */
  @Test
  void minusOneIsNoFuture() {
    ClientSide client = client();
    client.send(ClientSide.handshake(-1, 0, ClientSide.PASSWORD));
    assertTrue(client.isOpen());
    assertTrue(FIXTURE.sessions.hasMessages());
  }

  @Test
  void nothingIsReadWhileASessionIsBeingOpened() {
    int[] reads = {0};
    ClientSide client = client();
    client.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
      @Override
      public void read(ChannelHandlerContext context) throws Exception {
        reads[0]++;
        super.read(context);
      }
    });
    client.send(ClientSide.handshake(0, 0, ClientSide.PASSWORD));
    assertEquals(0, reads[0]);
    client.connection.opened(client.session.getRef(), ClientSide.ID, ClientSide.TIMEOUT, ClientSide.PASSWORD);
    assertEquals(1, reads[0]);
  }

  @Test
  void whoComesWhileTheServerDoesNotServeWaitsForItForAMoment() {
    Server.Serving serving = port.serving().orElseThrow();
    ClientSide open = client().open();
    port.onService(new Server.NotServing("it starts", false));
    assertFalse(open.isOpen());
    FIXTURE.sessions.getAllReceived();

    ClientSide early = client();
    early.send(ClientSide.handshake(0, 0, ClientSide.PASSWORD));
    assertTrue(early.isOpen());
    assertFalse(FIXTURE.sessions.hasMessages());
    port.onService(serving);
    early.channel.runPendingTasks();
    assertEquals(1, FIXTURE.sessions.getAllReceived().size());

    port.onService(new Server.NotServing("it starts", false));
    ClientSide inVain = client();
    inVain.send(ClientSide.handshake(0, 0, ClientSide.PASSWORD));
    inVain.channel.advanceTimeBy(4, TimeUnit.SECONDS);
    inVain.channel.runScheduledPendingTasks();
    assertFalse(inVain.isOpen());
  }

  @Test
  void whoIsConnectedWhenTheLeaderIsLostStaysUntilTheServerSaysOtherwise() {
    ClientSide client = client().open();
    port.onService(new Server.NotServing("it looks for a leader", true));
    assertTrue(client.isOpen());
    client.send(ClientSide.ping(1));
    client.session.expectMessage(new Session.Requests(List.of(new ClientRequest.Ping())));
    port.onService(new Server.NotServing("it looks for a leader", false));
    assertFalse(client.isOpen());
  }

  @Test
  void nothingIsKeptOfThoseWhoWaitedInVain() {
    Gateway.Port idle = FIXTURE.closedPort(PortFixture.SETTINGS);
    ClientSide patient = new ClientSide(idle);
    ClientSide impatient = new ClientSide(idle);
    for (ClientSide client : List.of(patient, impatient)) {
      client.send(ClientSide.handshake(0, 0, ClientSide.PASSWORD));
    }
    assertEquals(2, idle.waiting());
    impatient.channel.close();
    assertEquals(1, idle.waiting());
    patient.channel.advanceTimeBy(4, TimeUnit.SECONDS);
    patient.channel.runScheduledPendingTasks();
    assertEquals(0, idle.waiting());
  }

  @Test
  void aClientThatHasMuchToTakeIsFullUntilItHasTakenIt() {
    ClientSide client = client().open();
    client.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1000, 2000)); // as the port does
    client.send(ClientSide.delete(5, "/a"));
    assertFalse(client.connection.isFull());
    client.connection.answer(9, new Answer.Children(List.of("x".repeat(3000)), DataTree.initial().find("/").orElseThrow()));
    assertTrue(client.connection.isFull());
    client.asked();
    client.connection.flush();
    client.received();
    assertFalse(client.connection.isFull());
    assertEquals(List.of(new Session.Drained()), client.asked());
  }

  @Test
  void connectionsFromOneAddressAreLimitedAndCountedDown() {
    ClientSide first = client();
    assertTrue(client().isOpen());
    assertFalse(client().isOpen());
    first.channel.close();
    assertTrue(client().isOpen());
    assertEquals(1, port.stats().snapshot().rejectedConnections());
    assertEquals(2, port.connections().size());
  }

  @Test
  void whoSaysNothingIsClosed() {
    ClientSide silent = client();
    silent.channel.advanceTimeBy(9, TimeUnit.SECONDS);
    silent.channel.runScheduledPendingTasks();
    assertTrue(silent.isOpen());
    silent.channel.advanceTimeBy(2, TimeUnit.SECONDS);
    silent.channel.runScheduledPendingTasks();
    assertFalse(silent.isOpen());
  }

  @Test
  void aClientThatLeftBeforeItsSessionWasOpenLeavesNoSessionRunning() {
    ClientSide client = client();
    client.send(ClientSide.handshake(0, 0, ClientSide.PASSWORD));
    client.channel.close();
    client.connection.opened(client.session.getRef(), ClientSide.ID, 4000, ClientSide.PASSWORD);
    client.session.expectMessage(new Session.Disconnected());
  }

  @Test
  void whatComesTogetherIsAskedTogetherHoweverItIsCut() {
    ByteBuf bytes = Unpooled.wrappedBuffer(
        ClientSide.handshake(0, 0, ClientSide.PASSWORD), ClientSide.ping(-2), ClientSide.delete(5, "/a"));
    List<ClientRequest> expected = List.of(new ClientRequest.Ping(), deletion(5, "/a"));
    ClientSide whole = client();
    whole.send(bytes.copy());
    whole.connection.opened(whole.session.getRef(), ClientSide.ID, 4000, ClientSide.PASSWORD);
    assertEquals(List.of(new Session.Requests(expected)), whole.asked());
    whole.channel.close();
    ClientSide bytewise = client();
    for (int i = 0; i < bytes.readableBytes(); i++) {
      bytewise.send(bytes.copy(i, 1));
      if (FIXTURE.sessions.hasMessages() && i == 47) {
        bytewise.connection.opened(bytewise.session.getRef(), ClientSide.ID, 4000, ClientSide.PASSWORD);
      }
    }
    assertEquals(expected, requests(bytewise));
  }

  @Test
  void answersAndEventsGoBackInTheirOrder() {
    ClientSide client = client().open();
    client.send(Unpooled.wrappedBuffer(ClientSide.ping(3), ClientSide.delete(5, "/a")));
    client.connection.event(9, NodeEvent.Kind.DELETED, "/a");
    client.connection.answer(8, new Answer.Done());
    client.connection.answer(9, new Answer.Written(new Outcome.Failed(ErrorCode.NO_NODE)));
    assertEquals(List.of(), client.replies());
    client.connection.flush();
    assertEquals(List.of("-1:0", "-2:0", "5:-101"), client.replies());
  }

  @Test
  void aFrameOfAnImpossibleLengthEndsTheConnection() {
    for (int length : List.of(-1, Integer.MIN_VALUE, 1001, Integer.MAX_VALUE)) {
      ClientSide fresh = client();
      fresh.send(Unpooled.buffer().writeInt(length));
      assertFalse(fresh.isOpen());
      ClientSide open = client().open();
      open.send(Unpooled.buffer().writeInt(length));
      assertFalse(open.isOpen());
      open.session.expectMessage(new Session.Disconnected());
    }
    assertEquals(0, port.connections().size());
  }

  @Test
  void aFrameOfTheLargestLengthIsRead() {
    ClientSide client = client().open();
    client.send(ClientSide.delete(1, "/" + "a".repeat(1000 - 8 - 4 - 1 - 4)));
    assertEquals(1, requests(client).size());
  }

  @Test
  void anUnknownOperationIsUnimplementedAndEndsTheConnection() {
    ClientSide client = client().open();
    client.send(ClientSide.frame(4, 99, Unpooled.EMPTY_BUFFER));
    assertEquals(List.of("4:-6"), client.replies());
    assertIsHeardOutAndClosed(client);
  }

  @Test
  void aRequestWithoutAHeaderEndsTheConnection() {
    ClientSide client = client().open();
    client.send(Unpooled.buffer().writeInt(4).writeInt(1));
    assertFalse(client.isOpen());
  }

  @Test
  void whatIsProvedCountsForWhatComesLater() {
    ClientSide client = client().open();
    client.send(Unpooled.wrappedBuffer(ClientSide.ping(1), digest("joe:secret"), ClientSide.ping(2)));
    Identity joe = Digests.identities("joe:secret".getBytes(StandardCharsets.UTF_8), "").getFirst();
    Session.Requests ping = new Session.Requests(List.of(new ClientRequest.Ping()));
    assertEquals(
        List.of(ping, new Session.Identified(List.of(new Identity("ip", "127.0.0.1"), joe)), ping), client.asked());
    assertEquals(List.of("-4:0"), client.replies());
  }

  private static ByteBuf digest(String credentials) {
    ByteBuf body = Unpooled.buffer().writeInt(0);
    Jute.writeString(body, "digest");
    Jute.writeData(body, credentials.getBytes(StandardCharsets.UTF_8));
    return ClientSide.frame(-4, OpCode.AUTH, body);
  }

  @Test
  void whatIsProvedAgainChangesNothing() {
    ClientSide client = client().open();
    client.send(digest("joe:secret"));
    client.asked();
    client.send(digest("joe:secret"));
    assertEquals(List.of(), client.asked());
    assertEquals(List.of("-4:0", "-4:0"), client.replies());
  }

  /** They would fill the memory, here and, with each write, on the way to the leader. */
  @Test
  void whoProvesEverMoreIsSentAway() {
    ClientSide client = client().open();
    for (int i = 1; i < 100; i++) { // its address is the first
      client.send(digest("user-" + i + ":secret"));
    }
    assertEquals(Collections.nCopies(99, "-4:0"), client.replies());
    client.send(digest("one-more:secret"));
    assertEquals(List.of("-4:-115"), client.replies());
    assertIsHeardOutAndClosed(client);
  }

  @Test
  void anUnknownSchemeFailsAndEndsTheConnection() {
    ClientSide client = client().open();
    ByteBuf body = Unpooled.buffer().writeInt(0);
    Jute.writeString(body, "kerberos");
    Jute.writeData(body, new byte[3]);
    client.send(ClientSide.frame(-4, OpCode.AUTH, body));
    assertEquals(List.of("-4:-115"), client.replies());
    assertIsHeardOutAndClosed(client);
  }

  @Test
  void aClientWithAllItsCreditOutIsNotReadFromUntilItIsAnswered() {
    ClientSide client = new ClientSide(FIXTURE.port(PortFixture.settings(3, 1000, Set.of()))).open();
    client.send(Unpooled.wrappedBuffer(ClientSide.ping(1), ClientSide.ping(2)));
    assertTrue(client.isReadFrom());
    client.send(ClientSide.ping(3));
    assertFalse(client.isReadFrom());
    client.connection.answer(1, new Answer.Done());
    client.connection.flush();
    assertTrue(client.isReadFrom());
  }

  @Test
  void whatCameTogetherBeyondItsCreditWaitsToo() {
    ClientSide client = new ClientSide(FIXTURE.port(PortFixture.settings(3, 1000, Set.of()))).open();
    client.send(Unpooled.wrappedBuffer(
        IntStream.rangeClosed(1, 5).mapToObj(ClientSide::ping).toArray(ByteBuf[]::new)));
    assertEquals(List.of(pings(3)), client.asked());
    assertFalse(client.isReadFrom());
    client.connection.answer(1, new Answer.Done());
    client.connection.flush();
    client.channel.runPendingTasks();
    assertEquals(List.of(pings(1)), client.asked());
    assertFalse(client.isReadFrom());
    for (int i = 0; i < 3; i++) {
      client.connection.answer(1, new Answer.Done());
    }
    client.connection.flush();
    client.channel.runPendingTasks();
    assertEquals(List.of(pings(1)), client.asked());
    assertTrue(client.isReadFrom());
  }

  private static Session.Requests pings(int number) {
    return new Session.Requests(Collections.nCopies(number, new ClientRequest.Ping()));
  }

  @Test
  void whoHasAWriteWaitingIsNotReadFromWhileTooManyWait() {
    Gateway.Port narrow = FIXTURE.port(PortFixture.settings(1000, 1, Set.of()));
    ClientSide one = new ClientSide(narrow).open();
    ClientSide two = new ClientSide(narrow).open();
    one.send(ClientSide.delete(1, "/a"));
    assertTrue(one.isReadFrom());
    two.send(ClientSide.delete(1, "/a"));
    assertFalse(two.isReadFrom());
    one.channel.close();
    two.connection.answer(1, DELETED);
    two.connection.flush();
    assertTrue(two.isReadFrom());
    assertEquals(0, narrow.stats().outstandingWrites());
  }

  @Test
  void whoReadsNothingIsNotReadFromAndThenClosed() {
    ClientSide client = client().open();
    client.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1000, 2000));
    client.channel.pipeline().addFirst(new Stuck());
    for (int i = 0; i < 100 && client.isReadFrom(); i++) {
      client.connection.event(1, NodeEvent.Kind.CREATED, "/" + "a".repeat(100));
      client.connection.flush();
    }
    assertTrue(client.isOpen());
    assertFalse(client.isReadFrom());
    for (int i = 0; i < 100 && client.isOpen(); i++) {
      client.connection.event(1, NodeEvent.Kind.CREATED, "/" + "a".repeat(100));
      client.connection.flush();
    }
    assertFalse(client.isOpen());
  }

  /** A client that does not read: nothing that is flushed leaves. */
  private static final class Stuck extends ChannelOutboundHandlerAdapter {
    @Override
    public void flush(ChannelHandlerContext context) {}
  }

  @Test
  void aConnectionWhoseSessionHasEndedIsClosedThoughItsClientReadsNothing() {
    ClientSide client = client().open();
    client.channel.pipeline().addFirst(new Stuck());
    client.connection.close("the session is closed");
    assertTrue(client.isOpen());
    client.channel.advanceTimeBy(1, TimeUnit.MINUTES);
    client.channel.runScheduledPendingTasks();
    assertFalse(client.isOpen());
  }

  @Test
  void anAnswerThatComesWithTheEndOfTheSessionIsSentAndCounted() {
    ClientSide client = client().open();
    client.send(ClientSide.frame(1, OpCode.CLOSE_SESSION, Unpooled.EMPTY_BUFFER));
    assertEquals(1, port.stats().snapshot().outstanding());
    client.connection.answer(9, new Answer.Written(new Outcome.SessionClosed()));
    client.connection.close("the session is closed");
    assertEquals(List.of("1:0"), client.replies());
    assertFalse(client.isOpen());
    assertEquals(0, port.stats().snapshot().outstanding());
    assertEquals(0, port.stats().outstandingWrites());
  }

  @Test
  void aWordIsAnsweredAndTheConnectionClosed() {
    ClientSide client = client();
    client.send(ClientSide.word("ruok"));
    assertEquals("imok", client.received().toString(StandardCharsets.UTF_8));
    assertFalse(client.isOpen());
  }

  @Test
  void aWordThatNobodyAnswersEndsTheConnectionToo() {
    TestProbe<Watches.Command> dead = FIXTURE.kit.createTestProbe();
    dead.stop();
    FIXTURE.tracker.expectTerminated(dead.getRef());
    port.onService(new Server.Serving(
        PortFixture.ALONE, new PublishedTree(DataTree.initial()), new ChangeHistory(1), FIXTURE.sessions.getRef(),
        dead.getRef(), FIXTURE.tracker.getRef(), FIXTURE.kit.<Snapshots.Command>createTestProbe().getRef(),
        FIXTURE.kit.<TransactionLog.Command>createTestProbe().getRef()));
    ClientSide client = client();
    client.send(ClientSide.word("wchs"));
    FIXTURE.tracker.awaitAssert(() -> {
      assertFalse(client.isOpen());
      return true;
    });
  }

  /** Whatever happens to connections, in the end nothing is counted as waiting. */
  @Test
  void countersReturnToZeroHoweverConnectionsEnd() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      ClientSide client = client().open();
      Deque<Answer> waiting = new ArrayDeque<>();
      boolean gone = false;
      for (int i = 0; i < 20 && !gone; i++) {
        switch (random.nextInt(9)) {
          case 0, 1 -> {
            client.send(ClientSide.ping(i));
            waiting.add(new Answer.Done());
          }
          case 2, 3 -> {
            client.send(Unpooled.wrappedBuffer(ClientSide.delete(i, "/a"), ClientSide.ping(i)));
            waiting.addAll(List.of(DELETED, new Answer.Done()));
          }
          case 4, 5, 6 -> {
            if (!waiting.isEmpty()) {
              client.connection.answer(1, waiting.poll());
              client.connection.flush();
            }
          }
          default -> gone = random.nextInt(4) == 0;
        }
        gone |= !client.isOpen();
      }
      switch (random.nextInt(4)) {
        case 0 -> client.send(Unpooled.wrappedBuffer(ClientSide.delete(99, "/a"), Unpooled.buffer().writeInt(-1)));
        case 1 -> {
          if (!waiting.isEmpty()) {
            client.connection.answer(1, waiting.poll());
          }
          client.connection.close("over");
        }
        case 2 -> client.send(Unpooled.wrappedBuffer(
            ClientSide.ping(98), ClientSide.frame(99, 77, Unpooled.EMPTY_BUFFER)));
        default -> client.channel.close();
      }
      client.received();
      client.passAMoment();
      assertFalse(client.isOpen(), "seed " + seed);
      assertEquals(0, port.stats().snapshot().outstanding(), "seed " + seed);
      assertEquals(0, port.stats().outstandingWrites(), "seed " + seed);
      assertEquals(0, port.connections().size(), "seed " + seed);
    }
  }
}
