package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class TrackerRelayTest {
  private final List<Map<Long, Integer>> toLeader = new ArrayList<>();
  private final BehaviorTestKit<SessionTracker.Command> relay =
      BehaviorTestKit.create(TrackerRelay.create(toLeader::add));

  /** What the relay has told itself comes behind all that had come by then. */
  private void settle() {
    while (relay.selfInbox().hasMessages()) {
      relay.runOne();
    }
  }

  @Test
  void whatCameTogetherGoesInOneMessage() {
    relay.run(new SessionTracker.Touched(1));
    relay.run(new SessionTracker.Touched(2));
    relay.run(new SessionTracker.Touched(1));
    assertEquals(List.of(), toLeader);
    settle();
    assertEquals(List.of(Map.of(1L, 0, 2L, 0)), toLeader);
  }

  @Test
  void aNewTimeoutIsNotLostBehindASignOfLife() {
    relay.run(new SessionTracker.Resumed(1, 4000));
    relay.run(new SessionTracker.Touched(1));
    relay.run(new SessionTracker.Touched(2));
    relay.run(new SessionTracker.Resumed(2, 6000));
    settle();
    assertEquals(List.of(Map.of(1L, 4000, 2L, 6000)), toLeader);
  }

  @Test
  void nothingIsSaidTwiceAndWhatComesLaterGoesLater() {
    relay.run(new SessionTracker.Touched(1));
    settle();
    relay.run(new SessionTracker.Touched(2));
    settle();
    assertEquals(List.of(Map.of(1L, 0), Map.of(2L, 0)), toLeader);
    assertFalse(relay.selfInbox().hasMessages());
  }

  @Test
  void itKnowsOfNoExpiries() {
    TestInbox<SessionTracker.Expiries> answer = TestInbox.create();
    relay.run(new SessionTracker.Touched(1));
    relay.run(new SessionTracker.GetExpiries(answer.getRef()));
    answer.expectMessage(new SessionTracker.Expiries(new TreeMap<>()));
  }
}
