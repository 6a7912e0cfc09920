package troupe.broadcast;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.ServerId;
import troupe.persistence.History;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;

/**
 * A quorum is asked to promise a new epoch (Zab, phase 1). Becomes {@link Synchronizing} when it has.
 *
 * @param promised the servers that will follow no older epoch
 */
record Discovering(Leader.Setup setup, DataTree tree, long epoch, Set<ServerId> promised) {

  static Discovering first(Leader.Setup setup, History history, DataTree tree) {
    return new Discovering(setup, tree, history.acceptedEpoch() + 1, Set.of());
  }

  Behavior<Leader.Command> enter() {
    // The own promise counts like any other's: once it is durable.
    setup.log().tell(new TransactionLog.AcceptEpoch(epoch, setup.logReplies()));
    return listen();
  }

  private Behavior<Leader.Command> listen() {
    return setup.ensemble().quorum().isReachedBy(promised)
        ? new Synchronizing(setup, tree, epoch, Set.of()).enter()
        : Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Leader.Command> onMessage(Leader.Command message) {
    return switch (message) {
      case Leader.LogReplied replied -> onLog(replied.reply());
      // Sessions are served once the leader is established.
      case Leader.Submit early -> Behaviors.same();
      case Leader.Sync early -> Behaviors.same();
      case Leader.Chosen impossible -> throw new IllegalStateException(impossible + " before anything was proposed");
      case Leader.RoomCheckDue late -> Behaviors.same();
    };
  }

  private Behavior<Leader.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.EpochAccepted accepted -> {
        Set<ServerId> more = new HashSet<>(promised);
        more.add(setup.self());
        yield new Discovering(setup, tree, epoch, Set.copyOf(more)).listen();
      }
      case TransactionLog.Reply.EpochRefused refused ->
          setup.stepDown(epoch, "epoch " + refused.accepted() + " has been promised to another");
      case TransactionLog.Reply.Durable d -> throw unexpected(d);
      case TransactionLog.Reply.EpochEstablished e -> throw unexpected(e);
      case TransactionLog.Reply.OutOfOrder o -> throw unexpected(o);
      case TransactionLog.Reply.SnapshotRecorded s -> throw unexpected(s);
      case TransactionLog.Reply.TheHistory h -> throw unexpected(h);
      case TransactionLog.Reply.RoomLeft r -> throw unexpected(r);
    };
  }

  private static IllegalStateException unexpected(TransactionLog.Reply reply) {
    return new IllegalStateException("nobody asked the log for " + reply);
  }
}
