package troupe.broadcast;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;

/**
 * The learner is asked to promise the epoch. Becomes {@link CatchingUp} once it has and the leader has a quorum.
 *
 * @param asked for which epoch, once that is decided
 * @param end where the learner's log ends, once it has said so
 */
record Greeting(LearnerHandler.Setup setup, OptionalLong asked, Optional<Zxid> end) {

  Behavior<LearnerHandler.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<LearnerHandler.Command> onMessage(LearnerHandler.Command message) {
    return switch (message) {
      case LearnerHandler.Received received -> setup.receive(received, this::onLearner);
      case LearnerHandler.EpochDecided decided -> {
        setup.send(new FromLeader.LeaderInfo(decided.epoch()));
        yield new Greeting(setup, OptionalLong.of(decided.epoch()), end).listen();
      }
      case LearnerHandler.Synchronize synchronize -> end
          .map(zxid -> new CatchingUp(setup, zxid).enter())
          .orElse(Behaviors.same()); // it is told again, when the leader hears of the promise
      case LearnerHandler.Ping ping -> {
        setup.send(new FromLeader.Ping());
        yield Behaviors.same();
      }
      case LearnerHandler.Dismiss dismiss -> setup.dismiss();
      // What is for those that are further.
      case LearnerHandler.Stream early -> Behaviors.same();
      case LearnerHandler.ReadTheLog early -> Behaviors.same();
      case LearnerHandler.Propose early -> Behaviors.same();
      case LearnerHandler.Commit early -> Behaviors.same();
      case LearnerHandler.Serve early -> Behaviors.same();
      case LearnerHandler.Tell early -> Behaviors.same();
      case LearnerHandler.LogReplied early -> Behaviors.same();
      case LearnerHandler.Located early -> Behaviors.same();
      case LearnerHandler.PageRead early -> Behaviors.same();
      case LearnerHandler.LogDamaged early -> Behaviors.same();
      case LearnerHandler.SnapshotChosen early -> Behaviors.same();
      case LearnerHandler.PartRead early -> Behaviors.same();
      case LearnerHandler.NotRead early -> Behaviors.same();
    };
  }

  private Behavior<LearnerHandler.Command> onLearner(FromLearner.Message message) {
    return switch (message) {
      // Promised to an earlier role of this server, in a conversation that went on. This role's epoch may be another's.
      case FromLearner.AckEpoch stray when !isAskedFor(stray.epoch()) ->
          setup.leave("what was promised is epoch " + stray.epoch() + ", which was not asked for here");
      case FromLearner.AckEpoch ack -> {
        setup.leader.tell(
            new Leader.EpochAcked(setup.learner, ack.promised(), ack.currentEpoch(), ack.last()));
        yield new Greeting(setup, asked, Optional.of(ack.last())).listen();
      }
      case FromLearner.Alive alive -> Behaviors.same();
      case FromLearner.LearnerInfo again -> Behaviors.same();
      case FromLearner.Leave leave -> Behaviors.stopped();
      case FromLearner.AckNewLeader early -> outOfTurn(early);
      case FromLearner.Ack early -> outOfTurn(early);
      case FromLearner.PartStored early -> outOfTurn(early);
      case FromLearner.Forward early -> outOfTurn(early);
      case FromLearner.Sync early -> outOfTurn(early);
      case FromLearner.ReadIndex early -> outOfTurn(early);
      case FromLearner.Claim early -> outOfTurn(early);
      case FromLearner.Touch early -> outOfTurn(early);
    };
  }

  /** @param epoch 0: of an older version, which does not say */
  private boolean isAskedFor(long epoch) {
    return asked.isPresent() && (epoch == 0 || epoch == asked.getAsLong());
  }

  private Behavior<LearnerHandler.Command> outOfTurn(FromLearner.Message message) {
    return setup.leave(message.getClass().getSimpleName() + " before the epoch was promised");
  }
}
