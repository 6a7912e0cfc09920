package troupe.broadcast;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;

/** The learner gets everything that is proposed, first what it has missed. Ends with the conversation. */
final class Streaming {
  private record Unacknowledged(Zxid last, int bytes) {}

  private final LearnerHandler.Setup setup;
  private final Deque<Unacknowledged> backlog = new ArrayDeque<>();
  private long backlogBytes;

  /** Where the learner's log ends, with what is on its way. */
  private Zxid end;

  private Zxid acknowledged;

  /** Whether the leader counts this learner's acks: it has the leader's whole history. */
  private boolean synced;

  Streaming(LearnerHandler.Setup setup, Zxid end) {
    this.setup = setup;
    this.end = end;
    this.acknowledged = end;
  }

  Behavior<LearnerHandler.Command> enter(LearnerHandler.Stream stream) {
    stream.batches().forEach(batch -> propose(end, batch));
    setup.send(new FromLeader.NewLeader(stream.epoch()));
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<LearnerHandler.Command> onMessage(LearnerHandler.Command message) {
    return switch (message) {
      case LearnerHandler.Received received -> setup.receive(received, this::onLearner);
      case LearnerHandler.Propose propose -> {
        propose(propose.previous(), propose.batch());
        yield backlogBytes > setup.around.settings().maxBacklogBytes()
            ? setup.leave("it is " + backlogBytes + " bytes behind")
            : Behaviors.same();
      }
      case LearnerHandler.Commit commit -> send(new FromLeader.Commit(commit.upTo()));
      case LearnerHandler.Serve serve -> send(new FromLeader.UpToDate(serve.committed()));
      case LearnerHandler.Tell tell -> send(new FromLeader.Tell(tell.notices()));
      case LearnerHandler.Ping ping -> send(new FromLeader.Ping(ping.round()));
      case LearnerHandler.Dismiss dismiss -> setup.dismiss();
      case LearnerHandler.EpochDecided late -> Behaviors.same();
      case LearnerHandler.Synchronize again -> Behaviors.same();
      case LearnerHandler.Stream again -> Behaviors.same();
      case LearnerHandler.ReadTheLog late -> Behaviors.same();
      case LearnerHandler.LogReplied late -> Behaviors.same();
      case LearnerHandler.Located late -> Behaviors.same();
      case LearnerHandler.PageRead late -> Behaviors.same();
      case LearnerHandler.LogDamaged late -> Behaviors.same();
      case LearnerHandler.SnapshotChosen late -> Behaviors.same();
      case LearnerHandler.PartRead late -> Behaviors.same();
      case LearnerHandler.NotRead late -> Behaviors.same();
    };
  }

  private Behavior<LearnerHandler.Command> send(FromLeader.Message message) {
    setup.send(message);
    return Behaviors.same();
  }

  private void propose(Zxid previous, Batch batch) {
    setup.send(new FromLeader.Propose(previous, batch));
    end = batch.last();
    backlog.add(new Unacknowledged(batch.last(), batch.size()));
    backlogBytes += batch.size();
  }

  private Behavior<LearnerHandler.Command> onLearner(FromLearner.Message message) {
    switch (message) {
      case FromLearner.Ack ack -> {
        acknowledged = ack.upTo();
        while (!backlog.isEmpty() && !backlog.peek().last().isAfter(ack.upTo())) {
          backlogBytes -= backlog.poll().bytes();
        }
        if (synced) {
          setup.leader.tell(new Leader.Acked(setup.learner, ack.upTo()));
        }
      }
      case FromLearner.AckNewLeader ack -> {
        synced = true;
        setup.leader.tell(new Leader.NewLeaderAcked(setup.learner, acknowledged));
      }
      case FromLearner.Forward forward ->
          forward(new Leader.Submit(setup.learner.server(), forward.requests()));
      case FromLearner.Sync sync -> forward(new Leader.Sync(setup.learner.server(), sync.session(), sync.cxid()));
      case FromLearner.ReadIndex read ->
          forward(new Leader.ReadIndex(setup.learner.server(), read.session(), read.cxid()));
      case FromLearner.Claim claim -> forward(
          new Leader.Claim(setup.learner.server(), claim.session(), claim.cxid(), claim.password(), claim.kept()));
      case FromLearner.Touch touch -> setup.leader.tell(new Leader.ClientsHeard(setup.learner, touch.timeouts()));
      case FromLearner.Alive alive when alive.round() > 0 ->
          setup.leader.tell(new Leader.Confirmed(setup.learner, alive.round()));
      case FromLearner.Alive alive -> {}
      case FromLearner.LearnerInfo again -> {}
      case FromLearner.PartStored late -> {}
      case FromLearner.AckEpoch late -> {
        return setup.leave("it promised the epoch twice");
      }
      case FromLearner.Leave leave -> {
        return Behaviors.stopped();
      }
    }
    return Behaviors.same();
  }

  private void forward(Leader.FromSession request) {
    setup.leader.tell(new Leader.Forwarded(setup.learner, request));
  }
}
