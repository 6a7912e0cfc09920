package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.Room;
import troupe.persistence.TransactionLog;
import troupe.persistence.TransactionLog.Reply;

class IntakeTest {
  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final TestInbox<Reply> replies = TestInbox.create();
  private final TestInbox<Replica.Command> replica = TestInbox.create();
  private final Batches history = new Batches();
  private final Batch before = history.next(1);
  private final Zxid begin = before.last();
  private final Batch first = history.next(2, 3);
  private final Batch second = history.next(2);
  private final Batch third = history.next(2);
  private final Intake intake = new Intake(begin, log.getRef(), replies.getRef(), replica.getRef());

  private void propose() {
    assertTrue(intake.propose(begin, first));
    assertTrue(intake.propose(first.last(), second));
    assertTrue(intake.propose(second.last(), third));
  }

  private void expectStoring(Batch... batches) {
    assertEquals(List.of(batches), assertInstanceOf(TransactionLog.Append.class, log.receiveMessage()).batches());
    assertFalse(log.hasMessages());
  }

  private void stored(Batch last, long position) {
    intake.stored(new Reply.Durable(last.last(), position, Room.ENOUGH));
  }

  private void expectReplica(Replica.Command... commands) {
    assertEquals(List.of(commands), replica.getAllReceived());
  }

  private static Notice notice(int cxid) {
    return new Notice.Synced(7, cxid);
  }

  @Test
  void whatComesWhileTheDiskIsBusyIsStoredTogether() {
    propose();
    expectStoring(first);
    stored(first, 10);
    expectStoring(second, third);
  }

  /** The disk has to have room for all of it at once. */
  @Test
  void whatIsStoredTogetherHasALimit() {
    Batches large = new Batches();
    List<Batch> batches = Stream.generate(() -> large.withData(2, 3 << 19)).limit(4).toList(); // 1.5 MiB each
    Intake intake = new Intake(Zxid.ZERO, log.getRef(), replies.getRef(), replica.getRef());
    Zxid end = Zxid.ZERO;
    for (Batch batch : batches) {
      assertTrue(intake.propose(end, batch));
      end = batch.last();
    }
    expectStoring(batches.get(0));
    intake.stored(new Reply.Durable(batches.get(0).last(), 1, Room.ENOUGH));
    expectStoring(batches.get(1), batches.get(2));
    intake.stored(new Reply.Durable(batches.get(2).last(), 3, Room.ENOUGH));
    expectStoring(batches.get(3));
  }

  @Test
  void onlyWhatContinuesTheHistoryIsTaken() {
    assertFalse(intake.propose(begin, second), "a gap behind what it claims to follow");
    assertFalse(intake.propose(first.last(), second));
    assertFalse(intake.propose(Zxid.ZERO, first));
    assertTrue(intake.propose(begin, first));
    assertFalse(intake.propose(begin, first), "a second time");
    assertEquals(first.last(), intake.end());
  }

  @Test
  void theReplicaGetsWhatIsBothStoredAndCommittedWithItsPlaceInTheJournal() {
    propose();
    intake.commit(second.last());
    expectReplica(new Replica.Confirm());
    stored(first, 10);
    expectReplica(new Replica.Apply(first, 10));
    stored(third, 13); // an event of another kind was between
    expectReplica(new Replica.Apply(second, 12));
    intake.commit(third.last());
    expectReplica(new Replica.Apply(third, 13));
    assertEquals(third.last(), intake.applied());
  }

  @Test
  void commitsSpeakOfAllBeforeAndOlderOnesChangeNothing() {
    propose();
    stored(first, 10);
    stored(third, 12);
    intake.commit(third.last());
    intake.commit(first.last());
    expectReplica(new Replica.Confirm(), new Replica.Apply(first, 10), new Replica.Apply(second, 11),
        new Replica.Apply(third, 12));
  }

  @Test
  void whatTheServerBeganWithIsConfirmedOnlyOnceItIsCommitted() {
    intake.commit(Zxid.ZERO);
    expectReplica();
    assertFalse(intake.hasApplied(Zxid.ZERO), "its tree may hold what was never committed");
    intake.commit(begin);
    intake.commit(begin);
    expectReplica(new Replica.Confirm());
    assertTrue(intake.hasApplied(begin));
    assertFalse(intake.hasApplied(first.last()));
  }

  @Test
  void aCommitThatComesBeforeItsProposalIsNotForgotten() {
    intake.commit(first.last());
    intake.propose(begin, first);
    expectReplica(new Replica.Confirm());
    stored(first, 10);
    expectReplica(new Replica.Apply(first, 10));
  }

  @Test
  void whatIsOnItsWayToTheDiskIsNotStored() {
    intake.propose(begin, first);
    assertTrue(intake.hasStored(begin));
    assertFalse(intake.hasStored(first.last()));
    stored(first, 10);
    assertTrue(intake.hasStored(first.last()));
  }

  @Test
  void aNoticeWaitsForTheCommitsBeforeItAndNotForThoseBehind() {
    propose();
    intake.commit(first.last());
    intake.tell(notice(1));
    intake.commit(second.last());
    intake.tell(notice(2));
    expectReplica(new Replica.Confirm());
    stored(first, 10);
    expectReplica(new Replica.Apply(first, 10), new Replica.Pass(notice(1)));
    stored(third, 12);
    expectReplica(new Replica.Apply(second, 11), new Replica.Pass(notice(2)));
    intake.tell(notice(3)); // the third is not committed: the notice was before that
    expectReplica(new Replica.Pass(notice(3)));
  }

  @Test
  void aNoticeKeepsItsPlaceWhenBatchesAreStoredTogether() {
    propose();
    intake.commit(first.last());
    intake.tell(notice(1));
    intake.commit(second.last());
    stored(third, 12);
    expectReplica(new Replica.Confirm(), new Replica.Apply(first, 10), new Replica.Pass(notice(1)),
        new Replica.Apply(second, 11));
  }
}
