package troupe.broadcast;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;

/** A quorum takes over the leader's history (Zab, phase 2). Becomes {@link Broadcasting} when it has. */
final class Synchronizing {
  private final Leader.Setup setup;
  private final DataTree tree;
  private final long epoch;

  /** The servers that have the leader's history and its epoch on their disks. */
  private final Set<ServerId> synced = new HashSet<>();

  /** Learners that get everything from here on. */
  private final Set<LearnerId> streaming = new HashSet<>();

  private final Map<LearnerId, Zxid> acknowledged = new HashMap<>();
  private int beats;

  Synchronizing(Leader.Setup setup, DataTree tree, long epoch) {
    this.setup = setup;
    this.tree = tree;
    this.epoch = epoch;
  }

  Behavior<Leader.Command> enter() {
    // The leader has its own history; that it belongs to this epoch has to be durable before it counts.
    setup.log().tell(new TransactionLog.EstablishEpoch(epoch, setup.logReplies()));
    setup.learners().tellAll(new LearnerHandler.Synchronize());
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Leader.Command> onMessage(Leader.Command message) {
    return switch (message) {
      case Leader.Heard heard -> {
        setup.learners().hear(heard.message());
        yield Behaviors.same();
      }
      case Leader.HandlerEnded ended -> {
        setup.learners().ended(ended.learner());
        streaming.remove(ended.learner());
        acknowledged.remove(ended.learner());
        yield Behaviors.same();
      }
      case Leader.FromHandler late when !setup.learners().isCurrent(late.learner()) -> Behaviors.same();
      case Leader.Joined joined when joined.acceptedEpoch() > epoch ->
          setup.stepDownFor(joined, epoch);
      case Leader.Joined joined -> {
        setup.learners().tell(joined.learner(), new LearnerHandler.EpochDecided(epoch));
        yield Behaviors.same();
      }
      case Leader.EpochAcked acked -> {
        setup.learners().tell(acked.learner(), new LearnerHandler.Synchronize());
        yield Behaviors.same();
      }
      case Leader.WantsHistory wants when wants.after().equals(tree.lastZxid()) -> {
        streaming.add(wants.learner());
        setup.learners().tell(wants.learner(), new LearnerHandler.Stream(epoch, List.of()));
        yield Behaviors.same();
      }
      case Leader.WantsHistory wants -> {
        setup.learners().tell(wants.learner(), new LearnerHandler.ReadTheLog());
        yield Behaviors.same();
      }
      case Leader.NewLeaderAcked acked -> {
        acknowledged.put(acked.learner(), acked.upTo());
        yield syncedBy(acked.learner().server());
      }
      case Leader.LogReplied replied -> onLog(replied.reply());
      case Leader.Beat beat -> {
        setup.learners().beat();
        yield ++beats > setup.settings().initBeats()
            ? setup.stepDown(epoch, "no quorum has taken over its history in time")
            : Behaviors.same();
      }
      case Leader.PeerLost lost -> {
        setup.learners().lost(lost.peer());
        yield Behaviors.same();
      }
      case Leader.Resign resign -> setup.stepDown(epoch, "it was asked to resign");
      // Sessions are served once the leader is established.
      case Leader.Submit early -> Behaviors.same();
      case Leader.SubmitOwn early -> Behaviors.same();
      case Leader.Sync early -> Behaviors.same();
      case Leader.ReadIndex early -> Behaviors.same();
      case Leader.Claim early -> Behaviors.same();
      case Leader.Forwarded early -> Behaviors.same();
      case Leader.Confirmed early -> Behaviors.same();
      case Leader.ClientsHeard early -> Behaviors.same();
      case Leader.RoomCheckDue early -> Behaviors.same();
      case Leader.Acked acked -> {
        acknowledged.put(acked.learner(), acked.upTo());
        yield Behaviors.same();
      }
      case Leader.Chosen c -> throw tooEarly(c);
    };
  }

  private Behavior<Leader.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.EpochEstablished established -> syncedBy(setup.self());
      case TransactionLog.Reply.EpochRefused refused ->
          setup.stepDown(epoch, "epoch " + refused.accepted() + " has been promised to another");
      case TransactionLog.Reply.EpochAccepted e -> Behaviors.same(); // a quorum of others was faster than this disk
      case TransactionLog.Reply.Durable d -> throw LogReplies.unexpected(d);
      case TransactionLog.Reply.OutOfOrder o -> throw LogReplies.unexpected(o);
      case TransactionLog.Reply.SnapshotRecorded s -> throw LogReplies.unexpected(s);
      case TransactionLog.Reply.TheHistory h -> throw LogReplies.unexpected(h);
      case TransactionLog.Reply.RoomLeft r -> throw LogReplies.unexpected(r);
      case TransactionLog.Reply.Truncated t -> throw LogReplies.unexpected(t);
      case TransactionLog.Reply.Installed i -> throw LogReplies.unexpected(i);
    };
  }

  private Behavior<Leader.Command> syncedBy(ServerId server) {
    synced.add(server);
    // Without its own disk the leader cannot go on, whoever else has its history.
    if (!synced.contains(setup.self()) || !setup.isQuorum(synced)) {
      return Behaviors.same();
    }
    setup.context().getLog().info("epoch {}: leads, from {} on, with {}", epoch, tree.lastZxid(), synced);
    setup.replica().tell(new Replica.Confirm());
    // Behind what the replica has yet to deliver, as at a learner.
    setup.replica().tell(new Replica.Tell<>(setup.server(), new Leader.Established(epoch)));
    return new Broadcasting(setup, epoch, tree, synced, streaming, acknowledged).enter();
  }

  private IllegalStateException tooEarly(Leader.Command message) {
    return new IllegalStateException(message + " before a quorum has the history of epoch " + epoch);
  }
}
