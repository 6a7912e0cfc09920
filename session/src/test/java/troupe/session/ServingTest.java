package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.tree.Acl;
import troupe.tree.Applied;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.NodeEvent;
import troupe.tree.Operation;
import troupe.tree.Permissions;

class ServingTest {
  private static final ClientRequest GET_A = new ClientRequest.GetData("/a", false);
  private static final ClientRequest WATCH_A = new ClientRequest.GetData("/a", true);
  private static final ClientRequest WATCH_B = new ClientRequest.Exists("/b", true);
  private static final ClientRequest ADD_WATCH = new ClientRequest.AddWatch("/a", false);

  // The session was opened by transaction 1; each write in these tests is the next one.
  private final OneSession session = OneSession.serving();

  private static ClientRequest create(int cxid, String path) {
    return new ClientRequest.Write(cxid, History.create(path));
  }

  private Applied commit(int cxid, Operation operation) {
    return session.publish(session.history.add(OneSession.ID, cxid, operation));
  }

  private Applied commitOfOther(Operation operation) {
    return session.publish(session.history.add(operation));
  }

  private static Delivery.Registered registered() {
    return new Delivery.Registered(List.of());
  }

  @Test
  void aReadWithNothingBeforeItIsAnsweredAtOnce() {
    session.ask(GET_A);
    assertEquals(List.of("answer at 1: NO_NODE"), session.said());
  }

  @Test
  void aReadBehindAWriteSeesItAndNoLaterOne() {
    session.ask(create(1, "/a"), GET_A, create(2, "/b"), new ClientRequest.Exists("/b", false));
    assertEquals(List.of("submit [1, 2]"), session.said());
    Applied first = commit(1, History.create("/a"));
    Applied second = commit(2, History.create("/b"));
    session.deliver(new Delivery.Completed(first));
    assertEquals(List.of("answer at 2: Created", "answer at 2: Node"), session.said());
    session.deliver(new Delivery.Completed(second));
    assertEquals(List.of("answer at 3: Created", "answer at 3: Node"), session.said());
  }

  @Test
  void aWriteBehindAReadThatWatchesIsSentOnlyAfterTheWatch() {
    session.ask(create(1, "/a"), WATCH_A, create(2, "/b"));
    assertEquals(List.of("submit [1]"), session.said());
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))));
    assertEquals(
        List.of("answer at 2: Created", "answer at 2: Node", "register [/a] read at 2", "submit [2]"),
        session.said());
  }

  @Test
  void writesBehindASyncAreSentOnceItIsUnderWay() {
    session.ask(create(1, "/a"), new ClientRequest.Sync(2), create(3, "/b"), GET_A, create(4, "/c"));
    assertEquals(List.of("submit [1]"), session.said());
    Applied first = commit(1, History.create("/a"));
    session.deliver(new Delivery.Completed(first));
    assertEquals(List.of("answer at 2: Created", "sync 2", "submit [3, 4]"), session.said());
    session.deliver(new Delivery.Synced(2, first.tree()));
    assertEquals(List.of("answer at 2: Done"), session.said());
  }

  /** Its answer waits for others than those to writes, so it might come after theirs. */
  @Test
  void writesBehindAReadIndexAreSentOnceItIsAnswered() {
    session.ask(create(1, "/a"), new ClientRequest.ReadIndex(2), GET_A, create(3, "/b"));
    session.ask(create(4, "/c"));
    assertEquals(List.of("submit [1]"), session.said());
    Applied first = commit(1, History.create("/a"));
    session.deliver(new Delivery.Completed(first));
    assertEquals(List.of("answer at 2: Created", "read index 2"), session.said());
    session.ask(create(5, "/d"));
    assertEquals(List.of(), session.said());
    session.deliver(new Delivery.Synced(2, first.tree()));
    assertEquals(List.of("answer at 2: Done", "answer at 2: Node", "submit [3, 4, 5]"), session.said());
  }

  @Test
  void aSyncIsSentBehindTheWritesBeforeIt() {
    session.ask(create(1, "/a"));
    session.ask(new ClientRequest.Sync(2));
    assertEquals(List.of("submit [1]"), session.said());
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))));
    assertEquals(List.of("answer at 2: Created", "sync 2"), session.said());
  }

  @Test
  void aSyncIsSentBehindTheWatchesOfReadsBeforeIt() {
    session.ask(WATCH_B, new ClientRequest.Sync(2));
    assertEquals(List.of("answer at 1: NO_NODE", "register [/b] read at 1", "sync 2"), session.said());
  }

  @Test
  void whatIsAskedOfTheRegistryWaitsForItsTurn() {
    session.ask(create(1, "/a"), ADD_WATCH, create(2, "/b"), GET_A);
    assertEquals(List.of("submit [1]"), session.said());
    Applied first = commit(1, History.create("/a"));
    session.deliver(new Delivery.Completed(first));
    assertEquals(
        List.of("answer at 2: Created", "ask the registry: " + ADD_WATCH, "submit [2]"), session.said());
    session.deliver(new Delivery.Answered(new Answer.Done(), first.tree()));
    assertEquals(List.of("answer at 2: Done"), session.said());
  }

  @Test
  void aReadWaitsForAnEventThatHasBeenAnnounced() {
    Applied other = commitOfOther(History.create("/a"));
    session.announce();
    session.ask(GET_A);
    assertEquals(List.of(), session.said());
    session.actor.run(new Session.Deliveries(List.of(OneSession.event(other, 0))));
    assertEquals(List.of("event of 2: CREATED /a", "answer at 2: Node"), session.said());
  }

  @Test
  void aWriteBehindAReadThatWaitsIsNotSent() {
    Applied other = commitOfOther(History.create("/a"));
    session.announce();
    session.ask(GET_A, create(1, "/b"));
    assertEquals(List.of(), session.said());
    session.actor.run(new Session.Deliveries(List.of(OneSession.event(other, 0))));
    assertEquals(List.of("event of 2: CREATED /a", "answer at 2: Node", "submit [1]"), session.said());
  }

  @Test
  void aNewerStateIsNotReadBeforeTheRegistryKnowsOfTheWatch() {
    session.ask(WATCH_B);
    assertEquals(List.of("answer at 1: NO_NODE", "register [/b] read at 1"), session.said());
    session.ask(new ClientRequest.Ping());
    assertEquals(List.of("answer at 1: Done"), session.said());
    Applied other = commitOfOther(History.create("/b"));
    session.ask(new ClientRequest.Ping());
    assertEquals(List.of(), session.said());
    session.deliver(new Delivery.Registered(List.of(OneSession.event(other, 0))));
    assertEquals(List.of("event of 2: CREATED /b", "answer at 2: Done"), session.said());
  }

  @Test
  void aCommitBetweenTwoReadsOfOneMessageIsNotSeenBeforeItsEvent() {
    session.meanwhile = () -> commitOfOther(History.create("/b"));
    session.ask(WATCH_B, new ClientRequest.Exists("/b", false));
    assertEquals(List.of("answer at 1: NO_NODE", "register [/b] read at 1"), session.said());
  }

  @Test
  void aWatchIsRegisteredWithTheStateThatItWasReadAt() {
    session.meanwhile = () -> commitOfOther(History.create("/b"));
    session.ask(WATCH_B, WATCH_A);
    assertEquals(List.of("answer at 1: NO_NODE", "register [/b] read at 1"), session.said());
    session.deliver(registered());
    assertEquals(List.of("answer at 2: NO_NODE"), session.said());
  }

  @Test
  void eventsAreToldInTheOrderOfCommitsThoughOneWasMissed() {
    session.ask(WATCH_B);
    session.said();
    Applied missed = commitOfOther(History.create("/b"));
    Applied later = commitOfOther(History.create("/a"));
    session.deliver(OneSession.event(later, 0));
    assertEquals(List.of(), session.said());
    session.deliver(new Delivery.Registered(List.of(OneSession.event(missed, 0))));
    assertEquals(List.of("event of 2: CREATED /b", "event of 3: CREATED /a"), session.said());
  }

  @Test
  void whatAnEarlierWatchHasToldIsNotToldAgainForALaterOne() {
    session.ask(WATCH_B);
    session.said();
    Applied change = commitOfOther(History.create("/b"));
    session.deliver(OneSession.event(change, 0));
    session.deliver(new Delivery.Registered(List.of(OneSession.event(change, 0))));
    assertEquals(List.of("event of 2: CREATED /b"), session.said());
  }

  @Test
  void anEventIsNotToldToWhoMayNotReadTheNode() {
    Acl secret = Acl.of(List.of(new Acl.Entry(Permissions.ALL, new Identity("digest", "joe:x"))));
    Delivery event = new Delivery.Event(5, new NodeEvent(NodeEvent.Kind.CREATED, "/a", secret));
    session.deliver(event);
    assertEquals(List.of(), session.said());
    session.actor.run(new Session.Identified(List.of(new Identity("digest", "joe:x"))));
    session.deliver(event);
    assertEquals(List.of("event of 5: CREATED /a"), session.said());
  }

  @Test
  void whatWasAskedBeforeSomebodyProvedWhoHeIsWasNotAskedByHim() {
    session.ask(new ClientRequest.ReadIndex(1), new ClientRequest.WhoAmI(), create(2, "/a"));
    session.actor.run(new Session.Identified(List.of(new Identity("digest", "joe:x"))));
    session.ask(create(3, "/b"));
    session.deliver(new Delivery.Synced(1, session.history.tree()));
    assertEquals(
        List.of(History.IDENTITIES, List.of(new Identity("digest", "joe:x"))),
        session.submitted.stream().map(request -> request.requester().identities()).toList());
  }

  @Test
  void whatWasMissedWhileAwayIsToldWithoutAZxid() {
    session.deliver(new Delivery.MissedEvent(NodeEvent.Kind.DELETED, "/a"));
    assertEquals(List.of("event of -1: DELETED /a"), session.said());
  }

  @Test
  void aRefusedWriteIsAnsweredAndWhatIsBehindItGoesOn() {
    session.ask(create(1, "/a"), GET_A);
    session.said();
    session.deliver(new Delivery.Refused(1, ErrorCode.THROTTLED_OP, session.published.get()));
    assertEquals(List.of("answer at 1: THROTTLED_OP", "answer at 1: NO_NODE"), session.said());
  }

  @Test
  void theRefusalOfItsExpiryIsNotForTheClient() {
    session.deliver(new Delivery.Refused(0, ErrorCode.THROTTLED_OP, session.published.get()));
    session.ask(create(1, "/a"));
    session.deliver(new Delivery.Refused(0, ErrorCode.THROTTLED_OP, session.published.get()));
    assertEquals(List.of("submit [1]"), session.said());
    session.deliver(new Delivery.Completed(commit(1, History.create("/a"))));
    assertEquals(List.of("answer at 2: Created"), session.said());
  }

  @Test
  void aSessionThatItsClientClosesAnswersAndEnds() {
    session.ask(new ClientRequest.Write(1, new Operation.CloseSession()));
    session.deliver(new Delivery.Completed(commit(1, new Operation.CloseSession())));
    assertEquals(List.of("submit [1]", "answer at 2: SessionClosed", "close: the session is closed"), session.said());
    assertFalse(session.actor.isAlive());
  }

  @Test
  void aSessionThatExpiresEndsWithoutAnAnswerToAnything() {
    session.ask(create(1, "/a"));
    session.deliver(new Delivery.Completed(commit(0, new Operation.CloseSession())));
    assertEquals(List.of("submit [1]", "close: the session is closed"), session.said());
    assertFalse(session.actor.isAlive());
  }

  @Test
  void whoDoesNotTakeTheAnswersGetsNoMoreUntilHeDoes() {
    session.full = true;
    session.ask(GET_A, create(1, "/a"), GET_A);
    assertEquals(List.of(), session.said());
    session.full = false;
    session.actor.run(new Session.Drained());
    assertEquals(List.of("answer at 1: NO_NODE", "submit [1]"), session.said());
    session.full = true;
    session.ask(create(2, "/b"));
    assertEquals(List.of("submit [2]"), session.said());
    Applied first = commit(1, History.create("/a"));
    Applied second = commit(2, History.create("/b"));
    session.deliver(new Delivery.Completed(first), new Delivery.Completed(second));
    assertEquals(List.of("answer at 2: Created"), session.said());
    session.full = false;
    session.actor.run(new Session.Drained());
    assertEquals(List.of("answer at 2: Node", "answer at 3: Created"), session.said());
  }

  /** It might come back to this server, and find its session neither there nor gone. */
  @Test
  void whoDoesNotTakeTheAnswersIsSentAwayWhenItsSessionHasEndedOrMoved() {
    for (Delivery last : List.of(
        new Delivery.Completed(commit(0, new Operation.CloseSession())), new Delivery.Moved())) {
      OneSession slow = OneSession.serving();
      slow.full = true;
      slow.ask(GET_A);
      slow.deliver(last);
      assertEquals(List.of("close: the session has ended, or lives elsewhere, and the client takes no answers"),
          slow.said());
      assertFalse(slow.actor.isAlive());
    }
  }

  @Test
  void whoClosesItsSessionGetsTheAnswersBeforeThatHoweverSlowly() {
    session.full = true;
    session.ask(create(1, "/a"), GET_A, new ClientRequest.Write(2, new Operation.CloseSession()));
    Applied created = commit(1, History.create("/a"));
    Applied closed = commit(2, new Operation.CloseSession());
    session.deliver(new Delivery.Completed(created));
    session.deliver(new Delivery.Completed(closed));
    assertEquals(List.of("submit [1, 2]", "answer at 2: Created"), session.said());
    session.full = false;
    session.actor.run(new Session.Drained());
    assertEquals(List.of("answer at 2: Node", "answer at 3: SessionClosed", "close: the session is closed"),
        session.said());
  }

  @Test
  void whoDoesNotTakeTheAnswersMayNotGatherEventsWithoutEnd() {
    Applied created = commit(0, History.create("/a"));
    Delivery[] some = Collections.nCopies(10_000, OneSession.event(created, 0)).toArray(Delivery[]::new);
    session.full = true;
    session.ask(GET_A);
    for (int i = 0; i < 10; i++) {
      session.deliver(some);
    }
    assertEquals(List.of(), session.said());
    session.deliver(OneSession.event(created, 0));
    assertEquals(List.of("close: the client takes no answers, and there is too much to tell it"), session.said());
  }

  @Test
  void whatWasAskedBeforeTheConnectionWentIsDone() {
    session.ask(create(1, "/a"), WATCH_A, create(2, "/b"), GET_A, new ClientRequest.Write(3, new Operation.CloseSession()));
    assertEquals(List.of("submit [1]"), session.said());
    session.actor.run(new Session.Disconnected());
    assertEquals(List.of("submit [2, 3]"), session.said());
    assertFalse(session.actor.isAlive());
  }

  @Test
  void aSessionEndsWithItsConnectionAndMakesWayForANewerOne() {
    session.actor.run(new Session.Disconnected());
    assertEquals(List.of(), session.said());
    assertFalse(session.actor.isAlive());
    OneSession moved = OneSession.serving();
    moved.actor.run(new Session.Leave("moved"));
    assertEquals(List.of("close: moved"), moved.said());
    assertFalse(moved.actor.isAlive());
  }

  @Test
  void anAnswerThatNobodyAskedForIsABrokenPromise() {
    Delivery answer = new Delivery.Synced(1, session.published.get());
    assertThrows(IllegalStateException.class, () -> session.deliver(answer));
  }

  @Test
  void anAnswerOutOfTurnIsABrokenPromiseToo() { // and not passed over, or the one before it would wait for ever
    session.ask(create(1, "/a"), create(2, "/b"));
    Applied second = commit(2, History.create("/b"));
    assertThrows(IllegalStateException.class, () -> session.deliver(new Delivery.Completed(second)));
  }

  @Test
  void aBusySessionTouchesTheTrackerOnceABeat() {
    long beat = OneSession.SETTINGS.beat().toNanos();
    session.nanos = beat - 1;
    session.ask(GET_A);
    assertFalse(session.tracker.hasMessages());
    session.nanos = beat;
    session.ask(GET_A);
    session.tracker.expectMessage(new SessionTracker.Touched(OneSession.ID));
    session.ask(GET_A);
    assertFalse(session.tracker.hasMessages());
    session.nanos = 2 * beat;
    session.ask(new ClientRequest.Ping());
    assertTrue(session.tracker.hasMessages());
  }

  @Test
  void aSessionWhoseClientIsAtAnotherServerNowEndsWithoutAnAnswer() {
    session.ask(create(1, "/a"), create(2, "/b"));
    session.said();
    session.deliver(new Delivery.Refused(1, ErrorCode.SESSION_MOVED, session.published.get()));
    assertEquals(List.of("close: its session has moved to another server"), session.said());
    assertFalse(session.actor.isAlive());
  }

  @Test
  void whatWasDoneBeforeTheSessionMovedIsStillAnswered() {
    session.ask(create(1, "/a"), create(2, "/b"));
    session.said();
    Applied first = commit(1, History.create("/a"));
    session.deliver(
        new Delivery.Completed(first), new Delivery.Refused(2, ErrorCode.SESSION_MOVED, session.published.get()));
    assertEquals(
        List.of("answer at 2: Created", "close: its session has moved to another server"), session.said());
  }
}
