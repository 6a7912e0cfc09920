package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import troupe.session.Answer;
import troupe.session.ClientConnection;
import troupe.session.ClientRequest;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.tree.Acl;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;
import troupe.tree.Outcome;
import troupe.tree.Password;

/** A client without a wire: one session, one connection. */
final class ClientOfTests implements ClientConnection {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TIMEOUT = 40_000;
  private static final int EPHEMERAL = 1; // the flag

  /** What was promised to the client when its session was opened. */
  record Opened(ActorRef<Session.Command> session, long id, Password password) {}

  private final CompletableFuture<Opened> opened = new CompletableFuture<>();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private int cxid;

  private ClientOfTests() {}

  static ClientOfTests open(Server.Serving at) throws Exception {
    ClientOfTests client = new ClientOfTests();
    at.sessions().tell(new Sessions.Open(TIMEOUT, client, List.of(), Props.empty()));
    client.session();
    return client;
  }

  /** The same session through another connection. */
  ClientOfTests resume(Server.Serving at) throws Exception {
    ClientOfTests client = new ClientOfTests();
    client.cxid = cxid;
    at.sessions().tell(
        new Sessions.Resume(session().id(), session().password(), TIMEOUT, client, List.of(), Props.empty()));
    client.session();
    return client;
  }

  Opened session() throws Exception {
    return opened.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  String awaitClosed() throws Exception {
    return closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Asks, and does not wait for the answer. */
  void send(String path) throws Exception {
    send(path, 0);
  }

  private void send(String path, int flags) throws Exception {
    session().session().tell(new Session.Requests(List.of(new ClientRequest.Write(++cxid, new Operation.Create(
        path, new byte[100], Acl.OPEN.entries(), flags, Operation.Create.Kind.PLAIN, -1)))));
  }

  void create(String path) throws Exception {
    create(path, 0);
  }

  void createEphemeral(String path) throws Exception {
    create(path, EPHEMERAL);
  }

  private void create(String path, int flags) throws Exception {
    send(path, flags);
    expectCreated();
  }

  void hangUp() {
    opened.join().session().tell(new Session.Disconnected());
  }

  void expectCreated() throws Exception {
    Answer.Written written = assertInstanceOf(Answer.Written.class, answer());
    assertInstanceOf(Outcome.Created.class, written.outcome());
  }

  void sync() throws Exception {
    session().session().tell(new Session.Requests(List.of(new ClientRequest.Sync(++cxid))));
    assertInstanceOf(Answer.Done.class, answer());
  }

  Answer read(String path) throws Exception {
    session().session().tell(new Session.Requests(List.of(new ClientRequest.Exists(path, false))));
    return answer();
  }

  private Answer answer() throws Exception {
    Answer answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (answer == null) {
      throw new AssertionError("no answer; closed: " + closed.getNow("no"));
    }
    return answer;
  }

  @Override
  public void opened(ActorRef<Session.Command> session, long id, int timeout, Password password) {
    opened.complete(new Opened(session, id, password));
  }

  @Override
  public void refused() {
    opened.completeExceptionally(new AssertionError("refused"));
  }

  @Override
  public void answer(long zxid, Answer answer) {
    answers.add(answer);
  }

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
    opened.completeExceptionally(new AssertionError("closed: " + reason));
    closed.complete(reason);
  }
}
