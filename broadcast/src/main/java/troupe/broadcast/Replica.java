package troupe.broadcast;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.persistence.Snapshots;
import troupe.tree.Applied;
import troupe.tree.DataTree;

/** The committed tree of one server: takes what was committed in zxid order, and delivers it. */
public final class Replica {
  /** All that this actor understands. */
  public sealed interface Command {}

  /**
   * From this server's leader: committed. It has been applied already, to decide what came after; using that tree
   * rather than applying again is what lets the leader's tree and the replica's share their memory.
   *
   * @param position where the journal has the last of them
   */
  record Adopt(List<Applied> applied, long position) implements Command {}

  /** From the leader: pass this on, in order. */
  record Pass(Notice notice) implements Command {}

  private final Audience audience;
  private final ActorRef<Snapshots.Command> snapshots;
  private Zxid last;

  private Replica(DataTree tree, Audience audience, ActorRef<Snapshots.Command> snapshots) {
    this.last = tree.lastZxid();
    this.audience = audience;
    this.snapshots = snapshots;
  }

  /** @param tree the recovered tree */
  public static Behavior<Command> create(DataTree tree, Audience audience, ActorRef<Snapshots.Command> snapshots) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(new Replica(tree, audience, snapshots)::onMessage));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Adopt adopt -> {
        Zxid first = adopt.applied().getFirst().transaction().zxid();
        if (!first.follows(last)) {
          throw new IllegalStateException("commit " + first + " does not follow " + last);
        }
        DataTree tree = adopt.applied().getLast().tree();
        last = tree.lastZxid();
        audience.delivered(adopt.applied());
        snapshots.tell(new Snapshots.Advanced(tree, adopt.position(), adopt.applied().size()));
      }
      case Pass pass -> audience.delivered(pass.notice());
    }
    return Behaviors.same();
  }
}
