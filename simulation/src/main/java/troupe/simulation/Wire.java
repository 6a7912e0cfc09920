package troupe.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import troupe.actors.Server;
import troupe.session.Answer;
import troupe.session.ClientConnection;
import troupe.session.ClientRequest;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.tree.Identity;
import troupe.tree.NodeEvent;
import troupe.tree.Password;

/**
 * A client's connection to a server: what the gateway's is, with what lies between. The side of the server runs in the
 * server's life, and is as dead or as stopped as that is.
 */
final class Wire implements ClientConnection {
  /** What a client comes back with. */
  record Credentials(long session, Password password, int timeout) {}

  /** The client's side. */
  interface End {
    void opened(Credentials credentials);

    void refused();

    void answered(long zxid, Answer answer);

    void told(long zxid, NodeEvent.Kind kind, String path);

    void closed();
  }

  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final List<Identity> IDENTITIES = List.of(new Identity("ip", "10.0.0.1"));

  private final Kernel kernel;
  private final Life life;
  private final End client;
  private final Pipe toServer;
  private final Pipe toClient;
  private final RandomGenerator random;
  private final Duration slowest;
  private final int capacity;
  private final Deque<Runnable> inbox = new ArrayDeque<>();
  private final List<Runnable> unflushed = new ArrayList<>();
  private Optional<ActorRef<Session.Command>> session = Optional.empty();
  private long sessionId;
  private long epoch;
  private boolean open;
  private boolean closed;

  Wire(Kernel kernel, RandomGenerator random, Duration slowest, Life life, End client) {
    this.kernel = kernel;
    this.life = life;
    this.client = client;
    this.random = random;
    this.slowest = slowest;
    this.capacity = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : Integer.MAX_VALUE;
    this.toServer = new Pipe(kernel, random, slowest);
    this.toClient = new Pipe(kernel, random, slowest);
    life.connected(this);
  }

  // The client's side.

  /** @param before the session that the client had */
  void greet(long lastSeen, int timeout, Optional<Credentials> before) {
    arriving(() -> {
      life.whenServing(serving -> handshake(serving, lastSeen, timeout, before));
      kernel.after(HANDSHAKE, life.lane(), () -> {
        if (!open && !life.isServing()) {
          hangUp();
        }
      });
    });
  }

  void ask(List<ClientRequest> requests) {
    arriving(() -> {
      if (session.isPresent() && !closed) {
        life.heardOf(this);
        session.get().tell(new Session.Requests(requests));
      }
    });
  }

  /** The client closes: the server hears of it, after all that was sent before. */
  void leave() {
    arriving(this::gone);
    toClient.cut();
  }

  /** Something in between fails: all that is under way is lost, and each side notices at its own time, or never. */
  void fail(Duration serverNotices) {
    toServer.cut();
    toClient.cut();
    kernel.after(serverNotices, life.lane(), this::gone);
  }

  /** Several may be waiting where the server is stopped: the first that runs is the first that came. */
  private void arriving(Runnable action) {
    toServer.send(() -> {
      inbox.add(action);
      life.lane().execute(() -> inbox.remove().run());
    });
  }

  // The server's side, as the gateway's Connection has it.

  private void handshake(Server.Serving serving, long lastSeen, int timeout, Optional<Credentials> before) {
    if (closed) {
      return;
    }
    if (lastSeen > serving.published().get().lastZxidNumber()) {
      hangUp();
      return;
    }
    epoch = life.epoch();
    serving.sessions().tell(before.isEmpty()
        ? new Sessions.Open(timeout, this, IDENTITIES, Props.empty())
        : new Sessions.Resume(
            before.get().session(), before.get().password(), timeout, this, IDENTITIES, Props.empty()));
  }

  @Override
  public void opened(ActorRef<Session.Command> actor, long id, int timeout, Password password) {
    if (closed) {
      actor.tell(new Session.Disconnected());
      return;
    }
    open = true;
    session = Optional.of(actor);
    sessionId = id;
    life.heardOf(this);
    toClient.send(() -> client.opened(new Credentials(id, password, timeout)));
  }

  /** The session that is served here. */
  long session() {
    return sessionId;
  }

  /** There is a leader again. */
  void served(long epochOfTheLeader) {
    epoch = epochOfTheLeader;
  }

  /** The last leader's whom the server followed. */
  long epoch() {
    return epoch;
  }

  @Override
  public void refused() {
    if (!closed) {
      closed = true;
      toClient.send(client::refused);
    }
  }

  @Override
  public void answer(long zxid, Answer answer) {
    if (open && !closed) {
      unflushed.add(() -> client.answered(zxid, answer));
    }
  }

  @Override
  public void event(long zxid, NodeEvent.Kind kind, String path) {
    if (open && !closed) {
      unflushed.add(() -> client.told(zxid, kind, path));
    }
  }

  @Override
  public boolean isGone() {
    return closed;
  }

  @Override
  public boolean isFull() {
    return unflushed.size() >= capacity;
  }

  @Override
  public void flush() {
    if (isFull()) {
      Duration taken = Duration.ofNanos(random.nextLong(slowest.toNanos()) + 1);
      kernel.after(taken, life.lane(), () -> session.ifPresent(actor -> actor.tell(new Session.Drained())));
    }
    if (!unflushed.isEmpty()) {
      List<Runnable> all = List.copyOf(unflushed);
      unflushed.clear();
      toClient.send(() -> all.forEach(Runnable::run));
    }
  }

  @Override
  public void close(String reason) {
    if (!closed) {
      flush();
      closed = true;
      toClient.send(client::closed);
    }
  }

  private void hangUp() {
    if (!closed) {
      closed = true;
      toClient.send(client::closed);
    }
  }

  /** The server has noticed that the client is gone. */
  private void gone() {
    closed = true;
    session.ifPresent(actor -> actor.tell(new Session.Disconnected()));
    session = Optional.empty();
  }

  /** The server is gone; its client may be told. */
  void serverGone(boolean told) {
    if (told) {
      hangUp();
    } else {
      toClient.cut();
    }
    closed = true;
    toServer.cut();
  }
}
