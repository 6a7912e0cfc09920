package troupe.recipes;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import troupe.client.Session;
import troupe.client.TroupeClient;

/**
 * A lock that one session at a time holds, in the order in which they came. Its fence is larger than that of any holder
 * before.
 *
 * <p>Whoever asks twice waits for himself: that one has it already is the caller's to know.
 *
 * <p>Lay-out: that of Curator's {@code InterProcessMutex}, with which it contends.
 */
public final class Lock {
  private static final String KIND = "lock-";

  private final Facade facade;
  private final String path;

  private Lock(Facade facade, String path) {
    this.facade = facade;
    this.path = path;
  }

  public static Lock of(ActorSystem<?> system, TroupeClient client, String path) {
    return new Lock(new Facade(system, client), path);
  }

  /** One attempt to get it; see {@link Claim}. */
  public static Behavior<Claim.Command> create(
      ActorRef<Session.Command> session, String path, ActorRef<Claim.Event> owner) {
    return create(session, path, Optional.empty(), owner);
  }

  /** @param patience to wait for others, zero to have it only if nobody else does; none: as long as it takes */
  public static Behavior<Claim.Command> create(
      ActorRef<Session.Command> session, String path, Optional<Duration> patience, ActorRef<Claim.Event> owner) {
    return Claim.create(session, Optional.empty(), line(path), ByteString.emptyByteString(), patience, owner);
  }

  static Line line(String path) {
    return new Line(path, KIND, Line.Rule.ALONE);
  }

  /**
   * Completes when it is held. Who does not want to wait any longer cancels this very future, or has it time out by
   * itself ({@code orTimeout}): then the line is left. A {@code get} that gives up does neither, and the lock is held
   * in the end by nobody who knows.
   */
  public CompletionStage<Holding> acquire() {
    return facade.hold(owner -> create(facade.session(), path, owner));
  }

  /** Completes when it is held, or with nothing once others have had it for that long: zero is to wait for nobody. */
  public CompletionStage<Optional<Holding>> acquire(Duration patience) {
    return facade.tryToHold(owner -> create(facade.session(), path, Optional.of(patience), owner));
  }
}
