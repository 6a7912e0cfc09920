package troupe.broadcast;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.Snapshots;
import troupe.persistence.TreeAt;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/**
 * The committed tree of one server: takes what was committed in zxid order, and delivers it. What it is given is on this
 * server's disk too, so no tree is ever ahead of its own log (ZOOKEEPER-4541, 4882).
 */
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

  /**
   * From this server's learner: committed.
   *
   * @param position where the journal has it
   */
  record Apply(Batch batch, long position) implements Command {}

  /** The tree that it began with is committed too. */
  record Confirm() implements Command {}

  /** Pass this on, in order. */
  record Pass(Notice notice) implements Command {}

  /** Tell them this, once everything before has been delivered and can be seen. */
  record Tell<T>(ActorRef<T> to, T message) implements Command {
    void deliver(Audience audience) {
      audience.delivered(to, message);
    }
  }

  private final AtomicReference<Optional<TreeAt>> committed;
  private final Audience audience;
  private final ActorRef<Snapshots.Command> snapshots;
  private TreeAt current;

  private Replica(
      TreeAt start,
      AtomicReference<Optional<TreeAt>> committed,
      Audience audience,
      ActorRef<Snapshots.Command> snapshots) {
    this.current = start;
    this.committed = committed;
    this.audience = audience;
    this.snapshots = snapshots;
  }

  /**
   * @param start the recovered tree
   * @param committed where the newest committed tree is kept for whoever comes after this actor
   */
  public static Behavior<Command> create(
      TreeAt start,
      AtomicReference<Optional<TreeAt>> committed,
      Audience audience,
      ActorRef<Snapshots.Command> snapshots) {
    return Behaviors.setup(context ->
        Behaviors.receiveMessage(new Replica(start, committed, audience, snapshots)::onMessage));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Adopt adopt -> deliver(adopt.applied(), adopt.position());
      case Apply apply -> deliver(applied(apply.batch()), apply.position());
      case Confirm confirm -> {
        committed.set(Optional.of(current));
        audience.confirmed();
      }
      case Pass pass -> audience.delivered(pass.notice());
      case Tell<?> tell -> tell.deliver(audience);
    }
    return Behaviors.same();
  }

  private void deliver(List<Applied> applied, long position) {
    Zxid first = applied.getFirst().transaction().zxid();
    if (!first.follows(current.tree().lastZxid())) {
      throw new IllegalStateException("commit " + first + " does not follow " + current.tree().lastZxid());
    }
    current = new TreeAt(applied.getLast().tree(), position);
    committed.set(Optional.of(current));
    audience.delivered(applied);
    snapshots.tell(new Snapshots.Advanced(current, applied.size()));
  }

  private List<Applied> applied(Batch batch) {
    List<Applied> all = new ArrayList<>(batch.transactions().size());
    DataTree tree = current.tree();
    for (Transaction transaction : batch.transactions()) {
      Applied applied = tree.apply(transaction);
      tree = applied.tree();
      all.add(applied);
    }
    if (tree.digest() != batch.digest()) {
      throw new IllegalStateException("after " + batch + " this server's tree is not its leader's");
    }
    return all;
  }
}
