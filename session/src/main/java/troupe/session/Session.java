package troupe.session;

import java.util.List;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.tree.Identity;
import troupe.tree.Password;

/**
 * A session that is connected here: the protocol, and the ways in.
 *
 * <p>Lives as long as its connection, whoever leads meanwhile: the way to a leader is told it by the watch registry, in the
 * order of all else. The session itself lives in the tree, and ends with a {@code CloseSession} there.
 */
public final class Session {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** From its connection, in the client's order. */
  public record Requests(List<ClientRequest> requests) implements Command {}

  /** From its connection: what the client has proved by now, for all that comes after. */
  public record Identified(List<Identity> identities) implements Command {
    public Identified {
      identities = List.copyOf(identities);
    }
  }

  /** From its connection, which was {@linkplain ClientConnection#isFull full}, and is not any more. */
  public record Drained() implements Command {}

  /** From its connection: it is gone. */
  public record Disconnected() implements Command {}

  /** From the watch registry. */
  record Deliveries(List<Delivery> deliveries) implements Command {}

  /** From its parent: make way for a newer connection. */
  record Leave(String reason) implements Command {}

  /**
   * What never changes while the actor lives.
   *
   * @param timeout milliseconds, negotiated
   * @param nanos a clock for telling how long ago something was
   */
  record Setup(
      SessionHandle handle,
      int timeout,
      ClientConnection connection,
      PublishedTree published,
      ActorRef<Watches.Command> watches,
      LongSupplier nanos,
      SessionSettings settings) {

    long id() {
      return handle.id();
    }

    void opened(Password password) {
      connection.opened(handle.session(), id(), timeout, password);
    }

    /** The last thing it does. */
    Behavior<Command> leave(String reason) {
      connection.close(reason);
      return Behaviors.stopped();
    }
  }

  /** What a parent gives to its sessions. */
  record Surroundings(
      PublishedTree published, ActorRef<Watches.Command> watches, LongSupplier nanos, SessionSettings settings) {

    private Setup setup(ActorContext<Command> context, long id, int timeout, ClientConnection connection) {
      SessionHandle handle = new SessionHandle(id, context.getSelf());
      watches.tell(new Watches.Connect(handle));
      return new Setup(handle, timeout, connection, published, watches, nanos, settings);
    }
  }

  private Session() {}

  /** A new session. */
  static Behavior<Command> open(
      Surroundings around,
      long id,
      int timeout,
      Password password,
      ClientConnection connection,
      List<Identity> identities) {
    return Behaviors.setup(context ->
        Opening.begin(around.setup(context, id, timeout, connection), password, identities));
  }

  /**
   * A session that was connected before, here or elsewhere.
   *
   * @param claim a number that no other connection of the session has
   */
  static Behavior<Command> resume(
      Surroundings around,
      long id,
      int timeout,
      Password password,
      ClientConnection connection,
      List<Identity> identities,
      int claim) {
    return Behaviors.setup(context ->
        Resuming.begin(around.setup(context, id, timeout, connection), password, identities, claim));
  }
}
