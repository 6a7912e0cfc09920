package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.metrics.Metrics;
import troupe.persistence.Batch;
import troupe.persistence.History;
import troupe.persistence.Room;
import troupe.persistence.TransactionLog;
import troupe.persistence.TransactionLog.Reply;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;

/** Server 1 leads three voters and an observer, 4; the handlers of learners are played by the test. */
class LeaderAndLearnersTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final ServerId OBSERVER = new ServerId(4);
  private static final Ensemble ENSEMBLE = Ensemble.ofMajority(ONE, Stream.concat(
      Stream.of(ONE, TWO, THREE).map(id -> new Member(id, "host", id.value())),
      Stream.of(new Member(OBSERVER, Ensemble.Role.OBSERVER, "host", 4, 5))).toList());
  private static final BroadcastSettings SETTINGS = new BroadcastSettings(
      100, 1 << 20, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofMillis(500), 10_000, 100_000,
      BroadcastSettings.MOST_IN_AN_EPOCH, true);
  private static final int SYNC_BEATS = 3;
  private static final int INIT_BEATS = 5;

  private static final long NOW = 1_000_000;
  private static final long SESSION = 7;
  private static final long OTHER_SESSION = 9;
  private static final Password PASSWORD = new Password(1, 2);

  /** What the leader begins with: two sessions, of epoch 1. It has promised epoch 2 to somebody. */
  private static final Zxid LAST = new Zxid(1, 2);
  private static final Change OPENED = new Change.SessionOpened(new SessionInfo(1000, PASSWORD));
  private static final DataTree TREE = DataTree.initial()
      .apply(new Transaction(new Zxid(1, 1), SESSION, 0, 0, OPENED)).tree()
      .apply(new Transaction(LAST, OTHER_SESSION, 0, 0, OPENED)).tree();
  private static final History HISTORY = new History(2, 1, LAST, List.of());
  private static final long EPOCH = 3;

  private record Sent(ServerId to, FromLeader message) {}

  /** One of the learners, in one of its conversations. */
  private record Learner(LearnerId id, TestInbox<LearnerHandler.Command> handler) {
    void expect(LearnerHandler.Command... messages) {
      assertEquals(List.of(messages), handler.getAllReceived());
    }
  }

  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final TestInbox<Replica.Command> replica = TestInbox.create();
  private final TestInbox<Leader.Report> server = TestInbox.create();
  private final List<Sent> sent = new ArrayList<>();
  private int conversations;

  private final BehaviorTestKit<Leader.Command> leader = BehaviorTestKit.create(Leader.create(
      new Leader.Surroundings(ENSEMBLE, SETTINGS, (to, message) -> sent.add(new Sent(to, (FromLeader) message)),
          log.getRef(), null, Path.of("target", "snapshots"), replica.getRef(), InstantSource.fixed(Instant.ofEpochMilli(NOW)), new Metrics()),
      HISTORY, TREE, server.getRef()));

  /** Its first message has come; the handler has not said so yet. */
  private Learner greeted(ServerId from) {
    LearnerId id = new LearnerId(from, new Conversation(1000 + ++conversations));
    leader.run(new Leader.Heard(new FromLearner(from, id.conversation(), 0, new FromLearner.LearnerInfo(0))));
    leader.selfInbox().getAllReceived(); // the handler has said it, but when that is heard the test decides
    return new Learner(id, leader.childInbox("learner-" + from + "-" + conversations));
  }

  private Learner joined(ServerId from, long acceptedEpoch) {
    Learner learner = greeted(from);
    leader.run(new Leader.Joined(learner.id(), acceptedEpoch));
    return learner;
  }

  private void promise(Learner learner) {
    promise(learner, 1, LAST);
  }

  private void promise(Learner learner, long currentEpoch, Zxid last) {
    leader.run(new Leader.EpochAcked(learner.id(), true, currentEpoch, last));
  }

  private void reply(Reply reply) {
    leader.run(new Leader.LogReplied(reply));
  }

  private void beat(int times) {
    for (int i = 0; i < times; i++) {
      leader.run(new Leader.Beat());
    }
  }

  private void hear(Learner learner) {
    leader.run(new Leader.Heard(
        new FromLearner(learner.id().server(), learner.id().conversation(), 1, new FromLearner.Alive())));
  }

  private void expectSteppedDown(String reason) {
    Leader.SteppedDown report = assertInstanceOf(Leader.SteppedDown.class, server.receiveMessage());
    assertTrue(report.reason().contains(reason), report.reason());
    assertFalse(leader.isAlive());
  }

  private void expectLeads() {
    assertTrue(leader.isAlive());
    assertFalse(server.hasMessages());
  }

  private static LearnerHandler.Command decided() {
    return new LearnerHandler.EpochDecided(EPOCH);
  }

  private static FromLeader leave(Learner learner) {
    return new FromLeader(ONE, learner.id().conversation(), 0, new FromLeader.Leave());
  }

  @Nested
  class Discovering {
    @Test
    void decidesNoEpochBeforeItHasHeardAQuorum() {
      joined(OBSERVER, 0).expect();
      assertFalse(log.hasMessages());
    }

    @Test
    void theEpochIsNewerThanAnyThatWasPromisedByThoseHeardOf() {
      Learner observer = joined(OBSERVER, 9);
      Learner two = joined(TWO, 5);
      observer.expect(new LearnerHandler.EpochDecided(10));
      two.expect(new LearnerHandler.EpochDecided(10));
      assertEquals(10, assertInstanceOf(TransactionLog.AcceptEpoch.class, log.receiveMessage()).epoch());
    }

    @Test
    void everyLearnerIsToldTheEpochOnceAlsoWhenSeveralComeTogether() {
      Learner two = greeted(TWO);
      Learner three = greeted(THREE);
      leader.run(new Leader.Joined(two.id(), 2));
      leader.run(new Leader.Joined(three.id(), 2));
      two.expect(decided());
      three.expect(decided());
    }

    @Test
    void theOwnPromiseCountsOnceItIsDurableAndAQuorumIsEnough() {
      Learner two = joined(TWO, 2);
      promise(two);
      assertInstanceOf(TransactionLog.AcceptEpoch.class, log.receiveMessage());
      assertFalse(log.hasMessages());
      reply(new Reply.EpochAccepted(EPOCH));
      assertEquals(EPOCH, assertInstanceOf(TransactionLog.EstablishEpoch.class, log.receiveMessage()).epoch());
      two.expect(decided(), new LearnerHandler.Synchronize());
    }

    @Test
    void aPromiseThatWasMadeBeforeCountsForNobody() {
      joined(TWO, 2);
      reply(new Reply.EpochAccepted(EPOCH));
      log.getAllReceived();
      leader.run(new Leader.EpochAcked(joined(TWO, 2).id(), false, 1, LAST));
      assertFalse(log.hasMessages());
      expectLeads();
    }

    @Test
    void theObserversPromiseIsNoPartOfAQuorum() {
      Learner observer = joined(OBSERVER, 2);
      joined(TWO, 2);
      reply(new Reply.EpochAccepted(EPOCH));
      log.getAllReceived();
      promise(observer);
      assertFalse(log.hasMessages());
    }

    @Test
    void stepsDownForAVoterWithANewerHistory() {
      promise(joined(TWO, 2), 1, LAST.next());
      expectSteppedDown("newer history");
    }

    @Test
    void stepsDownForAVoterWithTheHistoryOfANewerLeader() {
      promise(joined(TWO, 2), 2, Zxid.ZERO);
      expectSteppedDown("newer history");
    }

    @Test
    void anObserverWithMoreThanWasEverCommittedIsNoReasonToStepDown() {
      Learner observer = joined(OBSERVER, 2);
      joined(TWO, 2);
      promise(observer, 1, LAST.next());
      expectLeads();
    }

    @Test
    void stepsDownForANewerEpochAndSeesToItThatTheNextOneIsNewerStill() {
      Learner two = joined(TWO, 2);
      log.getAllReceived();
      Learner three = joined(THREE, 8);
      assertEquals(8, assertInstanceOf(TransactionLog.AcceptEpoch.class, log.receiveMessage()).epoch());
      expectSteppedDown("epoch 8");
      assertEquals(Set.of(new Sent(TWO, leave(two)), new Sent(THREE, leave(three))), Set.copyOf(sent));
    }

    @Test
    void doesNotWaitForAVoterThatCannotPromiseTheEpochAnyMore() {
      joined(TWO, 2);
      joined(THREE, EPOCH); // a follower of somebody else, or one whose promise was lost on its way
      expectSteppedDown("epoch 3");
    }

    @Test
    void aVoterWhosePromiseHasCountedMayComeAgain() {
      promise(joined(TWO, 2));
      Learner again = joined(TWO, EPOCH);
      again.expect(decided());
      expectLeads();
    }

    @Test
    void givesUpWhenNoQuorumComesInTime() {
      beat(INIT_BEATS);
      expectLeads();
      beat(1);
      expectSteppedDown("no quorum");
    }

    @Test
    void whatComesFromAConversationThatIsOverMeansNothing() {
      Learner old = greeted(TWO);
      Learner two = greeted(TWO);
      leader.run(new Leader.Joined(old.id(), 99));
      leader.run(new Leader.EpochAcked(old.id(), true, 99, LAST));
      assertFalse(log.hasMessages());
      old.expect(new LearnerHandler.Dismiss());
      two.expect();
    }

    @Test
    void resignsAtOnce() {
      Learner two = greeted(TWO);
      leader.run(new Leader.Resign());
      expectSteppedDown("resign");
      assertEquals(List.of(new Sent(TWO, leave(two))), sent);
    }
  }

  @Nested
  class TheConversations {
    @Test
    void everyMessageOfAConversationReachesItsHandler() {
      Learner two = greeted(TWO);
      hear(two);
      two.expect(new LearnerHandler.Received(1, new FromLearner.Alive()));
    }

    @Test
    void aRepeatedGreetingBeginsNothingNew() {
      Learner two = greeted(TWO);
      leader.run(new Leader.Heard(
          new FromLearner(TWO, two.id().conversation(), 0, new FromLearner.LearnerInfo(0))));
      two.expect(new LearnerHandler.Received(0, new FromLearner.LearnerInfo(0)));
    }

    @Test
    void whoSpeaksOfAConversationThatIsOverIsToldSo() {
      Learner old = greeted(TWO);
      Learner two = greeted(TWO);
      hear(old);
      assertEquals(List.of(new Sent(TWO, leave(old))), sent);
      two.expect();
    }

    @Test
    void aFarewellToAConversationThatIsOverGetsNoAnswer() {
      leader.run(new Leader.Heard(new FromLearner(TWO, new Conversation(5), 0, new FromLearner.Leave())));
      assertEquals(List.of(), sent);
    }

    @Test
    void theEndOfAnOldHandlerDoesNotEndTheNewConversation() {
      Learner old = greeted(TWO);
      Learner two = greeted(TWO);
      leader.run(new Leader.HandlerEnded(old.id()));
      hear(two);
      two.expect(new LearnerHandler.Received(1, new FromLearner.Alive()));
      leader.run(new Leader.HandlerEnded(two.id()));
      hear(two);
      assertEquals(List.of(new Sent(TWO, leave(two))), sent);
    }

    @Test
    void aLearnerThatIsSilentForTooLongIsDismissed() {
      Learner two = joined(TWO, 2);
      Learner three = joined(THREE, 2);
      two.handler().getAllReceived();
      beat(SYNC_BEATS);
      hear(three);
      two.handler().getAllReceived();
      beat(1);
      two.expect(new LearnerHandler.Ping(), new LearnerHandler.Dismiss());
      assertFalse(three.handler().getAllReceived().contains(new LearnerHandler.Dismiss()));
    }

    @Test
    void aLearnerWhoseProcessIsGoneIsDismissedAtOnceAndMayComeBack() {
      Learner two = greeted(TWO);
      leader.run(new Leader.PeerLost(TWO));
      leader.run(new Leader.PeerLost(THREE)); // of which nothing was ever heard
      two.expect(new LearnerHandler.Dismiss());
      beat(1);
      Learner again = greeted(TWO);
      beat(1);
      again.expect(new LearnerHandler.Ping());
    }
  }

  @Nested
  class Synchronizing {
    private Learner two;

    @BeforeEach
    void discovered() {
      two = joined(TWO, 2);
      promise(two);
      reply(new Reply.EpochAccepted(EPOCH));
      log.getAllReceived();
      two.handler().getAllReceived();
    }

    @Test
    void whoeverHasTheWholeHistoryIsSentWhatComesAndTheOthersReadOn() {
      leader.run(new Leader.WantsHistory(two.id(), LAST));
      two.expect(new LearnerHandler.Stream(EPOCH, List.of()));
      Learner three = joined(THREE, 2);
      leader.run(new Leader.WantsHistory(three.id(), Zxid.ZERO));
      leader.run(new Leader.WantsHistory(three.id(), LAST.next()));
      three.expect(decided(), new LearnerHandler.ReadTheLog(), new LearnerHandler.ReadTheLog());
    }

    @Test
    void whoComesLateIsToldTheEpochAndMaySynchronize() {
      Learner three = joined(THREE, 2);
      leader.run(new Leader.EpochAcked(three.id(), true, 1, LAST.next())); // its tail was never committed
      three.expect(decided(), new LearnerHandler.Synchronize());
      expectLeads();
    }

    @Test
    void stepsDownForALearnerThatHasPromisedANewerEpoch() {
      joined(THREE, EPOCH + 1);
      expectSteppedDown("epoch 4");
    }

    @Test
    void aQuorumWithoutTheOwnDiskIsNotEnough() {
      Learner three = joined(THREE, 2);
      leader.run(new Leader.NewLeaderAcked(two.id(), LAST));
      leader.run(new Leader.NewLeaderAcked(three.id(), LAST));
      expectLeads();
      assertFalse(replica.hasMessages());
      reply(new Reply.EpochEstablished(EPOCH));
      expectEstablished();
    }

    /** Told by way of the replica, behind all that it has to deliver before. */
    private void expectEstablished() {
      replica.expectMessage(new Replica.Confirm());
      replica.expectMessage(new Replica.Tell<>(server.getRef(), new Leader.Established(EPOCH)));
    }

    @Test
    void theObserverIsNoPartOfAQuorum() {
      Learner observer = joined(OBSERVER, 2);
      reply(new Reply.EpochEstablished(EPOCH));
      leader.run(new Leader.NewLeaderAcked(observer.id(), LAST));
      expectLeads();
      leader.run(new Leader.NewLeaderAcked(two.id(), LAST));
      expectEstablished();
      observer.expect(decided(), new LearnerHandler.Serve(LAST));
      two.expect(new LearnerHandler.Serve(LAST));
    }

    @Test
    void aServerThatHadTheHistoryAndLeftCountsButIsToldNothing() {
      leader.run(new Leader.NewLeaderAcked(two.id(), LAST));
      leader.run(new Leader.HandlerEnded(two.id()));
      reply(new Reply.EpochEstablished(EPOCH));
      expectEstablished();
      two.expect();
    }

    @Test
    void theOwnPromiseMayBeSlowerThanThoseOfTheOthers() {
      reply(new Reply.EpochAccepted(EPOCH));
      expectLeads();
    }

    @Test
    void givesUpWhenNoQuorumHasTheHistoryInTime() {
      for (int i = 0; i < INIT_BEATS; i++) {
        hear(two);
        beat(1);
        expectLeads();
      }
      beat(1);
      expectSteppedDown("history in time");
    }

    @Test
    void resignsAtOnce() {
      leader.run(new Leader.Resign());
      expectSteppedDown("resign");
    }
  }

  @Nested
  class Broadcasting {
    private final List<ActorRef<Proposal.Command>> proposals = new ArrayList<>();
    private static final long POSITION = 50;
    private static final Transaction MOVED = new Transaction(
        new Zxid(EPOCH, 1), SESSION, 0, NOW, Change.MOVED);
    private static final Batch MOVE = Batch.of(List.of(MOVED), TREE.apply(MOVED).tree().digest());
    private Learner two;
    private Learner three;

    /** 2 and 3 follow; 3 has the session's client. */
    @BeforeEach
    void established() {
      two = joined(TWO, 2);
      three = joined(THREE, 2);
      promise(two);
      reply(new Reply.EpochAccepted(EPOCH));
      for (Learner each : List.of(two, three)) {
        leader.run(new Leader.WantsHistory(each.id(), LAST));
        leader.run(new Leader.NewLeaderAcked(each.id(), LAST));
      }
      reply(new Reply.EpochEstablished(EPOCH));
      keep(three, SESSION, 0);
      forget();
    }

    private void forget() {
      Stream.of(two, three).forEach(each -> each.handler().getAllReceived());
      log.getAllReceived();
      replica.getAllReceived();
      server.getAllReceived();
      sent.clear();
    }

    private void claim(Learner from, int cxid, Password password) {
      claim(from, SESSION, cxid, password, false);
    }

    private void keep(Learner from, long session, int cxid) {
      claim(from, session, cxid, PASSWORD, true);
    }

    private void claim(Learner from, long session, int cxid, Password password, boolean kept) {
      leader.run(new Leader.Forwarded(
          from.id(), new Leader.Claim(from.id().server(), session, cxid, password, kept)));
    }

    private Request request(long session, int cxid, Operation operation) {
      return new Request(new Requester(session, List.of()), cxid, operation);
    }

    private void submit(Learner from, int cxid) {
      leader.run(new Leader.Forwarded(from.id(), new Leader.Submit(
          from.id().server(), List.of(request(SESSION, cxid, new Operation.Delete("/none", -1))))));
    }

    private Batch appended() {
      return assertInstanceOf(TransactionLog.Append.class, log.receiveMessage()).batches().getFirst();
    }

    private void durable(Batch batch) {
      reply(new Reply.Durable(batch.last(), POSITION, Room.ENOUGH));
      hearProposals();
    }

    private void acked(Learner learner, Batch batch) {
      leader.run(new Leader.Acked(learner.id(), batch.last()));
      hearProposals();
    }

    /** The actors of proposals get what they were told. */
    @SuppressWarnings("unchecked") // that is what the leader's children of this name are
    private void hearProposals() {
      for (Effect effect : leader.getAllEffects()) {
        if (effect instanceof Effect.Spawned<?> spawned && spawned.childName().startsWith("proposal-")) {
          proposals.add((ActorRef<Proposal.Command>) spawned.ref());
        }
      }
      for (ActorRef<Proposal.Command> each : proposals) {
        BehaviorTestKit<Proposal.Command> proposal = leader.childTestKit(each);
        while (proposal.selfInbox().hasMessages()) {
          proposal.runOne();
        }
      }
      while (leader.selfInbox().hasMessages()) {
        leader.runOne();
      }
    }

    private Notice.Synced synced(int cxid) {
      return new Notice.Synced(SESSION, cxid);
    }

    private LearnerHandler.Propose propose(Batch batch) {
      return new LearnerHandler.Propose(LAST, batch);
    }

    private LearnerHandler.Tell tell(Notice notice) {
      return new LearnerHandler.Tell(List.of(notice));
    }

    @Test
    void whatIsProposedGoesToTheLogAndToAllWhoFollowAndIsCommittedByAQuorum() {
      submit(three, 1);
      Batch batch = appended();
      LearnerHandler.Propose propose = new LearnerHandler.Propose(LAST, batch);
      two.expect(propose);
      three.expect(propose);
      acked(three, batch);
      three.expect();
      durable(batch);
      two.expect(new LearnerHandler.Commit(batch.last()));
      three.expect(new LearnerHandler.Commit(batch.last()));
      assertInstanceOf(Replica.Adopt.class, replica.receiveMessage());
      submit(three, 2);
      assertEquals(batch.last(), ((LearnerHandler.Propose) two.handler().receiveMessage()).previous());
    }

    @Test
    void anAckSpeaksOfAllThatCameBefore() {
      submit(three, 1);
      Batch first = appended();
      durable(first);
      submit(three, 2);
      Batch second = appended();
      durable(second);
      two.handler().getAllReceived();
      leader.run(new Leader.Acked(two.id(), second.last()));
      hearProposals();
      two.expect(new LearnerHandler.Commit(first.last()), new LearnerHandler.Commit(second.last()));
    }

    @Test
    void whoComesBackSoonIsSentWhatItMissedAndThenEverything() {
      submit(three, 1);
      Batch first = appended();
      Learner back = joined(TWO, EPOCH);
      leader.run(new Leader.EpochAcked(back.id(), false, EPOCH, LAST));
      leader.run(new Leader.WantsHistory(back.id(), LAST));
      back.expect(decided(), new LearnerHandler.Synchronize(), new LearnerHandler.Stream(EPOCH, List.of(first)));
      durable(first);
      submit(three, 2);
      Batch second = appended();
      back.expect(new LearnerHandler.Propose(first.last(), second)); // but no commits before NEWLEADER is acknowledged
      leader.run(new Leader.NewLeaderAcked(back.id(), first.last()));
      hearProposals();
      back.expect(new LearnerHandler.Serve(LAST), new LearnerHandler.Commit(first.last()));
    }

    @Test
    void whoWasAwayForLongHasToReadTheLog() {
      Learner back = joined(TWO, EPOCH);
      leader.run(new Leader.WantsHistory(back.id(), Zxid.ZERO));
      back.expect(decided(), new LearnerHandler.ReadTheLog());
      submit(three, 1);
      back.expect();
    }

    @Test
    void aSyncOfAFollowersClientIsAnsweredThereBehindAllThatWasTakenUpBefore() {
      submit(three, 1);
      Batch batch = appended();
      leader.run(new Leader.Forwarded(three.id(), new Leader.Sync(THREE, SESSION, 2)));
      three.handler().getAllReceived();
      two.handler().getAllReceived();
      durable(batch);
      acked(two, batch);
      three.expect(new LearnerHandler.Commit(batch.last()), tell(synced(2)));
      two.expect(new LearnerHandler.Commit(batch.last()));
    }

    @Test
    void aNoticeForAConversationThatIsOverIsNotGivenToTheNext() {
      submit(three, 1);
      Batch batch = appended();
      leader.run(new Leader.Forwarded(three.id(), new Leader.Sync(THREE, SESSION, 0)));
      Learner back = joined(THREE, EPOCH);
      durable(batch);
      acked(two, batch);
      back.expect(decided());
      assertFalse(replica.getAllReceived().stream().anyMatch(Replica.Pass.class::isInstance));
    }

    @Test
    void aSessionThatComesToAnotherServerLivesThereAndItsOldHomeIsTold() {
      claim(two, 5, PASSWORD);
      three.expect(propose(MOVE));
      two.expect(propose(MOVE));
      durable(MOVE);
      acked(two, MOVE);
      three.expect(new LearnerHandler.Commit(MOVE.last()), tell(new Notice.Moved(SESSION)));
      two.expect(new LearnerHandler.Commit(MOVE.last()), tell(synced(5)));
      forget();
      submit(three, 1);
      three.expect(tell(new Notice.Refused(SESSION, 1, ErrorCode.SESSION_MOVED)));
      assertFalse(log.hasMessages());
      submit(two, 6);
      assertEquals(6, appended().transactions().getFirst().cxid());
    }

    /** A server where it was connected before, and that has lost its leader, has no other way to know. */
    @Test
    void thatItHasComeToAServerIsInTheLogAlsoWhereNobodyKnowsItsOldHome() {
      claim(two, OTHER_SESSION, 5, PASSWORD, false);
      Transaction move = appended().transactions().getFirst();
      assertEquals(Change.MOVED, move.change());
      assertEquals(OTHER_SESSION, move.session());
    }

    /** After the loss of a server all its clients come at once. */
    @Test
    void manyWhoComeWhileTheLogWritesShareABatch() {
      submit(three, 1);
      Batch first = appended();
      claim(two, SESSION, 5, PASSWORD, false);
      claim(two, OTHER_SESSION, 6, PASSWORD, false);
      assertFalse(log.hasMessages());
      durable(first);
      assertEquals(
          List.of(SESSION, OTHER_SESSION), appended().transactions().stream().map(Transaction::session).toList());
      assertFalse(log.hasMessages());
    }

    @Test
    void whereTheLogHasNoRoomASessionMayMoveAllTheSame() {
      reply(new Reply.RoomLeft(Room.NONE));
      claim(two, 5, PASSWORD);
      two.expect(tell(synced(5)));
      assertFalse(log.hasMessages());
    }

    @Test
    void nobodyIsToldAnythingInAConversationThatHasNotCaughtUp() {
      leader.run(new Leader.Forwarded(three.id(), new Leader.ReadIndex(THREE, SESSION, 2)));
      Learner back = joined(THREE, EPOCH);
      leader.run(new Leader.Confirmed(two.id(), 1));
      back.expect(decided());
    }

    @Test
    void aSessionThatWasKeptStaysWhereItsClientHasComeToSince() {
      keep(two, SESSION, 5);
      two.expect(tell(new Notice.Moved(SESSION)), tell(synced(5)));
      three.expect();
      submit(two, 1);
      two.expect(tell(new Notice.Refused(SESSION, 1, ErrorCode.SESSION_MOVED)));
      submit(three, 6);
      assertEquals(6, appended().transactions().getFirst().cxid());
    }

    @Test
    void aSessionThatNobodyElseHasClaimedFromThisLeaderLivesWhereItWasKept() {
      keep(two, OTHER_SESSION, 5);
      two.expect(tell(new Notice.Synced(OTHER_SESSION, 5)));
      leader.run(new Leader.Forwarded(two.id(), new Leader.Submit(TWO, List.of(
          request(OTHER_SESSION, 1, new Operation.Delete("/none", -1))))));
      assertEquals(1, appended().transactions().getFirst().cxid());
    }

    /** Found by simulation: that it had failed was told at the server where the session was connected by then. */
    @Test
    void nothingIsDoneForASessionThatIsOver() {
      leader.run(new Leader.SubmitOwn(List.of(request(SESSION, 0, new Operation.CloseSession()))));
      appended();
      submit(two, 1);
      submit(three, 2);
      assertFalse(log.hasMessages());
    }

    @Test
    void aSessionThatComesBackToTheServerWhereItLivesHasNotMoved() {
      claim(three, 5, PASSWORD);
      three.expect(tell(synced(5)));
    }

    @Test
    void aWrongPasswordMovesNothing() {
      claim(two, 5, new Password(6, 6));
      two.expect(tell(synced(5)));
      three.expect();
      submit(three, 1);
      assertEquals(1, appended().transactions().getFirst().cxid());
    }

    @Test
    void aNewSessionLivesWhereItWasOpened() {
      Operation open = new Operation.OpenSession(1000, PASSWORD);
      leader.run(new Leader.Forwarded(two.id(), new Leader.Submit(TWO, List.of(
          request(8, 0, open), request(8, 1, new Operation.Delete("/none", -1))))));
      assertEquals(2, appended().transactions().size());
      leader.run(new Leader.Submit(ONE, List.of(request(8, 2, new Operation.Delete("/none", -1)))));
      assertEquals(new Replica.Pass(new Notice.Refused(8, 2, ErrorCode.SESSION_MOVED)), passedAfterCommit());
    }

    private Replica.Command passedAfterCommit() {
      Zxid last = new Zxid(EPOCH, 2);
      reply(new Reply.Durable(last, POSITION, Room.ENOUGH));
      leader.run(new Leader.Chosen(last));
      assertInstanceOf(Replica.Adopt.class, replica.receiveMessage());
      return replica.receiveMessage();
    }

    @Test
    void theTrackerMayEndASessionWhereverItLives() {
      leader.run(new Leader.SubmitOwn(List.of(request(SESSION, 0, new Operation.CloseSession()))));
      assertInstanceOf(Change.SessionClosed.class, appended().transactions().getFirst().change());
    }

    @Test
    void clientsThatALearnerHasHeardOfAreReported() {
      leader.run(new Leader.ClientsHeard(two.id(), Map.of(SESSION, 4000)));
      server.expectMessage(new Leader.SessionsTouched(Map.of(SESSION, 4000)));
    }

    @Test
    void requestsOfAConversationThatIsOverAreNotTakenUp() {
      Learner back = joined(THREE, EPOCH);
      submit(three, 1);
      assertFalse(log.hasMessages());
      leader.run(new Leader.HandlerEnded(back.id()));
      submit(back, 1);
      assertFalse(log.hasMessages());
    }

    @Test
    void stepsDownWhenNoQuorumFollowsAnyMore() {
      leader.run(new Leader.PeerLost(TWO));
      for (int i = 0; i <= SYNC_BEATS; i++) {
        hear(three);
        beat(1);
      }
      expectLeads();
      leader.run(new Leader.PeerLost(THREE));
      beat(1);
      expectSteppedDown("no quorum");
    }

    /** Its followers are there all the time. */
    private void staysForSyncTimeoutAndNoLonger() {
      for (int i = 0; i < SYNC_BEATS; i++) {
        hear(two);
        hear(three);
        beat(1);
      }
      expectLeads();
      beat(1);
    }

    @Test
    void leavesTheLeadToOthersWhenItsOwnDiskHangs() {
      submit(three, 1);
      Batch batch = appended();
      acked(two, batch);
      acked(three, batch);
      staysForSyncTimeoutAndNoLonger();
      expectSteppedDown("disk");
    }

    /** Of three servers with one away the two others find each other again only if both of them look. */
    @Test
    void whoHasLeftIsNoFollowerHoweverLatelyItWasHeardOf() {
      leader.run(new Leader.PeerLost(TWO));
      beat(1);
      leader.run(new Leader.HandlerEnded(three.id()));
      assertInstanceOf(Leader.InStep.class, server.receiveMessage());
      beat(1);
      expectSteppedDown("no quorum");
    }

    @Test
    void aServerThatHasNotHadTheHistoryIsNoFollower() {
      leader.run(new Leader.PeerLost(TWO));
      leader.run(new Leader.PeerLost(THREE));
      joined(OBSERVER, EPOCH);
      beat(1);
      expectSteppedDown("no quorum");
    }

    @Test
    void stepsDownForALearnerThatHasPromisedANewerEpoch() {
      joined(TWO, 7);
      assertEquals(7, assertInstanceOf(TransactionLog.AcceptEpoch.class, log.receiveMessage()).epoch());
      expectSteppedDown("epoch 7");
    }

    @Test
    void resigningItFinishesWhatIsUnderWayAndTakesUpNothingMore() {
      submit(three, 1);
      Batch batch = appended();
      leader.run(new Leader.Resign());
      expectLeads();
      submit(three, 2);
      assertFalse(log.hasMessages());
      three.handler().getAllReceived();
      durable(batch);
      acked(two, batch);
      three.expect(new LearnerHandler.Commit(batch.last()));
      expectSteppedDown("resign");
      assertEquals(Set.of(new Sent(TWO, leave(two)), new Sent(THREE, leave(three))), Set.copyOf(sent));
    }

    @Test
    void resigningWithNothingUnderWayItIsGoneAtOnce() {
      leader.run(new Leader.Resign());
      expectSteppedDown("resign");
    }

    /** Its followers are there, but their disks hang: whoever asks meanwhile would wait for as long. */
    @Test
    void resigningItDoesNotWaitForEver() {
      submit(three, 1);
      durable(appended());
      leader.run(new Leader.Resign());
      staysForSyncTimeoutAndNoLonger();
      expectSteppedDown("too long");
    }
  }
}
