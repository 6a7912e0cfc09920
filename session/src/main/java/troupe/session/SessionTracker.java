package troupe.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.tree.DataTree;
import troupe.tree.Operation;
import troupe.tree.Request;
import troupe.tree.Requester;

/**
 * Ends the sessions of the whole ensemble that are silent for too long. The leader has one.
 *
 * <p>Time is counted in beats of its own timer, four to a tick, never taken from the wall clock, so a clock that jumps
 * ends nobody's session; a server that was stopped for a while expires nobody for that while. Who there is to track it
 * reads from the published tree; after a change of leader everybody gets a full timeout again. A session ends up to
 * three beats late, a new one that is never heard of up to four, and none early. Source: ZooKeeper's SessionTrackerImpl.
 */
public final class SessionTracker {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** The session's client has been heard of. */
  public record Touched(long session) implements Command {}

  /** The session's client is back, with a timeout of so many milliseconds. */
  public record Resumed(long session, int timeout) implements Command {}

  /** When would whom expire, if nothing more were heard? Answered with {@link Expiries}. */
  public record GetExpiries(ActorRef<Expiries> replyTo) implements Command {}

  /** An operator ends this session. Answered with {@link Expiry}. */
  public record Expire(long session, ActorRef<Expiry> replyTo) implements Command {}

  /** What becomes of it. */
  public enum Expiry {
    /** It ends, as if it had been silent for too long. */
    UNDER_WAY,
    /** There is no such session. */
    UNKNOWN,
    /** The leader alone ends sessions, and this is not the leader. */
    NOT_THE_LEADER
  }

  /** Session ids by the milliseconds that they have left, the nearest first. */
  public record Expiries(SortedMap<Long, List<Long>> byMillisLeft) {}

  record Beat() implements Command {}

  /** @param expiresAt the beat at which it is over */
  private record Tracked(int beats, long expiresAt) {}

  private final PublishedTree published;
  private final Consumer<List<Request>> submit;
  private final SessionSettings settings;
  private final Map<Long, Tracked> sessions = new HashMap<>();
  private final Map<Long, List<Long>> buckets = new HashMap<>();
  private Object sessionsSeen;
  private long now;

  private SessionTracker(
      PublishedTree published, Consumer<List<Request>> submit, SessionSettings settings) {
    this.published = published;
    this.submit = submit;
    this.settings = settings;
    DataTree tree = published.get();
    this.sessionsSeen = tree.sessionsMark();
    tree.forEachSession((id, session) -> track(id, beats(session.timeout())));
  }

  /** @param submit takes the requests that end sessions; must not block */
  public static Behavior<Command> create(
      PublishedTree published, Consumer<List<Request>> submit, SessionSettings settings) {
    return Behaviors.withTimers(timers -> {
      timers.startTimerWithFixedDelay(new Beat(), settings.beat());
      return Behaviors.setup(context ->
          Behaviors.receiveMessage(new SessionTracker(published, submit, settings)::onMessage));
    });
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Touched touched -> {
        Tracked tracked = sessions.get(touched.session());
        if (tracked != null) {
          track(touched.session(), tracked.beats());
        }
      }
      case Resumed resumed -> {
        // From another server it may come late: whoever is not in the tree any more is not to be closed again and again.
        if (published.get().session(resumed.session()).isPresent()) {
          track(resumed.session(), beats(resumed.timeout()));
        }
      }
      case GetExpiries get -> get.replyTo().tell(expiries());
      case Expire expire -> {
        boolean known = published.get().session(expire.session()).isPresent();
        if (known) {
          submit.accept(List.of(close(expire.session())));
        }
        expire.replyTo().tell(known ? Expiry.UNDER_WAY : Expiry.UNKNOWN);
      }
      case Beat beat -> {
        now++;
        takeNewSessions();
        expire();
      }
    }
    return Behaviors.same();
  }

  private Expiries expiries() {
    SortedMap<Long, List<Long>> byMillisLeft = new TreeMap<>();
    sessions.forEach((id, tracked) -> byMillisLeft
        .computeIfAbsent((tracked.expiresAt() - now) * settings.beat().toMillis(), millis -> new ArrayList<>())
        .add(id));
    return new Expiries(byMillisLeft);
  }

  private void takeNewSessions() {
    DataTree tree = published.get();
    if (tree.sessionsMark() == sessionsSeen) {
      return;
    }
    tree.forEachSession((id, session) -> {
      if (!sessions.containsKey(id)) {
        track(id, beats(session.timeout()));
      }
    });
    sessions.keySet().removeIf(id -> tree.session(id).isEmpty());
    sessionsSeen = tree.sessionsMark();
  }

  private void expire() {
    List<Request> closes = new ArrayList<>();
    for (long id : buckets.getOrDefault(now, List.of())) {
      Tracked tracked = sessions.get(id);
      if (tracked != null && tracked.expiresAt() == now) {
        // It stays tracked, and is closed again later, should this request be lost with its leader.
        track(id, tracked.beats());
        closes.add(close(id));
      }
    }
    buckets.remove(now);
    if (!closes.isEmpty()) {
      submit.accept(closes);
    }
  }

  private static Request close(long session) {
    return new Request(new Requester(session, List.of()), 0, new Operation.CloseSession());
  }

  private void track(long session, int beats) {
    long expiresAt = now + beats;
    Tracked before = sessions.put(session, new Tracked(beats, expiresAt));
    if (before == null || before.expiresAt() != expiresAt) {
      buckets.computeIfAbsent(expiresAt, beat -> new ArrayList<>()).add(session);
    }
  }

  /** Rounded up, and two more: the present beat has partly gone, and a sign of life may be one beat old. */
  private int beats(int timeout) {
    long beat = settings.beat().toMillis();
    return (int) ((timeout + beat - 1) / beat) + 2;
  }
}
