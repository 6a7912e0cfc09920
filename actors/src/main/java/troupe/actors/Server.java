package troupe.actors;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.broadcast.FromLeader;
import troupe.broadcast.FromLearner;
import troupe.election.Election;
import troupe.ensemble.Links;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.metrics.Metrics;
import troupe.persistence.JournalStore;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;

/**
 * One server: the guardian of its actors. Recovers from its disk, looks for a leader, plays its role, and begins again
 * with recovery when that role is over, so that what it believes is always what its log holds.
 */
public final class Server {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** Tells, now and at every change, whether and with what clients can be served. */
  public record Subscribe(ActorRef<Service> subscriber) implements Command {}

  /** What subscribers hear. */
  public sealed interface Service {}

  /**
   * Clients are welcome.
   *
   * @param changes what led to the published tree
   * @param log of this server, for those who want to know how it is
   */
  public record Serving(
      Office office,
      PublishedTree published,
      ChangeHistory changes,
      ActorRef<Sessions.Command> sessions,
      ActorRef<Watches.Command> watches,
      ActorRef<SessionTracker.Command> tracker,
      ActorRef<Snapshots.Command> snapshots,
      ActorRef<TransactionLog.Command> log)
      implements Service {}

  /**
   * New clients have to wait, or go elsewhere.
   *
   * @param why for people: what the server is doing instead
   * @param clientsWait whether those who are connected may stay, if they want to: they will be served again soon, or be
   *     sent away by another word of this kind
   */
  public record NotServing(String why, boolean clientsWait) implements Service {}

  /**
   * What a server is while it serves.
   *
   * @param leader of this epoch; perhaps the server itself
   * @param inStep at the leader: which learners are, at the moment; elsewhere nobody
   */
  public record Office(long epoch, Mode mode, ServerId leader, Supplier<Set<ServerId>> inStep) {}

  /** What a server is to its clients, in ZooKeeper's words. */
  public enum Mode {
    STANDALONE,
    LEADER,
    FOLLOWER,
    OBSERVER
  }

  /** From another server. */
  public record FromPeer(PeerMessage message) implements Command {}

  /** The process of that server is gone, or it seems so. May come late, never, or without cause. */
  public record PeerLost(ServerId peer) implements Command {}

  /** That server's process is there again. */
  public record PeerFound(ServerId peer) implements Command {}

  /** Play no role any more: what is under way is finished, and the others are told. Answered when that is done. */
  public record Retire(ActorRef<Done> replyTo) implements Command {}

  /** If it leads: finish what is under way, and let another server lead. */
  public record HandOver() implements Command {}

  // What the actor hears from those it works with.

  record LogReplied(TransactionLog.Reply reply) implements Command {}

  /** @param took from the history to the tree */
  record Recovered(Beginning beginning, Duration took) implements Command {}

  record NotRecovered(Throwable cause) implements Command {}

  /** Time to try again, after a role that came to nothing. */
  record PauseElapsed() implements Command {}

  record ElectionEnded(Election.Elected elected) implements Command {}

  record ServiceBegan(Serving serving) implements Command {}

  record RoleEnded() implements Command {}

  /** Those who were connected when the last role ended have waited for the next one for as long as they may. */
  record ClientsWaitedEnough() implements Command {}

  /** One of the actors of the {@link Clients} has stopped. */
  record ClientsLost(int generation) implements Command {}

  record LogLost() implements Command {}

  /** The one thread of the order of transactions: log, leader, replica and registry pass work on without a wake-up. */
  static final DispatcherSelector CORE = DispatcherSelector.fromConfig("troupe.core-dispatcher");

  /**
   * Time and chance, handed in so that a simulation can own both.
   *
   * @param clock the time that transactions carry
   * @param nanos a clock for telling how long ago something was
   * @param random has to be unpredictable: session passwords come from it
   */
  public record Sources(InstantSource clock, LongSupplier nanos, RandomGenerator random) {}

  /** What stays the same while the actor lives. */
  record Setup(
      ServerSettings settings,
      Sources sources,
      JournalStore journal,
      Links links,
      ActorRef<TransactionLog.Command> log,
      ActorRef<Election.Command> election,
      Metrics metrics,
      ChangeHistory changes,
      Clientele clientele,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {

    NotServing notServing(String why) {
      return new NotServing(why, clientele.isWaiting());
    }

    /** Whoever waits has waited for too long. */
    Subscribers sendClientsAway(Subscribers subscribers) {
      clientele.waitedEnough();
      return subscribers.sendClientsAway();
    }

    /** Nobody can go on without them. */
    Subscribers clientsLost(ClientsLost lost, Subscribers subscribers) {
      return clientele.lost(lost) ? subscribers.sendClientsAway() : subscribers;
    }

    /** A message of a conversation that this server is not in: whoever sent it need not wait for an answer. */
    void turnAway(PeerMessage message) {
      switch (message) {
        case FromLeader f when !(f.message() instanceof FromLeader.Leave) -> links.send(f.from(),
            new FromLearner(settings.ensemble().self(), f.conversation(), 0, new FromLearner.Leave()));
        case FromLearner f when !(f.message() instanceof FromLearner.Leave) -> links.send(f.from(),
            new FromLeader(settings.ensemble().self(), f.conversation(), 0, new FromLeader.Leave()));
        default -> {} // of a kind that nobody waits for
      }
    }

    /** The same, but for one who asks again until this server leads, or is known not to. */
    void turnAwayUnlessItAsksAgain(PeerMessage message) {
      if (!(message instanceof FromLearner f && f.message() instanceof FromLearner.LearnerInfo)) {
        turnAway(message);
      }
    }

    Behavior<Command> tellElection(PeerLost lost) {
      election.tell(new Election.PeerLost(lost.peer()));
      return Behaviors.same();
    }

    Behavior<Command> tellElection(PeerFound found) {
      election.tell(new Election.PeerFound(found.peer()));
      return Behaviors.same();
    }

    /** What the election understands goes there, whatever the server does; the rest means something to a role only. */
    Optional<PeerMessage> forRole(PeerMessage message) {
      if (message instanceof Election.PeerMessage vote) {
        election.tell(vote);
        return Optional.empty();
      }
      return Optional.of(message);
    }
  }

  private Server() {}

  /**
   * @param journal opened before, so that trouble with it is met before anything runs
   * @param links to the other servers; what they send is told to this actor as {@link FromPeer}
   */
  public static Behavior<Command> create(
      ServerSettings settings, Sources sources, JournalStore journal, Links links) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      context.setLoggerName(Server.class);
      ActorRef<TransactionLog.Command> log =
          context.spawn(TransactionLog.create(journal), "log", CORE);
      context.watchWith(log, new LogLost());
      ActorRef<Election.Command> election = context.spawn(
          Election.create(settings.ensemble(), links, settings.election()), "election", CORE);
      context.watch(election); // without it there is no next role: its end is this actor's
      Metrics metrics = Metrics.of(context.getSystem());
      ChangeHistory changes = new ChangeHistory(settings.changesKept());
      Clientele clientele = new Clientele(settings, sources, metrics, context, timers);
      Setup setup = new Setup(
          settings, sources, journal, links, log, election, metrics, changes, clientele, context, timers);
      return new Recovering(setup, Subscribers.NONE, Optional.empty()).enter();
    }));
  }
}
