package troupe.election;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;

/**
 * Fast Leader Election: the protocol, and the way in.
 *
 * <p>A server that looks for a leader sends its vote to all others, adopts every better one that it hears of, and is
 * done when a quorum backs the same. One that is not looking answers those that are with what it settled on.
 */
public final class Election {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** The part other servers may send: the only messages here that have a wire form. */
  public sealed interface PeerMessage extends Command {}

  /**
   * A server's current vote, sent on every change of mind, again after a silence, and as an answer to those behind.
   *
   * @param round the sender's election round; never a Zab epoch
   * @param looking whether the sender is still looking, and so wants an answer
   */
  public record Notification(ServerId from, Round round, Vote vote, boolean looking) implements PeerMessage {}

  /**
   * From the server: there is no leader, find one. Answered with {@link Elected} when there is.
   *
   * @param own the vote for this server itself, from what is durable in its log
   */
  public record FindLeader(Vote own, ActorRef<Elected> replyTo) implements Command {}

  /** The answer: follow this one, which may be the server itself. */
  public record Elected(Round round, ServerId leader) {}

  // What the actor tells itself. Package-private: nobody outside can forge a timeout.

  /** Nobody said anything for so long. */
  record SilenceElapsed(Duration silence) implements Command {}

  record FinalizeWaitElapsed() implements Command {}

  /** How votes reach the other servers. Losing one is harmless: it is sent again. */
  @FunctionalInterface
  public interface Peers {
    void send(ServerId to, PeerMessage message);
  }

  /** What never changes while the actor lives. */
  record Setup(
      Ensemble ensemble,
      Peers peers,
      ElectionSettings settings,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {

    void broadcast(Notification notification) {
      ensemble.peers().forEach(peer -> peers.send(peer, notification));
    }

    ServerId self() {
      return ensemble.self();
    }
  }

  private Election() {}

  /** Waits for {@link FindLeader}. */
  public static Behavior<Command> create(Ensemble ensemble, Peers peers, ElectionSettings settings) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers ->
        new Idle(new Setup(ensemble, peers, settings, context, timers), Round.NONE).enter()));
  }
}
