package troupe.broadcast;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.ServerId;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;

/**
 * A quorum takes over the leader's history (Zab, phase 2). Becomes {@link Broadcasting} when it has.
 *
 * @param synced the servers that acknowledged NEWLEADER: its history and its epoch are on their disks
 */
record Synchronizing(Leader.Setup setup, DataTree tree, long epoch, Set<ServerId> synced) {

  Behavior<Leader.Command> enter() {
    // The leader has its own history; that it belongs to this epoch has to be durable before it counts.
    setup.log().tell(new TransactionLog.EstablishEpoch(epoch, setup.logReplies()));
    return listen();
  }

  private Behavior<Leader.Command> listen() {
    if (!setup.ensemble().quorum().isReachedBy(synced)) {
      return Behaviors.receiveMessage(this::onMessage);
    }
    setup.context().getLog().info("epoch {}: leads, from {} on", epoch, tree.lastZxid());
    setup.server().tell(new Leader.Established(epoch));
    return new Broadcasting(setup, epoch, tree).enter();
  }

  private Behavior<Leader.Command> onMessage(Leader.Command message) {
    return switch (message) {
      case Leader.LogReplied replied -> onLog(replied.reply());
      case Leader.Submit early -> Behaviors.same();
      case Leader.Sync early -> Behaviors.same();
      case Leader.Chosen impossible -> throw new IllegalStateException(impossible + " before anything was proposed");
      case Leader.RoomCheckDue late -> Behaviors.same();
    };
  }

  private Behavior<Leader.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.EpochEstablished established -> {
        Set<ServerId> more = new HashSet<>(synced);
        more.add(setup.self());
        yield new Synchronizing(setup, tree, epoch, Set.copyOf(more)).listen();
      }
      case TransactionLog.Reply.EpochRefused refused ->
          setup.stepDown(epoch, "epoch " + refused.accepted() + " has been promised to another");
      case TransactionLog.Reply.Durable d -> throw unexpected(d);
      case TransactionLog.Reply.EpochAccepted e -> throw unexpected(e);
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
