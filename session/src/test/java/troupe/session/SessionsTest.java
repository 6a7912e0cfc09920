package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.junit.jupiter.api.Test;
import troupe.ensemble.ServerId;
import troupe.tree.NodeEvent;
import troupe.tree.Password;

class SessionsTest {
  private static final Instant START = Instant.ofEpochMilli(0x1234567890L);
  private static final Password WRONG = new Password(3, 4);
  private static final String MOVED = "its session has moved to another connection";

  private final History history = new History();
  private final PublishedTree published = new PublishedTree(history.open(7).tree());
  private final BehaviorTestKit<Sessions.Command> sessions = BehaviorTestKit.create(Sessions.create(
      new ServerId(5),
      published,
      TestInbox.<Watches.Command>create().getRef(),
      new SessionSettings(Duration.ofSeconds(2), Duration.ZERO, Duration.ZERO, 64 << 20),
      InstantSource.fixed(START),
      () -> 0,
      new Random(1)));

  /** A connection that remembers how it ended. */
  private static final class Connection implements ClientConnection {
    final List<String> said = new ArrayList<>();

    @Override
    public void opened(ActorRef<Session.Command> session, long id, int timeout, Password password) {
      said.add("opened");
    }

    @Override
    public void refused() {
      said.add("refused");
    }

    @Override
    public void answer(long zxid, Answer answer) {
      said.add("answer");
    }

    @Override
    public void event(long zxid, NodeEvent.Kind kind, String path) {
      said.add("event");
    }

    @Override
    public boolean isGone() {
      return false;
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void flush() {
      said.add("flush");
    }

    @Override
    public void close(String reason) {
      said.add(reason);
    }
  }

  private record Child(ActorRef<Session.Command> actor, TestInbox<Session.Command> inbox) {}

  @SuppressWarnings("unchecked") // effects know nothing of types
  private List<Child> spawned() {
    return sessions.getAllEffects().stream()
        .filter(Effect.Spawned.class::isInstance)
        .map(effect -> (ActorRef<Session.Command>) ((Effect.Spawned<?>) effect).ref())
        .map(actor -> new Child(actor, sessions.childInbox(actor)))
        .toList();
  }

  private Child resume(Connection connection) {
    resume(7, History.PASSWORD, connection);
    return spawned().getFirst();
  }

  private void resume(long id, Password password, Connection connection) {
    sessions.run(new Sessions.Resume(id, password, 4000, connection, History.IDENTITIES, Props.empty()));
  }

  @Test
  void idsBeginWithTheServerAndItsStartAndAreNotRepeated() {
    for (int i = 0; i < 3; i++) {
      sessions.run(new Sessions.Open(4000, new Connection(), History.IDENTITIES, Props.empty()));
    }
    long first = 5L << 56 | (START.toEpochMilli() & 0xFF_FFFF_FFFFL) << 16;
    assertEquals(
        List.of("session-0x" + Long.toHexString(first) + "-0", "session-0x" + Long.toHexString(first + 1) + "-1",
            "session-0x" + Long.toHexString(first + 2) + "-2"),
        spawned().stream().map(child -> child.actor().path().name()).toList());
  }

  @Test
  void aSessionThatMovesBeginsOnlyWhenItsEarlierConnectionIsDone() {
    Connection before = new Connection();
    Child earlier = resume(before);
    Connection after = new Connection();
    resume(7, History.PASSWORD, after);
    earlier.inbox().expectMessage(new Session.Leave(MOVED));
    assertEquals(List.of(), spawned());
    sessions.run(new Sessions.Ended(7, earlier.actor(), before));
    assertEquals(1, spawned().size());
    assertEquals(List.of("its session's actor has stopped"), before.said);
    assertEquals(List.of(), after.said);
  }

  @Test
  void aWrongPasswordIsRefusedAndHarmsNobody() {
    Child victim = resume(new Connection());
    Connection attacker = new Connection();
    resume(7, WRONG, attacker);
    assertEquals(List.of("refused"), attacker.said);
    assertFalse(victim.inbox().hasMessages());
    assertEquals(List.of(), spawned());
  }

  @Test
  void nobodyTakesASessionThatIsBeingOpened() {
    sessions.run(new Sessions.Open(4000, new Connection(), History.IDENTITIES, Props.empty()));
    Child opening = spawned().getFirst();
    String name = opening.actor().path().name();
    long id = Long.parseLong(name.substring("session-0x".length(), name.lastIndexOf('-')), 16);
    resume(id, WRONG, new Connection());
    assertFalse(opening.inbox().hasMessages());
    assertEquals(List.of(), spawned());
  }

  @Test
  void ofSeveralThatWaitForASessionTheLastGetsIt() {
    Connection first = new Connection();
    Child earlier = resume(first);
    Connection second = new Connection();
    Connection third = new Connection();
    resume(7, History.PASSWORD, second);
    resume(7, History.PASSWORD, third);
    assertEquals(List.of(MOVED), second.said);
    sessions.run(new Sessions.Ended(7, earlier.actor(), first));
    assertEquals(1, spawned().size());
    assertEquals(List.of(), third.said);
  }

  @Test
  void theLateEndOfAnEarlierActorDoesNotForgetTheNewer() {
    Child earlier = resume(new Connection());
    sessions.run(new Sessions.Ended(7, earlier.actor(), new Connection()));
    Child newer = resume(new Connection());
    sessions.run(new Sessions.Ended(7, earlier.actor(), new Connection()));
    resume(7, History.PASSWORD, new Connection());
    newer.inbox().expectMessage(new Session.Leave(MOVED));
  }

  @Test
  void anUnknownSessionIsDecidedWhereHistoryIsKnown() {
    Connection connection = new Connection();
    resume(8, History.PASSWORD, connection);
    assertEquals(1, spawned().size());
    assertEquals(List.of(), connection.said);
  }
}
