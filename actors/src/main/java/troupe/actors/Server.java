package troupe.actors;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.election.Election;
import troupe.persistence.History;
import troupe.persistence.JournalStore;
import troupe.persistence.TransactionLog;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.DataTree;

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

  /** Clients are welcome. */
  public record Serving(
      long epoch,
      PublishedTree published,
      ActorRef<Sessions.Command> sessions,
      ActorRef<Watches.Command> watches,
      ActorRef<SessionTracker.Command> tracker)
      implements Service {}

  /** Clients have to wait, or go elsewhere. */
  public record NotServing() implements Service {}

  // What the actor hears from those it works with.

  record LogReplied(TransactionLog.Reply reply) implements Command {}

  record Recovered(History history, DataTree tree) implements Command {}

  record NotRecovered(Throwable cause) implements Command {}

  record ElectionEnded(Election.Elected elected) implements Command {}

  record ServiceBegan(Serving serving) implements Command {}

  record RoleEnded() implements Command {}

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

  /** What never changes while the actor lives. */
  record Setup(
      ServerSettings settings,
      Sources sources,
      JournalStore journal,
      ActorRef<TransactionLog.Command> log,
      ActorRef<Election.Command> election,
      ActorContext<Command> context) {}

  private Server() {}

  /** @param journal opened before, so that trouble with it is met before anything runs */
  public static Behavior<Command> create(ServerSettings settings, Sources sources, JournalStore journal) {
    return Behaviors.setup(context -> {
      ActorRef<TransactionLog.Command> log =
          context.spawn(TransactionLog.create(journal::room), "log", CORE);
      context.watchWith(log, new LogLost());
      ActorRef<Election.Command> election = context.spawn(
          Election.create(
              settings.ensemble(),
              (peer, message) -> {
                throw new IllegalStateException("a server alone has no peer " + peer);
              },
              settings.election()),
          "election");
      Setup setup = new Setup(settings, sources, journal, log, election, context);
      return new Recovering(setup, Subscribers.NONE).enter();
    });
  }
}
