package troupe.broadcast;

import java.time.InstantSource;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.History;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;
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

  /** From sessions, each in its own order. What they come to is delivered; refusals are noticed. */
  public record Submit(List<Request> requests) implements Command {
    public Submit {
      requests = List.copyOf(requests);
    }
  }

  /** From a session: {@link Notice.Synced} once everything before has been delivered. */
  public record Sync(long session, int cxid) implements Command {}

  // What the actor hears from those it works with.

  /** The log's answer. */
  record LogReplied(TransactionLog.Reply reply) implements Command {}

  /** From a proposal: a quorum has it. */
  record Chosen(Zxid last) implements Command {}

  /** While the disk is short of room: time to look again. */
  record RoomCheckDue() implements Command {}

  /** What the server hears of its leader. */
  public sealed interface Report {}

  /** A quorum follows: requests are welcome from now on. */
  public record Established(long epoch) implements Report {}

  /** This epoch is over; the server has to look for a leader again. */
  public record SteppedDown(long epoch, String reason) implements Report {}

  /**
   * What never changes while the actor lives.
   *
   * @param clock the time that transactions carry
   */
  record Setup(
      Ensemble ensemble,
      BroadcastSettings settings,
      ActorRef<TransactionLog.Command> log,
      ActorRef<Replica.Command> replica,
      ActorRef<Report> server,
      InstantSource clock,
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ActorRef<TransactionLog.Reply> logReplies) {

    ServerId self() {
      return ensemble.self();
    }

    Behavior<Command> stepDown(long epoch, String reason) {
      context.getLog().info("epoch {}: leads no more: {}", epoch, reason);
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
      Ensemble ensemble,
      BroadcastSettings settings,
      History history,
      DataTree tree,
      ActorRef<TransactionLog.Command> log,
      ActorRef<Replica.Command> replica,
      ActorRef<Report> server,
      InstantSource clock) {
    if (!tree.lastZxid().equals(history.last())) {
      throw new IllegalArgumentException("the tree is at " + tree.lastZxid() + ", the log at " + history.last());
    }
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      ActorRef<TransactionLog.Reply> replies = context.messageAdapter(TransactionLog.Reply.class, LogReplied::new);
      Setup setup = new Setup(ensemble, settings, log, replica, server, clock, context, timers, replies);
      return Discovering.first(setup, history, tree).enter();
    }));
  }
}
