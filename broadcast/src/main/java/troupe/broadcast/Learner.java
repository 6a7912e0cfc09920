package troupe.broadcast;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
import troupe.ensemble.ServerId;
import troupe.persistence.History;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;
import troupe.tree.Password;
import troupe.tree.Request;

/**
 * A server that follows a leader, with a vote or as an observer: the protocol, and the way in.
 *
 * <p>It promises the leader's epoch, is brought to the leader's history, and then stores what is proposed and passes on
 * what is committed. It has one conversation with one leader: when that ends, for whatever reason, so does the actor, and
 * its server looks for a leader again, from what the log holds.
 */
public final class Learner {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** From the leader. */
  public record Heard(FromLeader message) implements Command {}

  /** The process of that server is gone, or it seems so. */
  public record PeerLost(ServerId peer) implements Command {}

  /** From sessions of this server, for the leader; as in {@link Leader.Submit}. */
  public record Submit(List<Request> requests) implements Command {
    public Submit {
      requests = List.copyOf(requests);
    }
  }

  /** As {@link Leader.Sync}. */
  public record Sync(long session, int cxid) implements Command {}

  /** As {@link Leader.ReadIndex}. */
  public record ReadIndex(long session, int cxid) implements Command {}

  /** As {@link Leader.Claim}. */
  public record Claim(long session, int cxid, Password password, boolean kept) implements Command {}

  /** This server has heard of these clients; as in {@link FromLearner.Touch}. */
  public record Touch(Map<Long, Integer> timeouts) implements Command {
    public Touch {
      timeouts = Map.copyOf(timeouts);
    }
  }

  /** The server stops: the leader need not wait for its silence. */
  public record Resign() implements Command {}

  // What the actor hears from those it works with, and tells itself.

  record LogReplied(TransactionLog.Reply reply) implements Command {}

  record Beat() implements Command {}

  record AnswerDue() implements Command {}

  /** What sessions have submitted since is to go to the leader in one message. */
  record ForwardDue() implements Command {}

  record PartStored(SnapshotRef snapshot, boolean last) implements Command {}

  record PartNotStored(Throwable cause) implements Command {}

  /** What the server hears of its learner. */
  public sealed interface Report {}

  /** Clients are welcome: this server has all that was committed when it joined. */
  public record UpToDate(long epoch) implements Report {}

  /** The conversation is over; the server has to look for a leader again. */
  public record Lost(String reason) implements Report {}

  /**
   * What a learner works with.
   *
   * @param leader whom it follows
   * @param snapshots the directory for a snapshot that the leader may send
   * @param random draws the conversation's id
   */
  public record Surroundings(
      Ensemble ensemble,
      ServerId leader,
      BroadcastSettings settings,
      Links links,
      ActorRef<TransactionLog.Command> log,
      Path snapshots,
      ActorRef<Replica.Command> replica,
      RandomGenerator random) {}

  /** What never changes while the actor lives, and the numbers of messages, which do. */
  static final class Setup {
    final Surroundings around;
    final History history;
    final DataTree tree;
    final ActorRef<Report> server;
    final ActorContext<Command> context;
    final TimerScheduler<Command> timers;
    final ActorRef<TransactionLog.Reply> logReplies;
    /** For what waits for the disk. */
    final Executor disk;
    private final Conversation conversation;
    private final Conversation.Inbox inbox = new Conversation.Inbox();
    private long sent;
    private int silentBeats;

    Setup(
        Surroundings around,
        History history,
        DataTree tree,
        ActorRef<Report> server,
        ActorContext<Command> context,
        TimerScheduler<Command> timers) {
      this.around = around;
      this.history = history;
      this.tree = tree;
      this.server = server;
      this.context = context;
      this.timers = timers;
      this.logReplies = context.messageAdapter(TransactionLog.Reply.class, LogReplied::new);
      this.disk = context.getSystem().dispatchers().lookup(
          DispatcherSelector.fromConfig("troupe.persistence.snapshot-dispatcher"));
      this.conversation = new Conversation(around.random().nextLong());
    }

    void send(FromLearner.Message message) {
      send(++sent, message);
    }

    /** The first message, which may be sent again. */
    void greet() {
      send(0, new FromLearner.LearnerInfo(history.acceptedEpoch()));
    }

    /** Takes each message of the leader once and in order; ends where one was lost. */
    Behavior<Command> receive(Heard heard, Function<FromLeader.Message, Behavior<Command>> next) {
      FromLeader received = heard.message();
      if (!received.from().equals(around.leader()) || !received.conversation().equals(conversation)) {
        return Behaviors.same(); // of an earlier attempt
      }
      silentBeats = 0;
      return switch (received.message()) {
        case FromLeader.Leave leave -> end("server " + around.leader() + " does not lead it any more");
        case FromLeader.Message message -> switch (inbox.take(received.number())) {
          case NEXT -> next.apply(message);
          case REPEATED -> Behaviors.same();
          case AFTER_A_GAP -> leave("messages of the leader were lost");
        };
      };
    }

    Behavior<Command> onBeat() {
      return ++silentBeats > around.settings().syncBeats()
          ? leave("nothing was heard of server " + around.leader() + " for "
              + around.settings().syncTimeout().toMillis() + " ms")
          : Behaviors.same();
    }

    Behavior<Command> onPeerLost(PeerLost lost) {
      return lost.peer().equals(around.leader())
          ? end("the process of server " + around.leader() + " is gone")
          : Behaviors.same();
    }

    /** Ends the conversation, and lets the leader know. */
    Behavior<Command> leave(String reason) {
      send(0, new FromLearner.Leave());
      return end(reason);
    }

    private Behavior<Command> end(String reason) {
      context.getLog().info("follows server {} no more: {}", around.leader(), reason);
      server.tell(new Lost(reason));
      return Behaviors.stopped();
    }

    private void send(long number, FromLearner.Message message) {
      around.links().send(
          around.leader(), new FromLearner(around.ensemble().self(), conversation, number, message));
    }
  }

  private Learner() {}

  /**
   * Follows, if the leader lets it.
   *
   * @param history of this server's log
   * @param tree with all of that history, committed or not
   * @param server hears {@link UpToDate}, and {@link Lost} at the end
   */
  public static Behavior<Command> create(
      Surroundings around, History history, DataTree tree, ActorRef<Report> server) {
    if (!tree.lastZxid().equals(history.last())) {
      throw new IllegalArgumentException("the tree is at " + tree.lastZxid() + ", the log at " + history.last());
    }
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(Learner.class); // or the first timer gives its own name to all that is logged
      return new Joining(new Setup(around, history, tree, server, context, timers)).enter();
    }));
  }
}
