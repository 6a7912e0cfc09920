package troupe.broadcast;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.metrics.Metrics;
import troupe.persistence.History;
import troupe.persistence.JournalStore;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;
import troupe.tree.Password;
import troupe.tree.Request;

/**
 * The leader of one epoch: the protocol, and the way in.
 *
 * <p>It wins a new epoch from a quorum (discovery), sees to it that a quorum has its history (synchronisation), and then
 * turns requests into batches that are committed once a quorum has them on disk (broadcast). Each of these is counted
 * over servers, this one among them: alone it is an ensemble of one, and nothing else is different. It answers for one
 * epoch only; whatever goes wrong ends it, and its server looks for a leader again, from what the log holds.
 */
public final class Leader {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** From sessions, of this server or of a learner's. */
  public sealed interface FromSession extends Command {}

  /**
   * From sessions, each in its own order. What they come to is delivered; refusals are noticed.
   *
   * @param from the server to which the sessions' clients are connected
   */
  public record Submit(ServerId from, List<Request> requests) implements FromSession {
    public Submit {
      requests = List.copyOf(requests);
    }
  }

  /** What the leader's own housekeeping wants: sessions are over, containers have had their time. */
  public record SubmitOwn(List<Request> requests) implements Command {
    public SubmitOwn {
      requests = List.copyOf(requests);
    }
  }

  /** From a session: {@link Notice.Synced} once everything before has been delivered. */
  public record Sync(ServerId from, long session, int cxid) implements FromSession {}

  /**
   * From a session, for a read that must not miss anything: {@link Notice.Synced} as for a sync, but only after a quorum
   * has said, when asked after this, that it follows nobody newer. Source: ReadIndex of Raft (Ongaro 2014, 6.4).
   */
  public record ReadIndex(ServerId from, long session, int cxid) implements FromSession {}

  /**
   * From a session: it lives at that server, if this is its password. {@link Notice.Synced}, either way, as for a sync.
   *
   * @param kept false: its client has come there with it now. true: it has lived there under an earlier leader; if it lives
   *     elsewhere by now, that server is told so
   */
  public record Claim(ServerId from, long session, int cxid, Password password, boolean kept) implements FromSession {}

  /** From a learner. */
  public record Heard(FromLearner message) implements Command {}

  /** The process of that server is gone, or it seems so. */
  public record PeerLost(ServerId peer) implements Command {}

  /** Lead no more: what was proposed is finished first, if a quorum is there, and the learners are told. */
  public record Resign() implements Command {}

  // What the actor hears from those it works with.

  /** The log's answer. */
  record LogReplied(TransactionLog.Reply reply) implements Command {}

  /** From a proposal: a quorum has it. */
  record Chosen(Zxid last) implements Command {}

  /** While the disk is short of room: time to look again. */
  record RoomCheckDue() implements Command {}

  /** Time to let the learners hear of the leader, and to see who was heard of. */
  record Beat() implements Command {}

  /** From the handler of a learner. */
  sealed interface FromHandler extends Command {
    LearnerId learner();
  }

  /** It would follow. */
  record Joined(LearnerId learner, long acceptedEpoch) implements FromHandler {}

  /** It will follow nobody older; {@code promised} as in {@link FromLearner.AckEpoch}. */
  record EpochAcked(LearnerId learner, boolean promised, long currentEpoch, Zxid last) implements FromHandler {}

  /** It has the history up to there, and wants what comes after, and all that will. */
  record WantsHistory(LearnerId learner, Zxid after) implements FromHandler {}

  /** It has the leader's history and epoch on its disk, and the batches up to there. */
  record NewLeaderAcked(LearnerId learner, Zxid upTo) implements FromHandler {}

  /** It has everything up to there on its disk. */
  record Acked(LearnerId learner, Zxid upTo) implements FromHandler {}

  /** When it was asked in this round, it followed nobody newer. */
  record Confirmed(LearnerId learner, long round) implements FromHandler {}

  /** Its clients' sessions ask for something. */
  record Forwarded(LearnerId learner, FromSession request) implements FromHandler {}

  /** Its clients have been heard of; see {@link FromLearner.Touch}. */
  record ClientsHeard(LearnerId learner, Map<Long, Integer> timeouts) implements FromHandler {}

  /** The handler has stopped, and the conversation is over. */
  record HandlerEnded(LearnerId learner) implements FromHandler {}

  /** What the server hears of its leader. */
  public sealed interface Report {}

  /** A quorum follows: requests are welcome from now on. */
  public record Established(long epoch) implements Report {}

  /** These are in step with the leader, observers too; told at every change. */
  public record InStep(Set<ServerId> learners) implements Report {
    public InStep {
      learners = Set.copyOf(learners);
    }
  }

  /**
   * Clients elsewhere have been heard of.
   *
   * @param timeouts by session id: milliseconds where the session was resumed with a new one, otherwise 0
   */
  public record SessionsTouched(Map<Long, Integer> timeouts) implements Report {}

  /** This epoch is over; the server has to look for a leader again. */
  public record SteppedDown(long epoch, String reason) implements Report {}

  /**
   * What a leader works with.
   *
   * @param log this server's
   * @param journal where that log is, for learners that were away for long
   * @param snapshots the directory of this server's snapshots, for those that were away for longer still
   * @param clock the time that transactions carry
   */
  public record Surroundings(
      Ensemble ensemble,
      BroadcastSettings settings,
      Links links,
      ActorRef<TransactionLog.Command> log,
      JournalStore journal,
      Path snapshots,
      ActorRef<Replica.Command> replica,
      InstantSource clock,
      Metrics metrics) {}

  /** What never changes while the actor lives. */
  record Setup(
      Surroundings around,
      History history,
      Learners learners,
      ActorRef<Report> server,
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<TransactionLog.Reply> logReplies) {

    ServerId self() {
      return around.ensemble().self();
    }

    BroadcastSettings settings() {
      return around.settings();
    }

    ActorRef<TransactionLog.Command> log() {
      return around.log();
    }

    ActorRef<Replica.Command> replica() {
      return around.replica();
    }

    boolean isQuorum(Set<ServerId> servers) {
      return around.ensemble().quorum().isReachedBy(servers);
    }

    boolean votes(ServerId server) {
      return around.ensemble().voters().contains(server);
    }

    /** A learner may follow nobody as old as this epoch. */
    Behavior<Command> stepDownFor(Joined learner, long epoch) {
      // Promised here too, so that the next epoch is newer, whoever comes first to that leader.
      log().tell(new TransactionLog.AcceptEpoch(learner.acceptedEpoch(), logReplies));
      return stepDown(
          epoch, "server " + learner.learner().server() + " has promised epoch " + learner.acceptedEpoch());
    }

    Behavior<Command> stepDown(long epoch, String reason) {
      context.getLog().info("epoch {}: leads no more: {}", epoch, reason);
      learners.dismissAll();
      server.tell(new SteppedDown(epoch, reason));
      return Behaviors.stopped();
    }
  }

  private Leader() {}

  /**
   * Leads, if a quorum lets it.
   *
   * @param history of this server's log
   * @param tree with all of that history
   * @param server hears {@link Established}, and {@link SteppedDown} at the end
   */
  public static Behavior<Command> create(
      Surroundings around, History history, DataTree tree, ActorRef<Report> server) {
    if (!tree.lastZxid().equals(history.last())) {
      throw new IllegalArgumentException("the tree is at " + tree.lastZxid() + ", the log at " + history.last());
    }
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(Leader.class); // or the first timer gives its own name to all that is logged
      if (!around.ensemble().peers().isEmpty()) {
        timers.startTimerWithFixedDelay(new Beat(), around.settings().heartbeat());
      }
      ActorRef<TransactionLog.Reply> replies = context.messageAdapter(TransactionLog.Reply.class, LogReplied::new);
      Learners learners = new Learners(around, context);
      return Discovering.first(new Setup(around, history, learners, server, context, timers, replies), tree).enter();
    }));
  }
}
