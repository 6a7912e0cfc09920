package troupe.session;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.ServerId;
import troupe.tree.Identity;
import troupe.tree.Password;
import troupe.tree.SessionInfo;

/** The sessions that are connected to this server: one child for each. */
public final class Sessions {
  /** All that this actor understands. */
  public sealed interface Command {}

  /**
   * From a new connection: begin a session.
   *
   * @param timeout milliseconds that the client asks for
   * @param executor where the session's actor is to run: where its connection does
   */
  public record Open(int timeout, ClientConnection connection, List<Identity> identities, Props executor)
      implements Command {}

  /** From a new connection: its client had a session before. */
  public record Resume(
      long session,
      Password password,
      int timeout,
      ClientConnection connection,
      List<Identity> identities,
      Props executor) implements Command {}

  /** One of its children has stopped; its connection ends with it, also where that was a failure. */
  record Ended(long session, ActorRef<Session.Command> child, ClientConnection connection) implements Command {}

  private static final String MOVED = "its session has moved to another connection";
  private static final int SERVER_SHIFT = 56;
  private static final int TIME_SHIFT = 24;
  private static final int AFTER_SERVER = 8;

  private final ActorContext<Command> context;
  private final Session.Surroundings around;
  private final RandomGenerator random;
  private final Map<Long, ActorRef<Session.Command>> children = new HashMap<>();
  private final Map<Long, Resume> successors = new HashMap<>();
  private long nextId;
  private long connections;
  private int nextClaim = Serving.KEEP + 1;

  private Sessions(
      ActorContext<Command> context,
      ServerId server,
      Session.Surroundings around,
      InstantSource clock,
      RandomGenerator random) {
    this.context = context;
    this.around = around;
    this.random = random;
    // As in ZooKeeper: the server, then the time, so that a server that comes back does not repeat itself.
    this.nextId = (long) server.value() << SERVER_SHIFT | clock.millis() << TIME_SHIFT >>> AFTER_SERVER;
  }

  /**
   * @param random where passwords come from: it has to be unpredictable
   * @param nanos a clock for telling how long ago something was
   */
  public static Behavior<Command> create(
      ServerId server,
      PublishedTree published,
      ActorRef<Watches.Command> watches,
      SessionSettings settings,
      InstantSource clock,
      LongSupplier nanos,
      RandomGenerator random) {
    Session.Surroundings around = new Session.Surroundings(published, watches, nanos, settings);
    return Behaviors.setup(context ->
        Behaviors.receiveMessage(new Sessions(context, server, around, clock, random)::onMessage));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Open open -> {
        long id = nextId++;
        Password password = new Password(random.nextLong(), random.nextLong());
        int timeout = around.settings().negotiate(open.timeout());
        Behavior<Session.Command> session =
            Session.open(around, id, timeout, password, open.connection(), open.identities());
        connect(id, session, open.connection(), open.executor());
      }
      case Resume resume -> resume(resume);
      case Ended ended -> {
        ended.connection().close("its session's actor has stopped");
        children.remove(ended.session(), ended.child());
        Optional.ofNullable(successors.remove(ended.session())).ifPresent(this::resume);
      }
    }
    return Behaviors.same();
  }

  /** An earlier connection of the session is closed, and has to be done with everything, before the new one begins. */
  private void resume(Resume resume) {
    long id = resume.session();
    Optional<SessionInfo> known = around.published().get().session(id);
    if (known.isPresent() && !known.get().password().equals(resume.password())) {
      // Unlike ZooKeeper, which closes the earlier connection before it looks at the password.
      resume.connection().refused();
      return;
    }
    ActorRef<Session.Command> earlier = children.get(id);
    if (earlier != null) {
      // Not a refusal, which would tell a client that its session is over.
      Optional.ofNullable(successors.put(id, resume)).ifPresent(overtaken -> overtaken.connection().close(MOVED));
      if (known.isPresent()) { // otherwise nobody has been told the password yet, or the session has just ended
        earlier.tell(new Session.Leave(MOVED));
      }
      return;
    }
    int timeout = around.settings().negotiate(resume.timeout());
    connect(
        id,
        Session.resume(around, id, timeout, resume.password(), resume.connection(), resume.identities(),
            nextClaim++),
        resume.connection(),
        resume.executor());
  }

  private void connect(
      long id,
      Behavior<Session.Command> session,
      ClientConnection connection,
      Props executor) {
    String name = "session-0x" + Long.toHexString(id) + "-" + connections++;
    ActorRef<Session.Command> child = context.spawn(session, name, executor);
    context.watchWith(child, new Ended(id, child, connection));
    children.put(id, child);
  }
}
