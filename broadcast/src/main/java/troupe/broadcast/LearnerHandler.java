package troupe.broadcast;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.LogReader;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;

/**
 * The leader's side of one conversation with one learner: discovery, synchronisation, and the learner's place in the
 * stream of proposals. Ends with the conversation; the leader goes on.
 */
final class LearnerHandler {
  sealed interface Command {}

  /** From the learner. */
  record Received(long number, FromLearner.Message message) implements Command {}

  // From the leader.

  record EpochDecided(long epoch) implements Command {}

  /** A quorum has promised the epoch: the learner may have the leader's history. */
  record Synchronize() implements Command {}

  /** These come next, and then everything that is proposed from now on. */
  record Stream(long epoch, List<Batch> batches) implements Command {}

  /** What the learner needs next is in the log on the disk, or was never committed. */
  record ReadTheLog() implements Command {}

  record Propose(Zxid previous, Batch batch) implements Command {}

  record Commit(Zxid upTo) implements Command {}

  /** A quorum has the leader's history: the learner may serve. */
  record Serve(Zxid committed) implements Command {}

  record Tell(List<Notice> notices) implements Command {}

  /** @param round as in {@link FromLeader.Ping} */
  record Ping(long round) implements Command {
    Ping() {
      this(0);
    }
  }

  record Dismiss() implements Command {}

  // What the actor tells itself.

  record LogReplied(TransactionLog.Reply reply) implements Command {}

  /** @param place where the learner's history leaves the leader's; none: before the leader's log begins */
  record Located(LogReader log, Optional<LogReader.Place> place) implements Command {}

  record PageRead(List<LogReader.Entry> entries) implements Command {}

  /** The log on the disk is damaged where the learner needs it. */
  record LogDamaged(CorruptJournalException cause) implements Command {}

  /** The newest snapshot that is sound, of those that are newer than what the learner has. */
  record SnapshotChosen(Optional<SnapshotRef> snapshot) implements Command {}

  record PartRead(SnapshotRef snapshot, ByteString bytes, boolean last) implements Command {}

  record NotRead(Throwable cause) implements Command {}

  /** What never changes while the actor lives, and the numbers of messages, which do. */
  static final class Setup {
    final LearnerId learner;
    final Leader.Surroundings around;
    final ActorRef<Leader.Command> leader;
    final ActorContext<Command> context;
    final ActorRef<TransactionLog.Reply> logReplies;
    /** For what waits for the disk. */
    final Executor disk;
    private final Conversation.Inbox inbox = new Conversation.Inbox();
    private long sent;

    Setup(
        LearnerId learner,
        Leader.Surroundings around,
        ActorRef<Leader.Command> leader,
        ActorContext<Command> context) {
      this.learner = learner;
      this.around = around;
      this.leader = leader;
      this.context = context;
      this.logReplies = context.messageAdapter(TransactionLog.Reply.class, LogReplied::new);
      this.disk = context.getSystem().dispatchers().lookup(
          DispatcherSelector.fromConfig("troupe.persistence.replay-dispatcher"));
    }

    void send(FromLeader.Message message) {
      send(++sent, message);
    }

    /** Takes each message of the learner once and in order; ends where one was lost. */
    Behavior<Command> receive(Received received, Function<FromLearner.Message, Behavior<Command>> next) {
      return switch (received.message()) {
        case FromLearner.Leave leave -> Behaviors.stopped();
        case FromLearner.LearnerInfo repeated -> Behaviors.same();
        case FromLearner.Message message -> switch (inbox.take(received.number())) {
          case NEXT -> next.apply(message);
          case REPEATED -> Behaviors.same();
          case AFTER_A_GAP -> leave("messages of it were lost");
        };
      };
    }

    Behavior<Command> leave(String reason) {
      context.getLog().info("server {} has to begin again: {}", learner.server(), reason);
      return dismiss();
    }

    Behavior<Command> dismiss() {
      send(0, new FromLeader.Leave());
      return Behaviors.stopped();
    }

    private void send(long number, FromLeader.Message message) {
      around.links().send(learner.server(),
          new FromLeader(around.ensemble().self(), learner.conversation(), number, message));
    }
  }

  private LearnerHandler() {}

  static Behavior<Command> create(
      LearnerId learner,
      FromLearner.LearnerInfo info,
      Leader.Surroundings around,
      ActorRef<Leader.Command> leader) {
    return Behaviors.setup(context -> {
      leader.tell(new Leader.Joined(learner, info.acceptedEpoch()));
      return new Greeting(new Setup(learner, around, leader, context), OptionalLong.empty(), Optional.empty()).listen();
    });
  }
}
