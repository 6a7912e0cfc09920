package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;
import troupe.tree.Transaction;

/** A session whose leader is lost. */
class LeaderlessTest {
  private static final ClientRequest GET_A = new ClientRequest.GetData("/a", false);
  private static final ClientRequest WATCH_A = new ClientRequest.Exists("/a", true);
  private static final Delivery LEADERLESS = new Delivery.Leaderless();
  private static final String MOVED = "close: its session has moved to another server";
  private static final String ANSWER_LOST = "close: an answer was lost with the leader";

  // The session was opened by transaction 1; each write in these tests is the next one.
  private final OneSession session = OneSession.serving();

  private static OneSession opening() {
    return new OneSession((setup, leader) -> Opening.begin(setup, History.PASSWORD, History.IDENTITIES));
  }

  private static OneSession resuming() {
    return new OneSession((setup, leader) -> Resuming.begin(setup, History.PASSWORD, History.IDENTITIES, -5));
  }

  private static ClientRequest create(int cxid, String path) {
    return new ClientRequest.Write(cxid, History.create(path));
  }

  private Applied commit(int cxid, Operation operation) {
    return session.publish(session.history.add(OneSession.ID, cxid, operation));
  }

  private void confirmHome() {
    session.deliver(new Delivery.Synced(Serving.KEEP, session.published.get()));
  }

  @Test
  void requestsWaitForTheNextLeader() {
    session.deliver(LEADERLESS);
    session.ask(GET_A, create(1, "/a"), new ClientRequest.Ping());
    assertEquals(List.of(), session.said());
    session.lead(2);
    assertEquals(List.of("keep", "answer at 1: NO_NODE", "submit [1]"), session.said());
    confirmHome();
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))));
    assertEquals(List.of("answer at 2: Created", "answer at 2: Done"), session.said());
  }

  @Test
  void ofWhatWasWithTheLostLeaderTheCommittedIsAnsweredAndTheRestIsSentAgain() {
    session.ask(create(1, "/a"), GET_A, create(2, "/b"), GET_A, create(3, "/c"));
    assertEquals(List.of("submit [1, 2, 3]"), session.said());
    session.deliver(LEADERLESS);
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))));
    assertEquals(List.of("answer at 2: Created", "answer at 2: Node"), session.said());
    session.lead(2);
    assertEquals(List.of("keep", "submit [2, 3]"), session.said());
  }

  @Test
  void syncsAndLinearizableReadsAreAskedAgainInTheirPlaces() {
    session.ask(create(1, "/a"), new ClientRequest.Sync(2), new ClientRequest.ReadIndex(3));
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))));
    assertEquals(List.of("submit [1]", "answer at 2: Created", "sync 2"), session.said());
    session.deliver(LEADERLESS);
    session.lead(2);
    assertEquals(List.of("keep", "sync 2"), session.said());
    confirmHome();
    session.deliver(new Delivery.Synced(2, session.published.get()));
    assertEquals(List.of("answer at 2: Done", "read index 3"), session.said());
  }

  @Test
  void whatWasAskedWhileThereWasNoLeaderKeepsItsPlaceBehindWhatWasLost() {
    session.ask(create(1, "/a"));
    session.deliver(LEADERLESS);
    session.ask(create(2, "/b"));
    session.said();
    session.lead(2);
    assertEquals(List.of("keep", "submit [1, 2]"), session.said());
  }

  @Test
  void whatIsAboutToBeSentWhenAnotherLeaderComesIsSentOnce() {
    session.ask(create(1, "/a"), WATCH_A, create(2, "/b"));
    session.said();
    session.deliver(LEADERLESS);
    // The answer to the first lets the second be sent, in the same turn.
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))), new Delivery.Led(session.leaderOf(2)));
    assertEquals(
        List.of("answer at 2: Created", "answer at 2: Node", "keep", "register [/a] read at 2", "submit [2]"),
        session.said());
  }

  @Test
  void everyLeaderHearsOnceOfTheTimeoutThatTheClientHasByNow() {
    session.deliver(LEADERLESS);
    session.lead(2);
    assertFalse(session.tracker.hasMessages()); // it may have moved
    confirmHome();
    session.tracker.expectMessage(new SessionTracker.Resumed(OneSession.ID, 4000));
    session.deliver(LEADERLESS);
    session.lead(2);
    confirmHome();
    assertFalse(session.tracker.hasMessages()); // nobody was heard of
  }

  @Test
  void aSlowClientIsHeardOfByTheNewLeaderBeforeItHasTakenWhatWasSaidBefore() {
    TestInbox<SessionTracker.Command> next = TestInbox.create();
    session.full = true;
    session.ask(GET_A);
    session.deliver(LEADERLESS);
    session.deliver(new Delivery.Led(new Leadership(2, session, next.getRef())));
    assertEquals(List.of(), session.said());
    session.nanos = OneSession.SETTINGS.beat().toNanos();
    session.ask(new ClientRequest.Ping());
    next.expectMessage(new SessionTracker.Touched(OneSession.ID));
  }

  @Test
  void severalLeadersMayComeAndGo() {
    session.ask(create(1, "/a"));
    session.deliver(LEADERLESS);
    session.lead(2);
    session.deliver(LEADERLESS);
    session.lead(3);
    assertEquals(List.of("submit [1]", "keep", "submit [1]", "keep", "submit [1]"), session.said());
  }

  @Test
  void inTheSameEpochWhatWasAskedMayStillBeDoneAndTheClientIsToldSo() {
    session.ask(create(1, "/a"));
    session.said();
    session.deliver(LEADERLESS);
    session.lead(1);
    assertEquals(
        List.of("close: its server has lost sight of the leader, which may yet do what it was asked"), session.said());
    assertFalse(session.actor.isAlive());
  }

  @Test
  void inTheSameEpochAClientThatWaitsForNothingStays() {
    session.ask(WATCH_A);
    session.deliver(LEADERLESS);
    session.ask(GET_A);
    session.lead(1);
    assertEquals(
        List.of("answer at 1: NO_NODE", "register [/a] read at 1", "keep", "answer at 1: NO_NODE"), session.said());
  }

  @Test
  void eventsAreToldAlsoWhileThereIsNoLeader() {
    session.ask(WATCH_A);
    session.deliver(new Delivery.Registered(List.of()));
    session.deliver(LEADERLESS);
    session.said();
    session.deliver(OneSession.event(session.publish(session.history.add(History.create("/a"))), 0));
    assertEquals(List.of("event of 2: " + NodeEvent.Kind.CREATED + " /a"), session.said());
  }

  /** Though it has not asked for anything there yet; and whether the leader is lost here, or not. */
  @Test
  void aSessionWhoseClientHasComeToAnotherServerEnds() {
    session.ask(create(1, "/a"));
    session.said();
    session.deliver(LEADERLESS);
    session.deliver(moved(session), new Delivery.Led(session.leaderOf(2)));
    assertEquals(List.of(MOVED), session.said());
    assertFalse(session.actor.isAlive());
    OneSession led = OneSession.serving();
    led.deliver(moved(led));
    assertEquals(List.of(MOVED), led.said());
  }

  private static Delivery moved(OneSession session) {
    DataTree tree = session.published.get();
    Zxid next = tree.lastZxid().next();
    return new Delivery.Completed(session.publish(tree.apply(new Transaction(
        next, OneSession.ID, 0, 0, Change.MOVED))));
  }

  @Test
  void aSessionForWhichAnotherServerHasAskedMeanwhileLivesThere() {
    session.ask(create(1, "/a"));
    session.said();
    session.deliver(LEADERLESS);
    session.deliver(new Delivery.Completed(commit(4, History.create("/d"))));
    assertEquals(List.of(ANSWER_LOST), session.said());
    assertFalse(session.actor.isAlive());
  }

  /** Found by simulation: the first write was refused, the second was not, and was done again. */
  @Test
  void whoseRefusalWasLostIsNotServedOn() {
    session.ask(create(1, "/a"), create(2, "/b"));
    session.said();
    session.deliver(LEADERLESS);
    session.deliver(
        new Delivery.Completed(commit(2, History.create("/b"))), new Delivery.Led(session.leaderOf(2)));
    assertEquals(List.of(ANSWER_LOST), session.said());
  }

  /** Found by simulation: the other server has the same new leader, and was there first. */
  @Test
  void alsoIfThatIsSeenBeforeTheNewLeaderHasSaidWhereTheSessionLives() {
    session.deliver(LEADERLESS);
    session.lead(2);
    session.said();
    session.deliver(new Delivery.Completed(commit(4, History.create("/d"))));
    assertEquals(List.of(ANSWER_LOST), session.said());
  }

  @Test
  void afterThatAnAnswerOutOfTurnIsABrokenPromiseAgain() {
    session.deliver(LEADERLESS);
    session.lead(2);
    confirmHome();
    Delivery stray = new Delivery.Completed(commit(4, History.create("/d")));
    assertThrows(IllegalStateException.class, () -> session.deliver(stray));
  }

  @Test
  void aSessionThatIsClosedMeanwhileEnds() {
    session.deliver(LEADERLESS);
    session.deliver(new Delivery.Completed(commit(0, new Operation.CloseSession())));
    assertEquals(List.of("close: the session is closed"), session.said());
  }

  @Test
  void aNewSessionWaitsForALeaderToo() {
    OneSession opening = opening();
    assertEquals(List.of(), opening.said());
    opening.lead(1);
    opening.deliver(LEADERLESS);
    opening.lead(2);
    assertEquals(List.of("submit [0]", "submit [0]"), opening.said());
    opening.deliver(new Delivery.Completed(opening.publish(opening.history.open(OneSession.ID))));
    assertEquals(List.of("opened 7 for 4000"), opening.said());
  }

  @Test
  void aNewSessionThatWasCommittedWithoutALeaderIsOpenAndWaits() {
    OneSession opening = opening();
    opening.lead(1);
    opening.deliver(LEADERLESS);
    opening.said();
    opening.deliver(new Delivery.Completed(opening.publish(opening.history.open(OneSession.ID))));
    opening.ask(create(1, "/a"));
    opening.ask(GET_A);
    assertEquals(List.of("opened 7 for 4000", "submit [1]"), opening.said()); // to the lost one: it will not get there
    opening.lead(2);
    assertEquals(List.of("keep", "submit [1]"), opening.said());
  }

  @Test
  void aNewSessionIsNotAskedForTwiceInOneEpoch() {
    OneSession opening = opening();
    opening.lead(1);
    opening.deliver(LEADERLESS);
    opening.lead(1);
    assertEquals(
        List.of("submit [0]", "close: it was asked for before, and may yet be opened"), opening.said());
  }

  /** It may have found another server since, and lost patience with this one. */
  @Test
  void nothingIsClaimedOrOpenedForAClientThatHasLeft() {
    OneSession resuming = resuming();
    OneSession opening = opening();
    for (OneSession left : List.of(resuming, opening)) {
      left.gone = true;
      left.lead(1);
      assertEquals(List.of(), left.said());
      assertFalse(left.actor.isAlive());
    }
  }

  @Test
  void whatWasSaidOfAnEarlierConnectionDoesNotEndThisOne() {
    OneSession resuming = resuming();
    resuming.publish(resuming.history.open(OneSession.ID));
    resuming.lead(1);
    resuming.deliver(new Delivery.Moved());
    resuming.deliver(moved(resuming));
    resuming.deliver(new Delivery.Synced(-5, resuming.published.get()));
    assertEquals(List.of("claim", "opened 7 for 4000"), resuming.said());
    resuming.deliver(new Delivery.Moved());
    assertEquals(List.of(MOVED), resuming.said());
  }

  @Test
  void aClientThatIsBackClaimsItsSessionFromEveryLeader() {
    OneSession resuming = resuming();
    resuming.publish(resuming.history.open(OneSession.ID));
    assertEquals(List.of(), resuming.said());
    resuming.lead(1);
    resuming.deliver(LEADERLESS);
    resuming.lead(2);
    assertEquals(List.of("claim", "claim"), resuming.said());
    resuming.deliver(new Delivery.Synced(-5, resuming.published.get()));
    assertEquals(List.of("opened 7 for 4000"), resuming.said());
    assertTrue(resuming.actor.isAlive());
  }
}
