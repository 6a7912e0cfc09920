package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.tree.Applied;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;
import troupe.tree.Password;

/** {@link Opening} and {@link Resuming}. */
class BeginningTest {
  private static final ClientRequest PING = new ClientRequest.Ping();
  private static final int CLAIM = -5;

  private static OneSession opening() {
    OneSession session =
        new OneSession((setup, leader) -> Opening.begin(setup, History.PASSWORD, History.IDENTITIES));
    session.lead(1);
    return session;
  }

  private static OneSession resuming(Password password) {
    OneSession session =
        new OneSession((setup, leader) -> Resuming.begin(setup, password, History.IDENTITIES, CLAIM));
    session.publish(session.history.open(OneSession.ID));
    session.lead(1);
    return session;
  }

  @Test
  void aNewSessionIsServedOnceItIsCommitted() {
    OneSession session = opening();
    assertEquals(List.of("submit [0]"), session.said());
    session.deliver(new Delivery.Completed(session.publish(session.history.open(OneSession.ID))));
    session.ask(PING);
    assertEquals(List.of("opened 7 for 4000", "answer at 1: Done"), session.said());
  }

  @Test
  void aSessionForWhichThereIsNoRoomIsToldToTryAgain() {
    OneSession session = opening();
    session.deliver(new Delivery.Refused(0, ErrorCode.THROTTLED_OP, session.published.get()));
    assertEquals(List.of("submit [0]", "close: no new sessions for now: THROTTLED_OP"), session.said());
    assertFalse(session.actor.isAlive());
  }

  @Test
  void nothingIsAskedOfASessionThatIsNotOpen() {
    assertThrows(IllegalStateException.class, () -> opening().ask(PING));
    assertThrows(IllegalStateException.class, () -> resuming(History.PASSWORD).ask(PING));
  }

  @Test
  void aConnectionThatGoesBeforeItsSessionIsThereLeavesNothingRunning() {
    OneSession session = opening();
    session.actor.run(new Session.Disconnected());
    assertFalse(session.actor.isAlive());
    OneSession resumed = resuming(History.PASSWORD);
    resumed.actor.run(new Session.Leave("moved"));
    assertEquals(List.of("claim", "close: moved"), resumed.said());
    assertFalse(resumed.actor.isAlive());
  }

  @Test
  void aClientThatIsBackIsServedBehindWhatItsEarlierConnectionSent() {
    OneSession session = resuming(History.PASSWORD);
    Applied old = session.publish(session.history.add(OneSession.ID, 1, History.create("/a")));
    session.deliver(new Delivery.Completed(old));
    session.deliver(new Delivery.Refused(2, ErrorCode.THROTTLED_OP, old.tree()));
    assertEquals(List.of("claim"), session.said());
    session.deliver(new Delivery.Synced(CLAIM, old.tree()));
    session.ask(new ClientRequest.Exists("/a", false));
    assertEquals(List.of("opened 7 for 4000", "answer at 2: Node"), session.said());
    session.tracker.expectMessage(new SessionTracker.Resumed(OneSession.ID, 4000));
  }

  /** Found by simulation: its own answer came later then, and was taken for the answer to some request. */
  @Test
  void anAnswerToTheEarlierConnectionIsNotTakenForItsOwn() {
    OneSession session = resuming(History.PASSWORD);
    session.deliver(new Delivery.Synced(3, session.published.get()));
    assertEquals(List.of("claim"), session.said());
    session.deliver(new Delivery.Synced(CLAIM, session.published.get()));
    session.ask(PING);
    assertEquals(List.of("opened 7 for 4000", "answer at 1: Done"), session.said());
  }

  @Test
  void whoDoesNotKnowThePasswordIsRefused() {
    OneSession session = resuming(new Password(3, 4));
    session.deliver(new Delivery.Synced(CLAIM, session.published.get()));
    assertEquals(List.of("claim", "refused"), session.said());
    assertFalse(session.actor.isAlive());
    assertFalse(session.tracker.hasMessages());
  }

  @Test
  void aSessionThatHasEndedMeanwhileIsRefused() {
    OneSession session = resuming(History.PASSWORD);
    Applied end = session.publish(session.history.add(OneSession.ID, 0, new Operation.CloseSession()));
    session.deliver(new Delivery.Completed(end), new Delivery.Synced(CLAIM, end.tree()));
    assertEquals(List.of("claim", "refused"), session.said());
  }

  @Test
  void whatIsProvedBeforeTheSessionIsOpenCounts() {
    OneSession session = opening();
    session.actor.run(new Session.Identified(List.of()));
    assertTrue(session.actor.isAlive());
    session.deliver(new Delivery.Completed(session.publish(session.history.open(OneSession.ID))));
    session.ask(new ClientRequest.WhoAmI());
    assertEquals(List.of("submit [0]", "opened 7 for 4000", "answer at 1: Identities"), session.said());
  }
}
