package troupe.broadcast;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
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
 * <p>The epoch is one more than the newest that any of a quorum has promised, so two leaders have the same one only if no
 * server that promised it to one has promised it to the other.
 */
final class Discovering {
  private final Leader.Setup setup;
  private final DataTree tree;
  private final Map<ServerId, Long> acceptedEpochs = new HashMap<>();
  private final Set<ServerId> promised = new HashSet<>();

  /** Those who wait to be told the epoch. */
  private final Set<LearnerId> waiting = new HashSet<>();

  private OptionalLong epoch = OptionalLong.empty();
  private int beats;

  private Discovering(Leader.Setup setup, DataTree tree) {
    this.setup = setup;
    this.tree = tree;
  }

  static Discovering first(Leader.Setup setup, DataTree tree) {
    Discovering discovering = new Discovering(setup, tree);
    discovering.acceptedEpochs.put(setup.self(), setup.history().acceptedEpoch());
    return discovering;
  }

  Behavior<Leader.Command> enter() {
    decideEpoch();
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Leader.Command> onMessage(Leader.Command message) {
    return switch (message) {
      case Leader.Heard heard -> {
        setup.learners().hear(heard.message());
        yield Behaviors.same();
      }
      case Leader.Joined joined when setup.learners().isCurrent(joined.learner()) -> onJoined(joined);
      case Leader.EpochAcked acked when setup.learners().isCurrent(acked.learner()) -> onEpochAcked(acked);
      case Leader.FromHandler late when !setup.learners().isCurrent(late.learner()) -> Behaviors.same();
      case Leader.HandlerEnded ended -> {
        setup.learners().ended(ended.learner());
        yield Behaviors.same();
      }
      case Leader.LogReplied replied -> onLog(replied.reply());
      case Leader.Beat beat -> {
        setup.learners().beat();
        yield ++beats > setup.settings().initBeats() ? stepDown("no quorum has come to follow it") : Behaviors.same();
      }
      case Leader.PeerLost lost -> {
        setup.learners().lost(lost.peer());
        yield Behaviors.same();
      }
      case Leader.Resign resign -> stepDown("it was asked to resign");
      // Sessions are served once the leader is established.
      case Leader.Submit early -> Behaviors.same();
      case Leader.SubmitOwn early -> Behaviors.same();
      case Leader.Sync early -> Behaviors.same();
      case Leader.ReadIndex early -> Behaviors.same();
      case Leader.Claim early -> Behaviors.same();
      case Leader.Forwarded early -> Behaviors.same();
      case Leader.Confirmed early -> Behaviors.same();
      case Leader.RoomCheckDue early -> Behaviors.same();
      case Leader.ClientsHeard early -> Behaviors.same();
      case Leader.Joined j -> throw tooEarly(j);
      case Leader.EpochAcked a -> throw tooEarly(a);
      case Leader.WantsHistory w -> throw tooEarly(w);
      case Leader.NewLeaderAcked a -> throw tooEarly(a);
      case Leader.Acked a -> throw tooEarly(a);
      case Leader.Chosen c -> throw tooEarly(c);
    };
  }

  private Behavior<Leader.Command> onJoined(Leader.Joined joined) {
    acceptedEpochs.put(joined.learner().server(), joined.acceptedEpoch());
    if (epoch.isEmpty()) {
      waiting.add(joined.learner());
      decideEpoch();
    } else if (joined.acceptedEpoch() > epoch.getAsLong() || mayNotPromise(joined)) {
      return setup.stepDownFor(joined, epoch.getAsLong());
    } else {
      setup.learners().tell(joined.learner(), new LearnerHandler.EpochDecided(epoch.getAsLong()));
    }
    return Behaviors.same();
  }

  /** It has promised this epoch before, but nobody here has heard of it: perhaps to another leader. */
  private boolean mayNotPromise(Leader.Joined joined) {
    ServerId server = joined.learner().server();
    return joined.acceptedEpoch() == epoch.orElseThrow() && setup.votes(server) && !promised.contains(server);
  }

  private void decideEpoch() {
    if (setup.isQuorum(acceptedEpochs.keySet())) {
      long decided = acceptedEpochs.values().stream().mapToLong(Long::longValue).max().orElseThrow() + 1;
      epoch = OptionalLong.of(decided);
      waiting.forEach(learner -> setup.learners().tell(learner, new LearnerHandler.EpochDecided(decided)));
      // The own promise counts like any other's: once it is durable.
      setup.log().tell(new TransactionLog.AcceptEpoch(decided, setup.logReplies()));
    }
  }

  private Behavior<Leader.Command> onEpochAcked(Leader.EpochAcked acked) {
    History own = setup.history();
    boolean newer = acked.currentEpoch() > own.currentEpoch()
        || acked.currentEpoch() == own.currentEpoch() && acked.last().isAfter(own.last());
    // What an observer has beyond that was never committed, and it will give it up.
    if (newer && acked.promised() && setup.votes(acked.learner().server())) {
      return stepDown("server " + acked.learner().server() + " has a newer history, up to " + acked.last()
          + " of epoch " + acked.currentEpoch());
    }
    return acked.promised() ? promisedBy(acked.learner().server()) : Behaviors.same();
  }

  private Behavior<Leader.Command> promisedBy(ServerId server) {
    promised.add(server);
    return setup.isQuorum(promised)
        ? new Synchronizing(setup, tree, epoch.orElseThrow()).enter()
        : Behaviors.same();
  }

  private Behavior<Leader.Command> onLog(TransactionLog.Reply reply) {
    return switch (reply) {
      case TransactionLog.Reply.EpochAccepted accepted -> promisedBy(setup.self());
      case TransactionLog.Reply.EpochRefused refused ->
          stepDown("epoch " + refused.accepted() + " has been promised to another");
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

  private Behavior<Leader.Command> stepDown(String reason) {
    return setup.stepDown(epoch.orElse(setup.history().acceptedEpoch()), reason);
  }

  private static IllegalStateException tooEarly(Leader.Command message) {
    return new IllegalStateException(message + " before a quorum has promised the epoch");
  }
}
