package troupe.reception;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.actors.Server;
import troupe.ensemble.ServerId;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.protocol.ClientProtocol;
import troupe.protocol.Outbox;
import troupe.protocol.wire.ClientEnvelope;
import troupe.protocol.wire.Handshake;
import troupe.protocol.wire.RequestMessage;
import troupe.protocol.wire.ServerEnvelope;
import troupe.protocol.wire.VersionedRequest;
import troupe.session.Answer;
import troupe.session.ChangeHistory;
import troupe.session.ClientConnection;
import troupe.session.PublishedTree;
import troupe.session.Session;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;
import troupe.tree.Outcome;
import troupe.tree.Password;

/** A connection with a session that is open, and a client whose every word the test says. */
class ConnectionTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final long CONNECTION = 5;
  private static final int MAX_REQUEST_BYTES = 1000;

  private final TestProbe<ClientProtocol.FromServer> client = KIT.createTestProbe();
  private final TestProbe<Session.Command> session = KIT.createTestProbe();
  private final TestProbe<Sessions.Command> sessions = KIT.createTestProbe();
  private final AtomicInteger outstandingWrites = new AtomicInteger();
  private ActorRef<Connection.Command> actor;
  private ClientConnection connection;
  private Outbox outbox;

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void connect() {
    Server.Serving serving = new Server.Serving(
        new Server.Office(1, Server.Mode.STANDALONE, new ServerId(1), Set::of),
        new PublishedTree(DataTree.initial()), new ChangeHistory(1), sessions.getRef(),
        KIT.<Watches.Command>createTestProbe().getRef(), KIT.<SessionTracker.Command>createTestProbe().getRef(),
        KIT.<Snapshots.Command>createTestProbe().getRef(), KIT.<TransactionLog.Command>createTestProbe().getRef());
    ReceptionSettings settings = new ReceptionSettings(MAX_REQUEST_BYTES, 100, 0, 1 << 20, 1 << 20, "");
    actor = KIT.spawn(Connection.create(
        new Reception.House(settings, outstandingWrites), serving,
        new ClientProtocol.Connect(CONNECTION, client.getRef(), Handshake.getDefaultInstance()), Props.empty()));
    connection = sessions.expectMessageClass(Sessions.Open.class).connection();
    connection.opened(session.getRef(), 7, 60_000, new Password(1, 2));
    outbox = new Outbox(CONNECTION, client.expectMessageClass(ClientProtocol.Welcomed.class).server());
  }

  private static RequestMessage delete(long number, String path) {
    return RequestMessage.newBuilder()
        .setWrite(number).setDelete(VersionedRequest.newBuilder().setPath(path).setVersion(-1)).build();
  }

  private void say(ClientEnvelope.Builder envelope) {
    outbox.send(envelope.build().toByteString());
  }

  private void say(RequestMessage... requests) {
    say(ClientEnvelope.newBuilder().addAllRequests(List.of(requests)));
  }

  private ServerEnvelope hear() throws InvalidProtocolBufferException {
    return ServerEnvelope.parseFrom(client.expectMessageClass(ClientProtocol.Frame.class).content());
  }

  @Test
  void theSessionOfAConnectionThatHasEndedMayAnswerStill() {
    say(delete(1, "/a"));
    session.expectMessageClass(Session.Requests.class);
    say(delete(2, "/b")); // waits, since others have too many under way
    say(ClientEnvelope.newBuilder().setLeaves(true));
    session.expectMessage(new Session.Requests(List.of())); // it was heard of
    session.expectMessageClass(Session.Disconnected.class);
    assertEquals(0, outstandingWrites.get());
    connection.answer(1, new Answer.Written(new Outcome.Deleted()));
    connection.flush();
    session.expectNoMessage();
    assertEquals(0, outstandingWrites.get());
  }

  @Test
  void aWriteThatIsTooLargeHasItsNumberAllTheSame() throws Exception {
    say(delete(1, "/a"), delete(2, "/" + "x".repeat(MAX_REQUEST_BYTES)), delete(3, "/b"));
    assertEquals(2, session.expectMessageClass(Session.Requests.class).requests().size());
    connection.answer(1, new Answer.Written(new Outcome.Deleted()));
    connection.flush();
    assertTrue(hear().getAnswers(1).hasFailed(), "in its turn");
  }

  @Test
  void numbersThatWereHeardOfAreNotTakenAgain() throws Exception {
    say(ClientEnvelope.newBuilder().setSeen(9).addRequests(delete(9, "/a")));
    assertTrue(hear().getLeaves().contains("a write with the number 9"));
  }
}
