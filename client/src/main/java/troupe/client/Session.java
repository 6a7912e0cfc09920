package troupe.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;

/**
 * One session: the protocol, and the way in. {@link TroupeClient} is the same for those who prefer futures.
 *
 * <p>It finds a server, keeps to it for as long as that answers, and otherwise goes on at another one: there it asks again
 * what has no answer yet, in the same order, and what was done already is recognised and answered, never done twice. Who
 * asks of it what it cannot do any more is told so; once its session is over it stops a while after the last word.
 */
public final class Session {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** Do this. Answered once, in the order of asking. */
  public record Ask<R extends Answer>(Operation<R> operation, ActorRef<Result<R>> replyTo) implements Command {}

  /** How is the session? Told now, and at every change. */
  public record Subscribe(ActorRef<SessionEvent> subscriber) implements Command {}

  /** End the session once everything asked before is done; then {@link SessionEvent.Ended}. */
  public record Close() implements Command {}

  // From the façade, for which an actor of its own for each answer would be too much.

  record Submit<R extends Answer>(Operation<R> operation, CompletableFuture<R> promise) implements Command {}

  record Listen(Consumer<SessionEvent> listener) implements Command {}

  // From streams of changes.

  /** @param after none: from what its server has seen by then */
  record OpenStream(String path, WatchScope scope, Optional<Long> after, CompletableFuture<Long> opened)
      implements Command {}

  /** What has come; completed once there is something, exceptionally when nothing will come any more. */
  record TakeChanges(long stream, CompletableFuture<List<WatchEvent>> promise) implements Command {}

  record CloseStream(long stream) implements Command {}

  private Session() {}

  /** A session of its own for whoever spawns it. */
  public static Behavior<Command> create(SessionSettings settings) {
    return Behaviors.setup(context -> {
      throw new UnsupportedOperationException("sessions are not there yet");
    });
  }

  /**
   * Changes of znodes that the session may read, as they happen, from one on.
   *
   * <p>None is lost and none told twice, whatever becomes of servers. It fails with {@link CompactedException} where that
   * cannot be promised, and with {@link TroupeException} when the session is over. What its taker has no room for waits
   * at the server.
   *
   * @param after the changes behind this zxid; best the one of the answer to a read, so that nothing is missed in between.
   *     None: from some moment soon after the stream begins to run
   */
  public static Source<WatchEvent, NotUsed> changes(
      ActorRef<Command> session, String path, WatchScope scope, Optional<Long> after) {
    return ChangeStream.of(session, path, scope, after);
  }
}
