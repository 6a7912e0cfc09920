package troupe.session;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Stands for the leader's {@link SessionTracker} at a server that does not lead: passes on which clients were heard of,
 * many in one message. When sessions would expire only the leader knows.
 */
public final class TrackerRelay {
  private final ActorContext<SessionTracker.Command> context;
  private final Consumer<Map<Long, Integer>> toLeader;

  /** By session id; 0 where the timeout is as before. */
  private final Map<Long, Integer> heard = new HashMap<>();

  private TrackerRelay(ActorContext<SessionTracker.Command> context, Consumer<Map<Long, Integer>> toLeader) {
    this.context = context;
    this.toLeader = toLeader;
  }

  /** @param toLeader takes timeouts by session id, in milliseconds, 0 where there is no new one; must not block */
  public static Behavior<SessionTracker.Command> create(Consumer<Map<Long, Integer>> toLeader) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(new TrackerRelay(context, toLeader)::onMessage));
  }

  private Behavior<SessionTracker.Command> onMessage(SessionTracker.Command message) {
    switch (message) {
      case SessionTracker.Touched touched -> gather(touched.session(), 0);
      case SessionTracker.Resumed resumed -> gather(resumed.session(), resumed.timeout());
      case SessionTracker.Beat due -> {
        toLeader.accept(Map.copyOf(heard));
        heard.clear();
      }
      case SessionTracker.GetExpiries get -> get.replyTo().tell(new SessionTracker.Expiries(new TreeMap<>()));
      case SessionTracker.Expire expire -> expire.replyTo().tell(SessionTracker.Expiry.NOT_THE_LEADER);
    }
    return Behaviors.same();
  }

  private void gather(long session, int timeout) {
    if (heard.isEmpty()) {
      context.getSelf().tell(new SessionTracker.Beat()); // behind what has come already
    }
    heard.merge(session, timeout, Math::max);
  }
}
