package troupe.recipes;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import troupe.client.Answer;
import troupe.client.Failure;
import troupe.client.Fence;
import troupe.client.Session;
import troupe.client.SessionEvent;

/**
 * Something that one session has at a time, or a few: a lock, a lease, a leadership, a name. The actor is one attempt to
 * get it; it tells its owner what comes of it, and stops when that is over. What it has is an ephemeral znode.
 *
 * <p>It ends in one of three ways: {@link Released} when the owner said so, {@link GaveUp} when it was not to be had in
 * time, {@link Lost} when it was lost or refused. An owner that stops releases what it has, and so does a parent that
 * stops this actor.
 */
public final class Claim {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** It is not wanted any more. Answered by {@link Released} when others may have it. */
  public record Release() implements Command {}

  /**
   * Let the znode have this data, now or when it comes to be. Only a refusal is answered: {@link Refused}, with
   * {@code NO_NODE} where the znode at a name is not this claim's any more.
   */
  public record SetData(ByteString data) implements Command {}

  /** What the owner is told. */
  public sealed interface Event permits Held, Suspended, Resumed, Lost, Released, GaveUp, Refused {}

  /**
   * It is the owner's. Told again, with a new fence, only of a name that was {@link Suspended} because somebody had
   * deleted it.
   */
  public record Held(Fence fence) implements Event {}

  /** The owner has released it, and its znode is gone. The last event. */
  public record Released() implements Event {}

  /** Others have had it for too long; or at all, where the owner has no patience. The last event. */
  public record GaveUp() implements Event {}

  /** The data was not set; all else is as it was. */
  public record Refused(Failure failure) implements Event {}

  // What the actor hears from its session, and tells itself.

  /** The next step has been made. Out of its state it means nothing. */
  sealed interface Step extends Command {}

  record Entered(Answer.Created created) implements Step {}

  record Listed(Znodes.Listing listing) implements Step {}

  record Checked(Answer.Existence existence) implements Step {}

  /** What was waited for has happened, or may have. */
  record LookAgain() implements Step {}

  /** What was waited for cannot be told of. */
  record WatchBroken() implements Step {}

  /** The servers had too much to do: once more. */
  record RetryDue() implements Step {}

  record DataSet() implements Step {}

  record GateTold(Event event) implements Step {}

  record Left() implements Step {}

  record StillThere(Failure failure) implements Step {}

  record StepFailed(Failure failure) implements Command {}

  record DataRefused(Failure failure) implements Command {}

  record PatienceElapsed() implements Command {}

  /** How the session is. */
  sealed interface FromSession extends Command {}

  record SessionSuspended(String reason) implements FromSession {}

  record SessionConnected() implements FromSession {}

  record SessionOver(Failure failure) implements FromSession {}

  private Claim() {}

  /**
   * Begins at once.
   *
   * @param gate to be passed first, and left once the place is had
   * @param patience to wait for others, zero to have it only if nobody else does; none: as long as it takes
   */
  static Behavior<Command> create(
      ActorRef<Session.Command> session,
      Optional<Line> gate,
      Place place,
      ByteString data,
      Optional<Duration> patience,
      ActorRef<Event> owner) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(Claim.class);
      ClaimSetup setup = new ClaimSetup(context, timers, session, place, data, owner);
      setup.begin(patience);
      return gate.isPresent() ? AtGate.enter(setup, gate.get()) : new Entering(setup).enter();
    }));
  }

  static FromSession of(SessionEvent event) {
    return switch (event) {
      case SessionEvent.Connecting connecting -> new SessionConnected();
      case SessionEvent.Connected connected -> new SessionConnected();
      case SessionEvent.Suspended suspended -> new SessionSuspended(suspended.reason());
      case SessionEvent.Expired expired -> new SessionOver(ClaimSetup.EXPIRED);
      case SessionEvent.Ended ended -> new SessionOver(ended.failure());
    };
  }
}
