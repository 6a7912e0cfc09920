package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.History;
import troupe.persistence.Room;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.persistence.TransactionLog.Reply;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;

/** Server 2 follows leader 1, in each state. What the disk answers is said by the test. */
class LearnerTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final Conversation CONVERSATION = new Conversation(42);
  private static final BroadcastSettings SETTINGS = new BroadcastSettings(
      10, 1000, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofMillis(500), 1000, 1000,
      BroadcastSettings.MOST_IN_AN_EPOCH, true);
  private static final int SYNC_BEATS = 3;
  private static final int INIT_BEATS = 5;

  /** Epoch 2 has been promised, the history is that of epoch 1. */
  private static final long PROMISED = 2;
  private static final long EPOCH = 3;

  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final TestInbox<Replica.Command> replica = TestInbox.create();
  private final TestInbox<Learner.Report> server = TestInbox.create();
  private final List<FromLearner> sent = new ArrayList<>();
  private final Batches history = new Batches();
  private final Zxid begin = history.next(1).last();
  private BehaviorTestKit<Learner.Command> learner;
  private long heard;
  private long told;

  @BeforeEach
  void begin() {
    heard = 0;
    told = 0;
    sent.clear();
    Ensemble ensemble = Ensemble.ofMajority(
        TWO, Stream.of(ONE, TWO, THREE).map(id -> new Ensemble.Member(id, "host", id.value())).toList());
    Batches own = new Batches();
    own.next(1);
    learner = BehaviorTestKit.create(Learner.create(
        new Learner.Surroundings(
            ensemble, ONE, SETTINGS, (to, message) -> {
              assertEquals(ONE, to);
              sent.add((FromLearner) message);
            }, log.getRef(), Path.of("target", "snapshots"), replica.getRef(), CONVERSATION::id),
        new History(PROMISED, 1, begin, List.of()), own.tree(), server.getRef()));
    expectGreeted();
  }

  private void expectGreeted() {
    assertEquals(List.of(new FromLearner(TWO, CONVERSATION, 0, new FromLearner.LearnerInfo(PROMISED))), sent);
    sent.clear();
  }

  private void hear(FromLeader.Message message) {
    learner.run(new Learner.Heard(new FromLeader(ONE, CONVERSATION, ++heard, message)));
  }

  private void reply(Reply reply) {
    learner.run(new Learner.LogReplied(reply));
  }

  private void durable(Batch last, long position) {
    reply(new Reply.Durable(last.last(), position, Room.ENOUGH));
  }

  private void expectSent(FromLearner.Message... messages) {
    assertEquals(
        Stream.of(messages).map(message -> new FromLearner(TWO, CONVERSATION, ++told, message)).toList(), sent);
    sent.clear();
  }

  private <T extends TransactionLog.Command> T expectAsked(Class<T> type) {
    T asked = assertInstanceOf(type, log.receiveMessage());
    assertFalse(log.hasMessages());
    return asked;
  }

  private void expectLost(String reason) {
    Learner.Lost lost = assertInstanceOf(Learner.Lost.class, server.receiveMessage());
    assertTrue(lost.reason().contains(reason), lost.reason());
    assertFalse(learner.isAlive());
  }

  /** The leader is told, too. */
  private void expectLeft(String reason) {
    assertEquals(new FromLearner(TWO, CONVERSATION, 0, new FromLearner.Leave()), sent.getLast());
    expectLost(reason);
  }

  private void beat(int times) {
    for (int i = 0; i < times; i++) {
      learner.run(new Learner.Beat());
    }
  }

  private static Request request(int cxid) {
    return new Request(new Requester(7, List.of()), cxid, new Operation.Delete("/a", -1));
  }

  @Test
  void aTreeThatIsNotWhereTheLogEndsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Learner.create(
        null, new History(1, 1, begin.next(), List.of()), history.tree(), server.getRef()));
  }

  @Nested
  class Joining {
    @Test
    void greetsAgainUntilItIsAnswered() {
      List<Object> timers = learner.getAllEffects().stream()
          .filter(Effect.TimerScheduled.class::isInstance)
          .<Object>map(effect -> ((Effect.TimerScheduled<?>) effect).msg())
          .toList();
      assertEquals(List.of(new Learner.AnswerDue(), new Learner.Beat()), timers);
      learner.run(new Learner.AnswerDue());
      expectGreeted();
    }

    @Test
    void aNewerEpochIsPromisedOnceThatIsOnTheDisk() {
      hear(new FromLeader.LeaderInfo(EPOCH));
      assertEquals(EPOCH, expectAsked(TransactionLog.AcceptEpoch.class).epoch());
      assertEquals(List.of(), sent);
      reply(new Reply.EpochAccepted(EPOCH));
      expectSent(new FromLearner.AckEpoch(EPOCH, true, 1, begin));
    }

    @Test
    void anEpochThatWasPromisedBeforeIsAcknowledgedButNotPromised() {
      hear(new FromLeader.LeaderInfo(PROMISED));
      assertFalse(log.hasMessages());
      expectSent(new FromLearner.AckEpoch(PROMISED, false, 1, begin));
    }

    @Test
    void anOlderEpochIsNotFollowed() {
      hear(new FromLeader.LeaderInfo(PROMISED - 1));
      expectLeft("older than 2");
      assertFalse(log.hasMessages());
    }

    @Test
    void anEpochThatTheLogRefusesIsNotFollowed() {
      hear(new FromLeader.LeaderInfo(EPOCH));
      reply(new Reply.EpochRefused(8));
      expectLeft("epoch 8");
    }

    @Test
    void waitsForALeaderThatMayNotKnowYetAndNotForEver() {
      beat(INIT_BEATS);
      assertTrue(learner.isAlive());
      beat(1);
      expectLeft("does not answer");
    }

    @Test
    void aLeaderThatHasSpokenAndIsSilentIsLost() {
      hear(new FromLeader.Ping());
      expectSent(new FromLearner.Alive());
      beat(SYNC_BEATS);
      assertTrue(learner.isAlive());
      beat(1);
      expectLeft("nothing was heard");
    }

    @Test
    void nothingElseMayComeBeforeTheEpochIsPromised() {
      for (FromLeader.Message early : List.of(
          new FromLeader.Truncate(begin), new FromLeader.Propose(begin, history.next(EPOCH)),
          new FromLeader.NewLeader(EPOCH), new FromLeader.UpToDate(begin), new FromLeader.Commit(begin),
          new FromLeader.Tell(List.of()))) {
        begin();
        hear(early);
        expectLeft("before the epoch was promised");
      }
      assertFalse(log.hasMessages() || replica.hasMessages());
    }

    @Test
    void servesNobody() {
      learner.run(new Learner.Submit(List.of(request(1))));
      learner.run(new Learner.Sync(7, 2));
      learner.run(new Learner.Claim(7, 3, new Password(1, 2), false));
      learner.run(new Learner.Touch(Map.of()));
      assertEquals(List.of(), sent);
    }
  }

  @Nested
  class EitherState {
    private void inEach(Runnable check) {
      check.run();
      begin();
      follow();
      check.run();
    }

    @Test
    void whatIsNotOfThisConversationMeansNothing() {
      inEach(() -> {
        learner.run(new Learner.Heard(new FromLeader(ONE, new Conversation(41), 0, new FromLeader.Leave())));
        learner.run(new Learner.Heard(new FromLeader(THREE, CONVERSATION, 0, new FromLeader.Leave())));
        learner.run(new Learner.Heard(new FromLeader(ONE, CONVERSATION, heard, new FromLeader.Ping())));
        assertTrue(learner.isAlive());
        assertEquals(List.of(), sent);
      });
    }

    @Test
    void endsWithItsLeaderAndWithNoOther() {
      inEach(() -> {
        learner.run(new Learner.PeerLost(THREE));
        assertTrue(learner.isAlive());
        learner.run(new Learner.PeerLost(ONE));
        expectLost("gone");
      });
      inEach(() -> {
        begin();
        learner.run(new Learner.Heard(new FromLeader(ONE, CONVERSATION, 0, new FromLeader.Leave())));
        expectLost("does not lead");
      });
    }

    @Test
    void endsWhereAMessageWasLost() {
      inEach(() -> {
        learner.run(new Learner.Heard(new FromLeader(ONE, CONVERSATION, heard + 2, new FromLeader.Ping())));
        expectLeft("were lost");
      });
    }

    @Test
    void saysSoWhenTheServerStops() {
      inEach(() -> {
        learner.run(new Learner.Resign());
        expectLeft("this server stops");
      });
    }
  }

  /** The epoch is promised. */
  private void follow() {
    hear(new FromLeader.LeaderInfo(EPOCH));
    reply(new Reply.EpochAccepted(EPOCH));
    expectSent(new FromLearner.AckEpoch(EPOCH, true, 1, begin));
    log.getAllReceived();
  }

  @Nested
  class Following {
    private final Batch first = history.next(2);
    private final Batch second = history.next(EPOCH);

    @BeforeEach
    void promised() {
      follow();
    }

    /** The server hears of it once all that it is to show can be seen. */
    private Replica.Command upToDate() {
      return new Replica.Tell<>(server.getRef(), new Learner.UpToDate(EPOCH));
    }

    /** It has what the leader had, and serves. */
    private void serve() {
      hear(new FromLeader.NewLeader(EPOCH));
      reply(new Reply.EpochEstablished(EPOCH));
      hear(new FromLeader.UpToDate(begin));
      assertEquals(List.of(new Replica.Confirm(), upToDate()), replica.getAllReceived());
      expectSent(new FromLearner.AckNewLeader());
      log.getAllReceived();
      replica.getAllReceived();
    }

    @Test
    void theHistoryIsDurableBeforeTheEpochAndBothBeforeTheAckOfNewLeader() {
      hear(new FromLeader.Propose(begin, first));
      hear(new FromLeader.NewLeader(EPOCH));
      assertEquals(List.of(first), expectAsked(TransactionLog.Append.class).batches());
      assertEquals(List.of(), sent);
      durable(first, 10);
      expectSent(new FromLearner.Ack(first.last()));
      assertEquals(EPOCH, expectAsked(TransactionLog.EstablishEpoch.class).epoch());
      assertEquals(List.of(), sent);
      reply(new Reply.EpochEstablished(EPOCH));
      expectSent(new FromLearner.AckNewLeader());
    }

    /** Of a later role of the same server, which takes the promise to the earlier one for its own. */
    @Test
    void anotherEpochThanThePromisedOneIsNotEstablished() {
      hear(new FromLeader.NewLeader(EPOCH + 1));
      expectLeft("NEWLEADER is of epoch " + (EPOCH + 1));
      assertFalse(log.hasMessages());
    }

    /** Its clients would read ever older trees, and wait for answers that do not come. */
    @Test
    void leavesWhenItsOwnDiskHangs() {
      serve();
      hear(new FromLeader.Propose(begin, first));
      for (int i = 0; i < SYNC_BEATS; i++) {
        beat(1);
        hear(new FromLeader.Ping());
      }
      assertTrue(learner.isAlive());
      sent.clear();
      beat(1);
      expectLeft("disk");
    }

    @Test
    void whatIsStoredAgainAndAgainIsNoHangingDisk() {
      serve();
      hear(new FromLeader.Propose(begin, first));
      durable(first, 9);
      hear(new FromLeader.Propose(first.last(), second));
      Batch last = second;
      for (int i = 0; i < 3 * SYNC_BEATS; i++) {
        Batch next = history.next(EPOCH);
        hear(new FromLeader.Propose(last.last(), next));
        beat(1);
        durable(last, 10 + i);
        last = next;
      }
      assertTrue(learner.isAlive());
    }

    @Test
    void withNothingToTakeOverTheEpochIsEstablishedAtOnce() {
      hear(new FromLeader.NewLeader(EPOCH));
      assertEquals(EPOCH, expectAsked(TransactionLog.EstablishEpoch.class).epoch());
    }

    @Test
    void whatIsProposedBehindNewLeaderDoesNotHoldTheEpochUp() {
      hear(new FromLeader.Propose(begin, first));
      hear(new FromLeader.NewLeader(EPOCH));
      hear(new FromLeader.Propose(first.last(), second));
      log.getAllReceived();
      durable(first, 10);
      assertEquals(List.of(TransactionLog.Append.class, TransactionLog.EstablishEpoch.class),
          log.getAllReceived().stream().map(Object::getClass).toList());
    }

    @Test
    void isNoServerBeforeEverythingUpToTheCommitPointIsApplied() {
      hear(new FromLeader.Propose(begin, first));
      hear(new FromLeader.NewLeader(EPOCH));
      hear(new FromLeader.UpToDate(first.last()));
      assertEquals(List.of(new Replica.Confirm()), replica.getAllReceived());
      durable(first, 10);
      assertEquals(List.of(new Replica.Apply(first, 10), upToDate()), replica.getAllReceived());
    }

    @Test
    void isNoServerBeforeItsOwnTailIsCommitted() {
      hear(new FromLeader.NewLeader(EPOCH));
      hear(new FromLeader.UpToDate(Zxid.ZERO)); // the leader has proposed the tail, but not committed it
      assertFalse(replica.hasMessages());
      hear(new FromLeader.Commit(begin));
      assertEquals(List.of(new Replica.Confirm(), upToDate()), replica.getAllReceived());
    }

    @Test
    void aCommitBetweenNewLeaderAndUpToDateIsTaken() { // ZOOKEEPER-4394
      hear(new FromLeader.Propose(begin, first));
      hear(new FromLeader.NewLeader(EPOCH));
      hear(new FromLeader.Commit(first.last()));
      durable(first, 10);
      assertEquals(List.of(new Replica.Confirm(), new Replica.Apply(first, 10)), replica.getAllReceived());
      hear(new FromLeader.UpToDate(begin));
      replica.expectMessage(upToDate());
    }

    @Test
    void isUpToDateOnce() {
      serve();
      hear(new FromLeader.Commit(begin));
      hear(new FromLeader.UpToDate(begin));
      assertFalse(replica.hasMessages());
    }

    @Test
    void anAckSpeaksOfWhatIsOnTheDisk() {
      serve();
      hear(new FromLeader.Propose(begin, first));
      hear(new FromLeader.Commit(first.last()));
      assertEquals(List.of(), sent);
      assertFalse(replica.hasMessages());
      durable(first, 10);
      expectSent(new FromLearner.Ack(first.last()));
      replica.expectMessage(new Replica.Apply(first, 10));
    }

    @Test
    void aNoticeComesBehindTheCommitsBeforeIt() {
      serve();
      hear(new FromLeader.Propose(begin, first));
      hear(new FromLeader.Commit(first.last()));
      hear(new FromLeader.Tell(List.of(new Notice.Synced(7, 1), new Notice.Moved(7))));
      assertFalse(replica.hasMessages());
      durable(first, 10);
      assertEquals(List.of(
          new Replica.Apply(first, 10),
          new Replica.Pass(new Notice.Synced(7, 1)),
          new Replica.Pass(new Notice.Moved(7))), replica.getAllReceived());
    }

    @Test
    void aProposalThatDoesNotContinueTheHistoryEndsIt() {
      hear(new FromLeader.Propose(first.last(), second));
      expectLeft("but the history here ends at " + begin);
      assertFalse(log.hasMessages());
    }

    @Test
    void whatSessionsSubmitTogetherGoesTogetherAndNothingOvertakesIt() {
      serve();
      learner.run(new Learner.Submit(List.of(request(1))));
      learner.run(new Learner.Submit(List.of(request(2))));
      assertEquals(List.of(), sent);
      learner.selfInbox().getAllReceived().forEach(learner::run);
      expectSent(new FromLearner.Forward(List.of(request(1), request(2))));
      learner.run(new Learner.Submit(List.of(request(3))));
      learner.run(new Learner.Sync(7, 4));
      learner.run(new Learner.Submit(List.of(request(5))));
      learner.run(new Learner.Claim(7, 6, new Password(1, 2), false));
      learner.selfInbox().getAllReceived().forEach(learner::run);
      expectSent(
          new FromLearner.Forward(List.of(request(3))), new FromLearner.Sync(7, 4),
          new FromLearner.Forward(List.of(request(5))), new FromLearner.Claim(7, 6, new Password(1, 2), false));
      learner.run(new Learner.Touch(Map.of(7L, 0)));
      expectSent(new FromLearner.Touch(Map.of(7L, 0)));
    }

    @Test
    void whatIsTooMuchForOneMessageGoesInSeveral() {
      serve();
      List<Request> requests = Stream.of(600, 600, 100, 5000, 1).map(bytes -> new Request(
          new Requester(7, List.of()), bytes, new Operation.SetData("/a", new byte[bytes], -1))).toList();
      learner.run(new Learner.Submit(requests));
      learner.selfInbox().getAllReceived().forEach(learner::run);
      expectSent(
          new FromLearner.Forward(requests.subList(0, 1)), new FromLearner.Forward(requests.subList(1, 3)),
          new FromLearner.Forward(requests.subList(3, 4)), new FromLearner.Forward(requests.subList(4, 5)));
    }

    @Test
    void afterGivingUpATailItBeginsAgain() {
      hear(new FromLeader.Truncate(Zxid.ZERO));
      assertEquals(Zxid.ZERO, expectAsked(TransactionLog.Truncate.class).keepUpTo());
      assertTrue(learner.isAlive());
      reply(new Reply.Truncated(Zxid.ZERO));
      expectLeft("begins again");
      assertFalse(replica.hasMessages());
    }

    @Test
    void aSnapshotIsAskedForPartByPartAndCountsOnceItIsInTheLog() {
      SnapshotRef snapshot = new SnapshotRef(second.last(), 9, "snapshot.9", 1);
      hear(new FromLeader.SnapshotPart(snapshot, ByteString.EMPTY, false));
      assertEquals(List.of(), sent);
      learner.run(new Learner.PartStored(snapshot, false));
      expectSent(new FromLearner.PartStored());
      hear(new FromLeader.SnapshotPart(snapshot, ByteString.EMPTY, true));
      learner.run(new Learner.PartStored(snapshot, true));
      assertEquals(snapshot, expectAsked(TransactionLog.Install.class).snapshot());
      assertEquals(List.of(), sent);
      reply(new Reply.Installed(snapshot));
      expectLeft("snapshot");
    }

    @Test
    void theEpochIsNotEstablishedWhileASnapshotComes() {
      hear(new FromLeader.SnapshotPart(
          new SnapshotRef(second.last(), 9, "snapshot.9", 1), ByteString.EMPTY, false));
      hear(new FromLeader.NewLeader(EPOCH));
      expectLeft("NEWLEADER before the snapshot");
      assertFalse(log.hasMessages());
    }

    @Test
    void aSnapshotThatCannotBeStoredIsNotInTheLog() {
      learner.run(new Learner.PartNotStored(new IOException("full")));
      expectLeft("full");
      assertFalse(log.hasMessages());
    }

    @Test
    void theLeaderMayBeginItsEpochOnce() {
      hear(new FromLeader.LeaderInfo(EPOCH));
      expectLeft("twice");
    }

    @Test
    void anEpochThatWasPromisedToAnotherMeanwhileIsNotEstablished() {
      hear(new FromLeader.NewLeader(EPOCH));
      reply(new Reply.EpochRefused(9));
      expectLeft("epoch 9");
    }

    @Test
    void aLogThatIsOutOfOrderIsABug() {
      hear(new FromLeader.Propose(begin, first));
      String message = assertThrows(
          IllegalStateException.class, () -> reply(new Reply.OutOfOrder(Zxid.ZERO))).getMessage();
      assertTrue(message.contains(first.last().toString()), message);
    }

    @Test
    void aSilentLeaderIsLostAndOneThatPingsIsNot() {
      for (int i = 0; i < 2 * SYNC_BEATS; i++) {
        beat(1);
        hear(new FromLeader.Ping());
        expectSent(new FromLearner.Alive());
      }
      beat(SYNC_BEATS);
      assertTrue(learner.isAlive());
      beat(1);
      expectLeft("nothing was heard");
    }
  }
}
