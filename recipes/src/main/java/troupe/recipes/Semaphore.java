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
 * A number of leases, each of which one session at a time has. All who take part have to name the same number. The fence
 * is that of one lease: it is larger than those of the leases given out before, whose holders may be there still.
 *
 * <p>Lay-out: that of Curator's {@code InterProcessSemaphoreV2}, with which it contends. Who wants a lease first gets a
 * lock, so that one at a time waits for any of the leases.
 */
public final class Semaphore {
  private static final String GATE = "locks";
  private static final String LEASES = "leases";
  private static final String KIND = "lease-";

  private final Facade facade;
  private final String path;
  private final int leases;

  private Semaphore(Facade facade, String path, int leases) {
    this.facade = facade;
    this.path = path;
    this.leases = leases;
  }

  /** @throws IllegalArgumentException unless there is at least one lease */
  public static Semaphore of(ActorSystem<?> system, TroupeClient client, String path, int leases) {
    return new Semaphore(new Facade(system, client), path, checked(leases));
  }

  /**
   * One attempt to get a lease; see {@link Claim}.
   *
   * @param patience to wait for others, zero to have it only if nobody else does; none: as long as it takes
   * @throws IllegalArgumentException unless there is at least one lease
   */
  public static Behavior<Claim.Command> create(
      ActorRef<Session.Command> session,
      String path,
      int leases,
      Optional<Duration> patience,
      ActorRef<Claim.Event> owner) {
    Line line = new Line(Znodes.child(path, LEASES), KIND, Line.Rule.atMost(checked(leases)));
    Optional<Line> gate = Optional.of(Lock.line(Znodes.child(path, GATE)));
    return Claim.create(session, gate, line, ByteString.emptyByteString(), patience, owner);
  }

  private static int checked(int leases) {
    if (leases < 1) {
      throw new IllegalArgumentException("a semaphore of " + leases + " leases: it has to have at least one");
    }
    return leases;
  }

  /** Completes with one of the leases. To be cancelled as {@link Lock#acquire()} is. */
  public CompletionStage<Holding> acquire() {
    return facade.hold(owner -> create(facade.session(), path, leases, Optional.empty(), owner));
  }

  /** The same, or nothing once others have had all of them for that long: zero is to wait for nobody. */
  public CompletionStage<Optional<Holding>> acquire(Duration patience) {
    return facade.tryToHold(owner -> create(facade.session(), path, leases, Optional.of(patience), owner));
  }
}
