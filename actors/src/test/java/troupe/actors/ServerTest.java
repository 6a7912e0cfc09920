package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.election.Election;
import troupe.election.Round;
import troupe.ensemble.Links;
import troupe.ensemble.ServerId;
import troupe.session.Answer;
import troupe.session.ClientConnection;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.NodeEvent;
import troupe.tree.Password;

/** A server alone, with its log on a disk. */
class ServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private ServerFixture fixture;
  private ActorRef<Server.Command> server;
  private TestProbe<Server.Service> service;

  @BeforeEach
  void begin(@TempDir Path directory) {
    fixture = new ServerFixture(directory);
    service = fixture.kit.createTestProbe();
    server = fixture.kit.spawn(Server.create(fixture.settings, ServerFixture.SOURCES, fixture.journal, Links.NONE));
    server.tell(new Server.Subscribe(service.getRef()));
  }

  @AfterEach
  void end() {
    fixture.close();
  }

  /** The next time that it serves. */
  private Server.Serving serving() {
    assertInstanceOf(Server.NotServing.class, service.receiveMessage(PATIENCE));
    return (Server.Serving) service.fishForMessage(PATIENCE, heard -> heard instanceof Server.Serving
        ? FishingOutcomes.complete()
        : FishingOutcomes.continueAndIgnore()).getLast();
  }

  /** Knows its session's id, or that its end has come. */
  private static final class Client implements ClientConnection {
    final CompletableFuture<Long> opened = new CompletableFuture<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();

    @Override
    public void opened(ActorRef<Session.Command> session, long id, int timeout, Password password) {
      opened.complete(id);
    }

    @Override
    public void refused() {
      opened.completeExceptionally(new AssertionError("refused"));
    }

    @Override
    public void answer(long zxid, Answer answer) {}

    @Override
    public void event(long zxid, NodeEvent.Kind kind, String path) {}

    @Override
    public boolean isGone() {
      return false;
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void flush() {}

    @Override
    public void close(String reason) {
      closed.complete(reason);
    }
  }

  private static long open(Server.Serving serving) throws Exception {
    Client client = new Client();
    serving.sessions().tell(new Sessions.Open(4000, client, List.of(), Props.empty()));
    return client.opened.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aServerAloneLeadsAndOpensSessions() throws Exception {
    Server.Serving serving = serving();
    assertEquals(1, serving.office().epoch());
    long session = open(serving);
    assertTrue(serving.published().get().session(session).isPresent());
  }

  @Test
  void whoAsksLaterHearsHowItIsNow() {
    Server.Serving serving = serving();
    TestProbe<Server.Service> late = fixture.kit.createTestProbe();
    server.tell(new Server.Subscribe(late.getRef()));
    late.expectMessage(serving);
  }

  @Test
  void theFailureOfOneOfItsActorsLeadsThroughRecoveryToANewEpochWithAllThatWasAcknowledged() throws Exception {
    Server.Serving first = serving();
    long session = open(first);
    // A batch of nothing would be a bug, and the registry does not survive it.
    first.watches().tell(new Watches.Deliver(List.of()));
    Server.Serving second = serving();
    assertEquals(2, second.office().epoch());
    assertTrue(second.published().get().session(session).isPresent());
    open(second);
  }

  /** It could find no leader ever again, and would not even say so. */
  @Test
  void aServerWhoseElectionFailsEnds() {
    serving();
    // Who looks for a leader is answered, and there is no way to it.
    server.tell(new Server.FromPeer(
        new Election.Notification(new ServerId(2), new Round(1), Optional.empty(), true)));
    service.expectTerminated(server, PATIENCE);
  }

  @Test
  void aServerWhoseLogIsLostEnds() {
    serving();
    server.tell(new Server.LogLost());
    service.expectTerminated(server, PATIENCE);
  }
}
