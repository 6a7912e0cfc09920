package troupe.recipes;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.client.ErrorCode;
import troupe.client.Session;
import troupe.client.SessionEvent;
import troupe.client.SessionSettings;

/**
 * A recipe in a session of its own, and again in a new one whenever that has expired: for candidates, members and services
 * that are to be there for as long as their process is.
 *
 * <p>The recipe's owner hears of the end of the one, {@link Lost}, and then of the other what it hears of any. What it asked
 * the one is not asked of the other. When the recipe ends for another reason, so does this actor, and its session.
 *
 * <p>A recipe that was told {@link Claim.Release}, {@link TreeCache.Stop} or the like is not wanted any more, and does
 * not begin again, whatever its session comes to. Stopping this actor closes the session.
 */
public final class Renewed {
  /** The session has said how it is. */
  private record SessionTold(SessionEvent event) {}

  /** How the session was when it was asked, after the recipe had ended. */
  private record SessionIs(ActorRef<Session.Command> session, SessionEvent event) {}

  /** The recipe's session is over, and the recipe has had the time to say so. */
  private record LastWordDue() {}

  private static final Duration LAST_WORD = Duration.ofSeconds(1);
  private static final AtomicLong NUMBERS = new AtomicLong(); // of sessions: their actors need names

  private final ActorContext<Object> context;
  private final TimerScheduler<Object> timers;
  private final Supplier<Behavior<Session.Command>> sessions;
  private final Function<ActorRef<Session.Command>, Behavior<Object>> recipe;
  private final ActorRef<SessionEvent> ears;
  private ActorRef<Session.Command> session;
  private ActorRef<Object> actor;
  private boolean isWanted = true;

  // Of the session and the recipe in it.
  private boolean isOver;
  private boolean hasExpired;
  private boolean hasEnded;
  private boolean isClosing;

  private Renewed(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      Supplier<Behavior<Session.Command>> sessions,
      Function<ActorRef<Session.Command>, Behavior<Object>> recipe) {
    this.context = context;
    this.timers = timers;
    this.sessions = sessions;
    this.recipe = recipe;
    this.ears = context.messageAdapter(SessionEvent.class, SessionTold::new);
  }

  /**
   * Understands what the recipe does.
   *
   * @param recipe for a session, such as {@code session -> LeaderElection.create(session, path, id, owner)}
   */
  public static <C> Behavior<C> create(
      SessionSettings settings, Function<ActorRef<Session.Command>, Behavior<C>> recipe) {
    return create(() -> Session.create(settings), recipe);
  }

  static <C> Behavior<C> create(
      Supplier<Behavior<Session.Command>> sessions, Function<ActorRef<Session.Command>, Behavior<C>> recipe) {
    Behavior<Object> renewed = Behaviors.setup(context -> Behaviors.withTimers(timers ->
        new Renewed(context, timers, sessions, session -> anything(recipe.apply(session))).begin()));
    return renewed.narrow();
  }

  @SuppressWarnings("unchecked") // it is told nothing but what this actor is told, which is narrowed to the same
  private static Behavior<Object> anything(Behavior<?> recipe) {
    return (Behavior<Object>) recipe;
  }

  private Behavior<Object> begin() {
    renew();
    return Behaviors.receive((same, message) -> onMessage(message), (same, signal) -> onSignal(signal));
  }

  private void renew() {
    isOver = false;
    hasExpired = false;
    hasEnded = false;
    // No child of this actor: it is to be there still when that stops, to delete its znodes.
    session = context.getSystem().systemActorOf(
        sessions.get(), "troupe-renewed-session-" + NUMBERS.incrementAndGet(), Props.empty());
    session.tell(new Session.Subscribe(ears));
    context.watch(session);
    actor = context.spawnAnonymous(recipe.apply(session));
    context.watch(actor);
  }

  private Behavior<Object> onMessage(Object message) {
    return switch (message) {
      case SessionTold(SessionEvent.Expired expired) -> onSessionOver(true);
      case SessionTold(SessionEvent.Ended ended) -> onSessionOver(ended.failure().code() == ErrorCode.NO_SERVER);
      case SessionTold other -> Behaviors.same();
      case SessionIs now -> onAnswer(now);
      case LastWordDue due -> {
        context.stop(actor);
        yield Behaviors.same();
      }
      default -> {
        isWanted = isWanted && !endsIt(message);
        actor.tell(message);
        yield Behaviors.same();
      }
    };
  }

  private static boolean endsIt(Object message) {
    return message instanceof Claim.Release || message instanceof TreeCache.Stop
        || message instanceof Group.Stop || message instanceof ServiceRegistry.Stop;
  }

  private Behavior<Object> onSignal(Signal signal) {
    return switch (signal) {
      case Terminated ended when ended.getRef().equals(actor) -> onRecipeEnded();
      case Terminated ended when ended.getRef().equals(session) && !isOver -> onSessionOver(true); // it has failed
      case Terminated former -> Behaviors.same();
      case PostStop stopped -> {
        if (!isOver) {
          session.tell(new Session.Close());
        }
        yield Behaviors.same();
      }
      default -> Behaviors.unhandled();
    };
  }

  /** Most recipes end by that; the others have something to answer yet. */
  private Behavior<Object> onSessionOver(boolean expired) {
    isOver = true;
    hasExpired = expired;
    if (!hasEnded) {
      timers.startSingleTimer(new LastWordDue(), LAST_WORD);
      return Behaviors.same();
    }
    return next();
  }

  private Behavior<Object> onRecipeEnded() {
    hasEnded = true;
    timers.cancelAll();
    if (isOver) {
      return next();
    }
    // A session that is over first refuses what it was asked, which may end the recipe, and tells of it then.
    ActorRef<Session.Command> asked = session;
    ActorRef<Object> self = context.getSelf();
    asked.tell(new Session.Subscribe(context.spawnAnonymous(Behaviors.receive((child, event) -> {
      asked.tell(new Session.Unsubscribe(child.getSelf()));
      self.tell(new SessionIs(asked, event));
      return Behaviors.stopped();
    }))));
    return Behaviors.same();
  }

  private Behavior<Object> onAnswer(SessionIs now) {
    boolean isOpen = !(now.event() instanceof SessionEvent.Expired || now.event() instanceof SessionEvent.Ended);
    if (isOpen && now.session().equals(session)) { // the recipe has ended for a reason of its own
      isClosing = true;
      session.tell(new Session.Close());
    }
    return Behaviors.same();
  }

  private Behavior<Object> next() {
    if (!hasExpired || !isWanted || isClosing) {
      return Behaviors.stopped();
    }
    renew();
    return Behaviors.same();
  }
}
