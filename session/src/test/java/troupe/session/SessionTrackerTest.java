package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;

class SessionTrackerTest {
  private static final int BEAT = 500; // milliseconds
  private static final SessionSettings SETTINGS =
      new SessionSettings(Duration.ofMillis(4 * BEAT), Duration.ZERO, Duration.ZERO, 64 << 20);
  private static final int BEATS_OF_TIMEOUT = History.TIMEOUT / BEAT;

  private final History history = new History();
  private final PublishedTree published = new PublishedTree(history.tree());
  private final List<Long> closed = new ArrayList<>();

  private BehaviorTestKit<SessionTracker.Command> tracker() {
    return BehaviorTestKit.create(SessionTracker.create(published, this::close, SETTINGS));
  }

  private void close(List<Request> requests) {
    for (Request request : requests) {
      assertEquals(new Operation.CloseSession(), request.operation());
      closed.add(request.requester().session());
    }
  }

  private void open(long id) {
    published.publish(history.open(id).tree());
  }

  private void end(long id) {
    published.publish(history.add(id, 0, new Operation.CloseSession()).tree());
  }

  /** How many beats until a session is closed. */
  private int beatsUntilClosed(BehaviorTestKit<SessionTracker.Command> tracker) {
    closed.clear();
    for (int beats = 1; ; beats++) {
      assertTrue(beats < 100, "nobody expires");
      tracker.run(new SessionTracker.Beat());
      if (!closed.isEmpty()) {
        return beats;
      }
    }
  }

  private Map<Long, List<Long>> expiries(BehaviorTestKit<SessionTracker.Command> tracker) {
    TestInbox<SessionTracker.Expiries> answer = TestInbox.create();
    tracker.run(new SessionTracker.GetExpiries(answer.getRef()));
    return answer.receiveMessage().byMillisLeft();
  }

  @Test
  void anOperatorMayEndASession() {
    open(7);
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    TestInbox<SessionTracker.Expiry> answer = TestInbox.create();
    tracker.run(new SessionTracker.Expire(7, answer.getRef()));
    tracker.run(new SessionTracker.Expire(8, answer.getRef()));
    assertEquals(List.of(SessionTracker.Expiry.UNDER_WAY, SessionTracker.Expiry.UNKNOWN), answer.getAllReceived());
    assertEquals(List.of(7L), closed);
  }

  @Test
  void itsTimerBeatsFourTimesATick() {
    Effect.TimerScheduled<?> timer = tracker().expectEffectClass(Effect.TimerScheduled.class);
    assertEquals(new SessionTracker.Beat(), timer.msg());
    assertEquals(BEAT, timer.delay().toMillis());
  }

  @Test
  void aNewTrackerGivesEverybodyAFullTimeout() {
    assertEquals(BEATS_OF_TIMEOUT + 2, beatsUntilClosed(tracker()));
  }

  @Test
  void aSignOfLifeGivesAFullTimeout() {
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    beatsUntilClosed(tracker);
    for (int i = 0; i < 50; i++) {
      tracker.run(new SessionTracker.Touched(History.OTHER));
      tracker.run(new SessionTracker.Beat());
    }
    tracker.run(new SessionTracker.Touched(History.OTHER));
    assertEquals(BEATS_OF_TIMEOUT + 2, beatsUntilClosed(tracker));
  }

  @Test
  void aClientThatIsBackHasTheTimeoutThatItAskedForNow() {
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    tracker.run(new SessionTracker.Resumed(History.OTHER, 20 * BEAT));
    assertEquals(22, beatsUntilClosed(tracker));
  }

  @Test
  void aClientThatWasBackBeforeItsSessionEndedIsNotTracked() {
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    open(7);
    end(7);
    tracker.run(new SessionTracker.Beat());
    tracker.run(new SessionTracker.Resumed(7, 20 * BEAT));
    assertEquals(List.of(List.of(History.OTHER)), List.copyOf(expiries(tracker).values()));
  }

  @Test
  void aSessionWhoseEndWasLostIsClosedAgain() {
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    beatsUntilClosed(tracker);
    assertEquals(BEATS_OF_TIMEOUT + 2, beatsUntilClosed(tracker));
  }

  @Test
  void sessionsComeAndGoWithTheTree() {
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    tracker.run(new SessionTracker.Beat());
    open(7);
    assertEquals(Map.of(History.TIMEOUT + BEAT * 1L, List.of(History.OTHER)), expiries(tracker));
    tracker.run(new SessionTracker.Beat());
    assertEquals(
        new TreeMap<>(Map.of((long) History.TIMEOUT, List.of(History.OTHER), History.TIMEOUT + 2L * BEAT, List.of(7L))),
        expiries(tracker));
    end(History.OTHER);
    tracker.run(new SessionTracker.Beat());
    assertEquals(Map.of(History.TIMEOUT + 1L * BEAT, List.of(7L)), expiries(tracker));
  }

  @Test
  void aSignOfLifeOfNobodyIsNothing() {
    BehaviorTestKit<SessionTracker.Command> tracker = tracker();
    tracker.run(new SessionTracker.Touched(12345));
    assertEquals(1, expiries(tracker).size());
  }

  /** Time here is counted in milliseconds, beats come on time, and clients speak whenever they like. */
  @Test
  void nobodyEndsEarlyAndNobodyMoreThanThreeBeatsLate() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      long id = 1000 + seed;
      BehaviorTestKit<SessionTracker.Command> tracker = tracker();
      int timeout = 4 * BEAT + random.nextInt(10 * BEAT);
      published.publish(history.add(id, 0, new Operation.OpenSession(timeout, new Password(1, 2))).tree());
      closed.clear();
      tracker.run(new SessionTracker.Beat()); // at 0, and the session's actor begins
      long lastTouch = 0;
      long lastHeard = 0;
      long next = random.nextInt(timeout);
      int words = 2 + random.nextInt(20);
      for (long now = 1; !closed.contains(id); now++) {
        String story = "seed " + seed + ": timeout " + timeout + ", now " + now + ", last heard of at " + lastHeard;
        assertTrue(now <= lastHeard + timeout + 3 * BEAT || words > 0, story);
        if (now % BEAT == 0) {
          tracker.run(new SessionTracker.Beat());
          assertTrue(!closed.contains(id) || now - lastHeard >= timeout, story);
        }
        if (now >= next && words > 0) {
          words--;
          lastHeard = now;
          next = now + 1 + random.nextInt(random.nextBoolean() ? BEAT : timeout);
          if (now - lastTouch >= BEAT) { // as Serving does it
            lastTouch = now;
            tracker.run(new SessionTracker.Touched(id));
          }
        }
      }
      end(id);
    }
  }
}
