package troupe.broadcast;

import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.persistence.TransactionLog;

/**
 * Asks the leader to let it follow, and promises its epoch. Becomes {@link Following} when that is on the disk.
 *
 * <p>The leader may not know yet that it leads, so the first message is repeated until there is an answer.
 */
final class Joining {
  /** Short, since a leader that has just been elected listens a moment later. */
  private static final Duration REPEAT = Duration.ofMillis(20);

  private final Learner.Setup setup;
  private boolean answered;
  private int beats;

  Joining(Learner.Setup setup) {
    this.setup = setup;
  }

  Behavior<Learner.Command> enter() {
    setup.greet();
    setup.timers.startTimerWithFixedDelay(new Learner.AnswerDue(), REPEAT);
    setup.timers.startTimerWithFixedDelay(new Learner.Beat(), setup.around.settings().heartbeat());
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Learner.Command> onMessage(Learner.Command message) {
    return switch (message) {
      case Learner.Heard heard -> setup.receive(heard, this::onLeader);
      case Learner.AnswerDue due -> {
        setup.greet();
        yield Behaviors.same();
      }
      case Learner.Beat beat when answered -> setup.onBeat();
      case Learner.Beat beat -> ++beats > setup.around.settings().initBeats()
          ? setup.leave("server " + setup.around.leader() + " was to lead, but does not answer")
          : Behaviors.same();
      case Learner.PeerLost lost -> setup.onPeerLost(lost);
      case Learner.Resign resign -> setup.leave("this server stops");
      case Learner.LogReplied replied -> onLog(replied.reply());
      // Sessions are served later.
      case Learner.Submit early -> Behaviors.same();
      case Learner.Sync early -> Behaviors.same();
      case Learner.ReadIndex early -> Behaviors.same();
      case Learner.Claim early -> Behaviors.same();
      case Learner.Touch early -> Behaviors.same();
      case Learner.ForwardDue early -> Behaviors.same();
      case Learner.PartStored early -> Behaviors.same();
      case Learner.PartNotStored early -> Behaviors.same();
    };
  }

  private Behavior<Learner.Command> onLeader(FromLeader.Message message) {
    return switch (message) {
      case FromLeader.LeaderInfo info -> {
        answered = true;
        setup.timers.cancel(new Learner.AnswerDue());
        yield promise(info.epoch());
      }
      case FromLeader.Ping ping -> {
        answered = true;
        setup.send(new FromLearner.Alive());
        yield Behaviors.same();
      }
      case FromLeader.Truncate early -> outOfTurn(early);
      case FromLeader.SnapshotPart early -> outOfTurn(early);
      case FromLeader.Propose early -> outOfTurn(early);
      case FromLeader.NewLeader early -> outOfTurn(early);
      case FromLeader.UpToDate early -> outOfTurn(early);
      case FromLeader.Commit early -> outOfTurn(early);
      case FromLeader.Tell early -> outOfTurn(early);
      case FromLeader.Leave early -> outOfTurn(early);
    };
  }

  private Behavior<Learner.Command> promise(long epoch) {
    long accepted = setup.history.acceptedEpoch();
    if (epoch < accepted) {
      return setup.leave("its epoch " + epoch + " is older than " + accepted + ", which has been promised");
    }
    if (epoch == accepted) {
      return acknowledge(epoch, false);
    }
    setup.around.log().tell(new TransactionLog.AcceptEpoch(epoch, setup.logReplies));
    return Behaviors.same();
  }

  private Behavior<Learner.Command> acknowledge(long epoch, boolean promised) {
    setup.send(new FromLearner.AckEpoch(epoch, promised, setup.history.currentEpoch(), setup.history.last()));
    return new Following(setup, epoch).enter();
  }

  private Behavior<Learner.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.EpochAccepted accepted -> acknowledge(accepted.epoch(), true);
      case TransactionLog.Reply.EpochRefused refused ->
          setup.leave("epoch " + refused.accepted() + " has been promised to another");
      case TransactionLog.Reply.Durable d -> throw LogReplies.unexpected(d);
      case TransactionLog.Reply.EpochEstablished e -> throw LogReplies.unexpected(e);
      case TransactionLog.Reply.OutOfOrder o -> throw LogReplies.unexpected(o);
      case TransactionLog.Reply.SnapshotRecorded s -> throw LogReplies.unexpected(s);
      case TransactionLog.Reply.TheHistory h -> throw LogReplies.unexpected(h);
      case TransactionLog.Reply.RoomLeft r -> throw LogReplies.unexpected(r);
      case TransactionLog.Reply.Truncated t -> throw LogReplies.unexpected(t);
      case TransactionLog.Reply.Installed i -> throw LogReplies.unexpected(i);
    };
  }

  private Behavior<Learner.Command> outOfTurn(FromLeader.Message message) {
    return setup.leave(message.getClass().getSimpleName() + " of the leader before the epoch was promised");
  }
}
