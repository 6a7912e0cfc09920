package troupe.election;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
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
  public sealed interface PeerMessage extends Command, troupe.ensemble.PeerMessage {}

  /**
   * A server's current vote, sent on every change of mind, again after a silence, and as an answer to those behind.
   *
   * @param round the sender's election round; never a Zab epoch
   * @param vote none from an observer that has not heard of any yet
   * @param looking whether the sender is still looking, and so wants an answer
   */
  public record Notification(ServerId from, Round round, Optional<Vote> vote, boolean looking) implements PeerMessage {}

  /**
   * From the server: there is no leader, find one. Answered with {@link Elected} when there is.
   *
   * @param own the vote for this server itself, from what is durable in its log; an observer has none
   */
  public record FindLeader(Optional<Vote> own, ActorRef<Elected> replyTo) implements Command {}

  /** From the server: it leads no more and is not to be chosen again, so whoever looks gets no answer until it looks. */
  public record StandAside() implements Command {}

  /** The answer: follow this one, which may be the server itself. */
  public record Elected(Round round, ServerId leader) {}

  // What the actor tells itself. Package-private: nobody outside can forge a timeout.

  /** Nobody said anything for so long. */
  record SilenceElapsed(Duration silence) implements Command {}

  record FinalizeWaitElapsed() implements Command {}

  /** The process of that server is gone, so it has no vote to wait for. */
  public record PeerLost(ServerId peer) implements Command {}

  /** It is there again. */
  public record PeerFound(ServerId peer) implements Command {}

  /**
   * What never changes while the actor lives, except who is known to be gone.
   *
   * @param gone nothing but waiting depends on it
   */
  record Setup(
      Ensemble ensemble,
      Set<ServerId> gone,
      Links links,
      ElectionSettings settings,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {

    void broadcast(Notification notification) {
      ensemble.peers().forEach(peer -> links.send(peer, notification));
    }

    /** Not if this server does not know the one it is for: it could not follow. */
    boolean mayLead(Vote vote) {
      return ensemble.voters().contains(vote.leader());
    }

    /** Whether no other vote than those can still come. */
    boolean isEverybody(Set<ServerId> supporters) {
      return ensemble.voters().stream().allMatch(voter -> supporters.contains(voter) || gone.contains(voter));
    }

    /** Keeps who is gone; means nothing for the state. */
    Behavior<Command> on(PeerLost lost) {
      gone.add(lost.peer());
      return Behaviors.same();
    }

    Behavior<Command> on(PeerFound found) {
      gone.remove(found.peer());
      return Behaviors.same();
    }

    ServerId self() {
      return ensemble.self();
    }
  }

  private Election() {}

  /** Waits for {@link FindLeader}. */
  public static Behavior<Command> create(Ensemble ensemble, Links links, ElectionSettings settings) {
    return Behaviors.setup(context -> {
      context.setLoggerName(Election.class); // or the first timer gives its own name to all that is logged
      return Behaviors.withTimers(timers ->
          new Idle(new Setup(ensemble, new HashSet<>(), links, settings, context, timers), Round.NONE).enter());
    });
  }
}
