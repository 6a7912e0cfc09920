package troupe.recipes;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import troupe.client.ErrorCode;
import troupe.client.Fence;
import troupe.client.Session;
import troupe.client.TroupeClient;

/**
 * One of several candidates leads; when it goes, the one who has waited longest does. The fence of a leader is larger than
 * that of any before, and whatever a leader tells others to do should carry it.
 *
 * <p>{@link Claim.Held} is to be elected, {@link Claim.Release} to resign. A leader who hears {@link Suspended} stops
 * leading until {@link Resumed}: another may be elected before it can hear of that. Who is to be a candidate again after
 * its session has expired is made one by {@link Renewed}.
 *
 * <p>Lay-out: that of Curator's {@code LeaderLatch}, with which it contends.
 */
public final class LeaderElection {
  /** @param id what it has said of itself */
  public record Leader(String id, Fence fence) {}

  private static final String KIND = "latch-";

  private final Facade facade;
  private final String path;
  private final String id;

  private LeaderElection(Facade facade, String path, String id) {
    this.facade = facade;
    this.path = path;
    this.id = id;
  }

  /** @param id of this candidate, for all to see; any text */
  public static LeaderElection of(ActorSystem<?> system, TroupeClient client, String path, String id) {
    return new LeaderElection(new Facade(system, client), path, id);
  }

  /**
   * A candidate; see {@link Claim}.
   *
   * @param id of this candidate, for all to see; any text
   */
  public static Behavior<Claim.Command> create(
      ActorRef<Session.Command> session, String path, String id, ActorRef<Claim.Event> owner) {
    Line line = new Line(path, KIND, Line.Rule.ALONE);
    return Claim.create(session, Optional.empty(), line, ByteString.fromString(id), Optional.empty(), owner);
  }

  /** Completes when this candidate is elected. To be cancelled as {@link Lock#acquire()} is. */
  public CompletionStage<Holding> lead() {
    return facade.hold(owner -> create(facade.session(), path, id, owner));
  }

  /** Who leads, as far as this session has seen; none: there is no candidate. */
  public CompletionStage<Optional<Leader>> leader() {
    return leader(facade.znodes(), path);
  }

  /** The same, for actors. */
  public static CompletionStage<Optional<Leader>> leader(ActorRef<Session.Command> session, String path) {
    return leader(Znodes.of(session), path);
  }

  private static CompletionStage<Optional<Leader>> leader(Znodes znodes, String path) {
    return znodes.children(path).thenCompose(listing -> {
      List<Line.Ticket> candidates = Line.tickets(listing.names());
      if (candidates.isEmpty()) {
        return CompletableFuture.completedStage(Optional.empty());
      }
      String first = Znodes.child(path, candidates.getFirst().name());
      CompletionStage<Optional<Leader>> leader = znodes.read(first).thenApply(
          node -> Optional.of(new Leader(node.data().utf8String(), new Fence(first, node.stat().czxid()))));
      return Znodes.or(leader, ErrorCode.NO_NODE, () -> leader(znodes, path)); // it has just gone
    });
  }
}
