package troupe.recipes;

import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
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
 */
public final class Renewed {
  /** The session says how it is. */
  private record SessionTold(ActorRef<Session.Command> session, SessionEvent event) {}

  private final ActorContext<Object> context;
  private final SessionSettings settings;
  private final Function<ActorRef<Session.Command>, Behavior<Object>> recipe;
  private ActorRef<Session.Command> session;
  private ActorRef<Object> actor;
  private boolean closing;

  private Renewed(
      ActorContext<Object> context,
      SessionSettings settings,
      Function<ActorRef<Session.Command>, Behavior<Object>> recipe) {
    this.context = context;
    this.settings = settings;
    this.recipe = recipe;
  }

  /**
   * Understands what the recipe does.
   *
   * @param recipe for a session, such as {@code session -> LeaderElection.create(session, path, id, owner)}
   */
  public static <C> Behavior<C> create(
      SessionSettings settings, Function<ActorRef<Session.Command>, Behavior<C>> recipe) {
    Behavior<Object> renewed = Behaviors.setup(context ->
        new Renewed(context, settings, session -> anything(recipe.apply(session))).begin());
    return renewed.narrow();
  }

  @SuppressWarnings("unchecked") // it is told nothing but what this actor is told, which is narrowed to the same
  private static Behavior<Object> anything(Behavior<?> recipe) {
    return (Behavior<Object>) recipe;
  }

  private Behavior<Object> begin() {
    renew();
    return Behaviors.receive((same, message) -> onMessage(message), (same, signal) -> {
      if (signal instanceof Terminated ended && ended.getRef().equals(actor)) {
        session.tell(new Session.Subscribe(ears())); // it says whether that is the reason
        return Behaviors.same();
      }
      return signal instanceof Terminated ? Behaviors.same() : Behaviors.unhandled();
    });
  }

  private void renew() {
    session = context.spawnAnonymous(Session.create(settings));
    actor = context.spawnAnonymous(recipe.apply(session));
    context.watch(actor);
  }

  private ActorRef<SessionEvent> ears() {
    ActorRef<Session.Command> asked = session;
    return context.messageAdapter(SessionEvent.class, event -> new SessionTold(asked, event));
  }

  private Behavior<Object> onMessage(Object message) {
    if (!(message instanceof SessionTold told)) {
      actor.tell(message);
      return Behaviors.same();
    }
    if (!told.session().equals(session)) {
      return Behaviors.same();
    }
    if (closing) {
      return isOver(told.event()) ? Behaviors.stopped() : Behaviors.same();
    }
    if (told.event() instanceof SessionEvent.Expired
        || told.event() instanceof SessionEvent.Ended ended && ended.failure().code() == ErrorCode.NO_SERVER) {
      context.stop(session);
      renew();
      return Behaviors.same();
    }
    if (told.event() instanceof SessionEvent.Ended) {
      return Behaviors.stopped();
    }
    closing = true;
    session.tell(new Session.Close());
    return Behaviors.same();
  }

  private static boolean isOver(SessionEvent event) {
    return event instanceof SessionEvent.Ended || event instanceof SessionEvent.Expired;
  }
}
