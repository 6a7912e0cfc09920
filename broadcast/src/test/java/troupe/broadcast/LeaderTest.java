package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.metrics.Metrics;
import troupe.persistence.Batch;
import troupe.persistence.History;
import troupe.persistence.Room;
import troupe.persistence.TransactionLog;
import troupe.persistence.TransactionLog.Reply;
import troupe.tree.Acl;
import troupe.tree.Applied;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;

/** The leader in each state with each message. */
class LeaderTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final Ensemble ALONE = Ensemble.alone(ONE);
  private static final Ensemble OF_THREE = Ensemble.ofMajority(
      ONE, Stream.of(ONE, TWO, THREE).map(id -> new Ensemble.Member(id, "host", id.value())).toList());
  private static final long EPOCH_LENGTH = 60;
  private static final BroadcastSettings SETTINGS = settings(4, 10_000);
  private static final long NOW = 1_700_000_000_123L;

  /** The third epoch that was promised; nothing is in the log yet. */
  private static final History HISTORY = new History(2, 1, Zxid.ZERO, List.of());

  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final TestInbox<Replica.Command> replica = TestInbox.create();
  private final TestInbox<Leader.Report> server = TestInbox.create();

  private static BroadcastSettings settings(int maxBatch, long maxBatchBytes) {
    return new BroadcastSettings(maxBatch, maxBatchBytes, Duration.ofMillis(100), Duration.ofSeconds(1),
        Duration.ofSeconds(2), 10_000, 100_000, EPOCH_LENGTH, true);
  }

  /** Without a journal: only learners that were away for long need it. */
  private Leader.Surroundings around(Ensemble ensemble) {
    return new Leader.Surroundings(ensemble, SETTINGS, (to, message) -> {}, log.getRef(), null,
        Path.of("target", "snapshots"), replica.getRef(), InstantSource.fixed(Instant.ofEpochMilli(NOW)), new Metrics());
  }

  private BehaviorTestKit<Leader.Command> elected(Ensemble ensemble) {
    return BehaviorTestKit.create(
        Leader.create(around(ensemble), HISTORY, DataTree.initial(), server.getRef()));
  }

  private static void reply(BehaviorTestKit<Leader.Command> leader, Reply reply) {
    leader.run(new Leader.LogReplied(reply));
  }

  private static Operation open() {
    return new Operation.OpenSession(1000, new Password(1, 2));
  }

  private static Operation create(String path, int bytes) {
    return new Operation.Create(
        path, new byte[bytes], Acl.OPEN.entries(), 0, Operation.Create.Kind.PLAIN, -1);
  }

  private static Request request(int cxid, Operation operation) {
    return new Request(new Requester(7, List.of()), cxid, operation);
  }

  private static void expectUnexpected(BehaviorTestKit<Leader.Command> leader, Reply... replies) {
    for (Reply reply : replies) {
      String message = assertThrows(IllegalStateException.class, () -> reply(leader, reply)).getMessage();
      assertTrue(message.contains(reply.toString()), message);
    }
  }

  private void expectSteppedDown(BehaviorTestKit<Leader.Command> leader, long epoch, String reason) {
    Leader.SteppedDown report = assertInstanceOf(Leader.SteppedDown.class, server.receiveMessage());
    assertEquals(epoch, report.epoch());
    assertTrue(report.reason().contains(reason), report.reason());
    assertFalse(leader.isAlive());
  }

  @Nested
  class DiscoveringEpoch {
    @Test
    void asksItsOwnLogForAnEpochThatNobodyWasPromised() {
      elected(ALONE);
      assertEquals(3, assertInstanceOf(TransactionLog.AcceptEpoch.class, log.receiveMessage()).epoch());
      assertFalse(log.hasMessages());
    }

    @Test
    void goesOnWhenAQuorumHasPromised() {
      BehaviorTestKit<Leader.Command> leader = elected(ALONE);
      log.receiveMessage();
      reply(leader, new Reply.EpochAccepted(3));
      assertEquals(3, assertInstanceOf(TransactionLog.EstablishEpoch.class, log.receiveMessage()).epoch());
      assertFalse(server.hasMessages());
    }

    @Test
    void itsOwnPromiseIsNoQuorumOfThreeHoweverOftenItIsGiven() {
      BehaviorTestKit<Leader.Command> leader = elected(OF_THREE);
      reply(leader, new Reply.EpochAccepted(3));
      reply(leader, new Reply.EpochAccepted(3));
      assertFalse(log.hasMessages());
      assertFalse(server.hasMessages());
    }

    @Test
    void stepsDownWhenTheEpochIsPromisedToAnother() {
      BehaviorTestKit<Leader.Command> leader = elected(ALONE);
      reply(leader, new Reply.EpochRefused(9));
      expectSteppedDown(leader, 3, "epoch 9");
    }

    @Test
    void servesNobodyYet() {
      BehaviorTestKit<Leader.Command> leader = elected(ALONE);
      log.receiveMessage();
      leader.run(new Leader.Submit(ONE, List.of(request(1, open()))));
      leader.run(new Leader.Sync(ONE, 7, 2));
      leader.run(new Leader.RoomCheckDue());
      assertFalse(log.hasMessages() || replica.hasMessages() || server.hasMessages());
    }

    @Test
    void failsOnAnswersThatNobodyAskedFor() {
      BehaviorTestKit<Leader.Command> leader = elected(ALONE);
      assertThrows(IllegalStateException.class, () -> leader.run(new Leader.Chosen(new Zxid(3, 1))));
      expectUnexpected(leader, new Reply.Durable(new Zxid(3, 1), 1, Room.ENOUGH), new Reply.EpochEstablished(3),
          new Reply.OutOfOrder(Zxid.ZERO), new Reply.SnapshotRecorded(HISTORY), new Reply.TheHistory(HISTORY),
          new Reply.RoomLeft(Room.ENOUGH));
    }
  }

  @Nested
  class SynchronizingHistory {
    private BehaviorTestKit<Leader.Command> discovered() {
      BehaviorTestKit<Leader.Command> leader = elected(ALONE);
      reply(leader, new Reply.EpochAccepted(3));
      log.getAllReceived();
      return leader;
    }

    @Test
    void isEstablishedWhenAQuorumHasItsHistory() {
      BehaviorTestKit<Leader.Command> leader = discovered();
      assertFalse(server.hasMessages());
      reply(leader, new Reply.EpochEstablished(3));
      replica.expectMessage(new Replica.Confirm());
      replica.expectMessage(new Replica.Tell<>(server.getRef(), new Leader.Established(3))); // behind what it delivers
      assertInstanceOf(TransactionLog.GetRoom.class, log.receiveMessage());
    }

    @Test
    void stepsDownWhenANewerEpochWasPromisedMeanwhile() {
      BehaviorTestKit<Leader.Command> leader = discovered();
      reply(leader, new Reply.EpochRefused(4));
      expectSteppedDown(leader, 3, "epoch 4");
    }

    @Test
    void servesNobodyYet() {
      BehaviorTestKit<Leader.Command> leader = discovered();
      leader.run(new Leader.Submit(ONE, List.of(request(1, open()))));
      leader.run(new Leader.Sync(ONE, 7, 2));
      leader.run(new Leader.RoomCheckDue());
      assertFalse(log.hasMessages() || replica.hasMessages() || server.hasMessages());
    }

    @Test
    void failsOnAnswersThatNobodyAskedFor() {
      BehaviorTestKit<Leader.Command> leader = discovered();
      assertThrows(IllegalStateException.class, () -> leader.run(new Leader.Chosen(new Zxid(3, 1))));
      expectUnexpected(leader, new Reply.Durable(new Zxid(3, 1), 1, Room.ENOUGH),
          new Reply.OutOfOrder(Zxid.ZERO), new Reply.SnapshotRecorded(HISTORY), new Reply.TheHistory(HISTORY),
          new Reply.RoomLeft(Room.ENOUGH));
    }
  }

  @Test
  void aTreeThatIsNotWhereTheLogEndsIsRefused() {
    History ahead = new History(2, 2, new Zxid(2, 1), List.of());
    assertThrows(IllegalArgumentException.class, () -> 
        Leader.create(around(ALONE), ahead, DataTree.initial(), server.getRef()));
  }

  /** Established, in epoch 3. */
  private final class Established {
    final BehaviorTestKit<Leader.Command> leader;
    private final List<ActorRef<Proposal.Command>> proposals = new ArrayList<>();
    private final List<Duration> timers = new ArrayList<>();
    private long position = 100;

    Established(Ensemble ensemble) {
      leader = BehaviorTestKit.create(Behaviors.setup(context -> Behaviors.withTimers(scheduler ->
          new Broadcasting(new Leader.Setup(around(ensemble), HISTORY, new Learners(around(ensemble), context),
              server.getRef(), context, scheduler, context.messageAdapter(Reply.class, Leader.LogReplied::new)),
              3, DataTree.initial(), Set.of(ONE), Set.of(), Map.of()).enter())));
      assertInstanceOf(TransactionLog.GetRoom.class, log.receiveMessage());
    }

    /** Requests with these cxids that always succeed. */
    void submit(int... cxids) {
      leader.run(new Leader.Submit(ONE, Arrays.stream(cxids).mapToObj(cxid -> request(cxid, open())).toList()));
    }

    void submit(Request... requests) {
      leader.run(new Leader.Submit(ONE, List.of(requests)));
    }

    Batch expectAppended(int... cxids) {
      Batch batch = assertInstanceOf(TransactionLog.Append.class, log.receiveMessage()).batches().getFirst();
      assertEquals(Arrays.stream(cxids).boxed().toList(),
          batch.transactions().stream().map(transaction -> transaction.cxid()).toList());
      return batch;
    }

    void expectNothingAppended() {
      assertFalse(log.hasMessages(), () -> log.getAllReceived().toString());
    }

    /** The own log has it; the proposal hears of it. */
    void durable(Batch batch) {
      durable(batch, Room.ENOUGH);
    }

    void durable(Batch batch, Room room) {
      reply(leader, new Reply.Durable(batch.last(), position++, room));
      hearProposals();
    }

    void ack(Batch batch, ServerId from) {
      hearProposals();
      proposals.forEach(proposal -> proposal.tell(new Proposal.Ack(batch.last(), from)));
      hearProposals();
    }

    @SuppressWarnings("unchecked") // a leader has no other children
    private void collectEffects() {
      for (Effect effect : leader.getAllEffects()) {
        if (effect instanceof Effect.Spawned<?> spawned) {
          proposals.add((ActorRef<Proposal.Command>) spawned.ref());
        } else if (effect instanceof Effect.TimerScheduled<?> timer) {
          assertEquals(new Leader.RoomCheckDue(), timer.msg());
          timers.add(timer.duration());
        }
      }
    }

    private void hearProposals() {
      collectEffects();
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

    List<Duration> timers() {
      collectEffects();
      return timers;
    }

    /** What the replica was given since the last time: the cxids of each batch, and notices. */
    List<Object> delivered() {
      return replica.getAllReceived().stream().<Object>map(command -> switch (command) {
        case Replica.Adopt adopt -> adopt.applied().stream().map(applied -> applied.transaction().cxid()).toList();
        case Replica.Pass pass -> pass.notice();
        case Replica.Apply apply -> throw new AssertionError("a leader's replica got " + apply);
        case Replica.Confirm confirm -> confirm;
        case Replica.Tell<?> tell -> throw new AssertionError("a leader's replica got " + tell);
      }).toList();
    }
  }

  private static Notice synced(int cxid) {
    return new Notice.Synced(7, cxid);
  }

  private static Notice refused(int cxid) {
    return new Notice.Refused(7, cxid, ErrorCode.THROTTLED_OP);
  }

  @Nested
  class BroadcastingAlone {
    private final Established e = new Established(ALONE);

    @Test
    void anIdleLeaderProposesAtOnceAndWhatCameTogetherTogether() {
      e.submit(1, 2);
      Batch batch = e.expectAppended(1, 2);
      assertEquals(new Zxid(3, 1), batch.first());
      assertEquals(new Zxid(3, 2), batch.last());
      assertEquals(NOW, batch.transactions().getFirst().time());
      assertEquals(7, batch.transactions().getFirst().session());
      assertEquals(List.of(), e.delivered());
      e.durable(batch);
      assertEquals(List.of(List.of(1, 2)), e.delivered());
    }

    @Test
    void whileOneBatchIsBeingSyncedTheNextGathers() {
      e.submit(1);
      Batch first = e.expectAppended(1);
      e.submit(2);
      e.submit(3);
      e.expectNothingAppended();
      e.durable(first);
      Batch second = e.expectAppended(2, 3);
      assertEquals(new Zxid(3, 2), second.first());
      assertEquals(List.of(List.of(1)), e.delivered());
      e.durable(second);
      assertEquals(List.of(List.of(2, 3)), e.delivered());
      e.expectNothingAppended();
    }

    @Test
    void aFullBatchDoesNotWaitForTheOneBefore() {
      e.submit(1);
      Batch first = e.expectAppended(1);
      e.submit(2, 3, 4, 5, 6);
      Batch second = e.expectAppended(2, 3, 4, 5);
      e.expectNothingAppended();
      e.durable(first);
      e.durable(second);
      e.durable(e.expectAppended(6));
      assertEquals(List.of(List.of(1), List.of(2, 3, 4, 5), List.of(6)), e.delivered());
    }

    @Test
    void aBatchIsFullOfBytesToo() {
      e.submit(request(1, open()));
      Batch first = e.expectAppended(1);
      e.submit(request(2, create("/a", 6000)), request(3, create("/b", 3000)));
      e.expectNothingAppended();
      e.submit(request(4, create("/c", 1000)), request(5, create("/d", 10_000)), request(6, open()));
      Batch second = e.expectAppended(2, 3, 4);
      Batch third = e.expectAppended(5);
      e.expectNothingAppended();
      e.durable(first);
      e.durable(second);
      e.expectNothingAppended(); // a batch is still on its way to the disk
      e.durable(third);
      e.expectAppended(6);
    }

    @Test
    void eachRequestIsDecidedAgainstAllThatWereTakenUpBeforeIt() {
      e.submit(request(1, open()), request(2, create("/a", 1)));
      Batch first = e.expectAppended(1, 2);
      e.submit(request(3, create("/a", 1)));
      e.submit(request(4, new Operation.Delete("/a", 0)));
      e.durable(first);
      assertEquals(List.of(new Change.Failed(ErrorCode.NODE_EXISTS), new Change.DeleteNode("/a")),
          e.expectAppended(3, 4).transactions().stream().map(transaction -> transaction.change()).toList());
    }

    @Test
    void aBatchCarriesTheDigestOfItsLastTreeAndTheReplicaGetsThoseTrees() {
      e.submit(request(1, open()), request(2, create("/a", 1)));
      Batch batch = e.expectAppended(1, 2);
      e.submit(request(3, create("/b", 1))); // gathers already
      e.durable(batch);
      Replica.Adopt adopt = assertInstanceOf(Replica.Adopt.class, replica.receiveMessage());
      List<Applied> applied = adopt.applied();
      assertEquals(batch.digest(), applied.getLast().tree().digest());
      assertEquals(batch.transactions(), applied.stream().map(Applied::transaction).toList());
      assertEquals(100, adopt.position());
      assertTrue(applied.getLast().tree().find("/a").isPresent());
      assertFalse(applied.getLast().tree().find("/b").isPresent());
    }

    @Test
    void whenItsZxidsAreUsedUpItStepsDownForAnotherEpoch() {
      e.submit(IntStream.rangeClosed(1, (int) EPOCH_LENGTH).toArray());
      assertTrue(e.leader.isAlive());
      e.submit(61);
      server.getAllReceived().stream().filter(Leader.SteppedDown.class::isInstance).findFirst().orElseThrow();
      assertFalse(e.leader.isAlive());
    }

    @Test
    void aSyncOfAnIdleLeaderIsPassedOnAtOnce() {
      e.leader.run(new Leader.Sync(ONE, 7, 1));
      assertEquals(List.of(synced(1)), e.delivered());
    }

    @Test
    void aSyncIsPassedOnBehindAllThatWasTakenUpBeforeItAndBeforeTheRest() { // otherwise a session's answers change places
      e.submit(1);
      e.leader.run(new Leader.Sync(ONE, 7, 2)); // behind the batch on its way
      Batch first = e.expectAppended(1);
      e.submit(3);
      e.leader.run(new Leader.Sync(ONE, 7, 4)); // behind the one that gathers
      e.leader.run(new Leader.Sync(ONE, 7, 5));
      e.submit(6); // no more into that batch
      Batch second = e.expectAppended(3);
      assertEquals(List.of(), e.delivered());
      e.durable(first);
      assertEquals(List.of(List.of(1), synced(2)), e.delivered());
      e.durable(second);
      assertEquals(List.of(List.of(3), synced(4), synced(5)), e.delivered());
      e.durable(e.expectAppended(6));
      assertEquals(List.of(List.of(6)), e.delivered());
      e.leader.run(new Leader.Sync(ONE, 7, 7));
      assertEquals(List.of(synced(7)), e.delivered());
    }

    @Test
    void shortOfRoomOnlySessionsAndDeletesAreTakenUp() {
      e.submit(request(1, open()), request(2, create("/a", 1)), request(3, create("/b", 1)));
      e.durable(e.expectAppended(1, 2, 3), Room.RESERVE);
      e.delivered();
      e.submit(
          request(4, create("/c", 1)), request(5, new Operation.SetData("/a", new byte[1], -1)),
          request(6, new Operation.SetAcl("/a", Acl.OPEN.entries(), -1)),
          request(7, new Operation.Multi(List.of(new Operation.Delete("/a", -1)))));
      e.expectNothingAppended();
      assertEquals(List.of(refused(4), refused(5), refused(6), refused(7)), e.delivered());
      e.submit(request(8, open()), request(9, new Operation.Delete("/a", -1)),
          request(10, new Operation.DeleteContainer("/b")), request(11, new Operation.CloseSession()));
      Batch batch = e.expectAppended(8, 9, 10, 11);
      assertEquals(new Zxid(3, 4), batch.first(), "what was refused took no zxid");
    }

    @Test
    void withoutRoomNothingIsTakenUpAndARefusalKeepsItsPlace() {
      e.submit(1);
      Batch first = e.expectAppended(1);
      reply(e.leader, new Reply.RoomLeft(Room.NONE));
      e.submit(request(2, open()), request(3, new Operation.Delete("/a", -1)), request(4, new Operation.CloseSession()));
      assertEquals(List.of(), e.delivered());
      e.durable(first, Room.NONE);
      assertEquals(List.of(List.of(1), refused(2), refused(3), refused(4)), e.delivered());
      e.leader.run(new Leader.Sync(ONE, 7, 5));
      assertEquals(List.of(synced(5)), e.delivered());
    }

    @Test
    void asksForRoomAgainAndAgainUntilThereIsSome() {
      assertEquals(List.of(), e.timers());
      reply(e.leader, new Reply.RoomLeft(Room.ENOUGH));
      assertEquals(List.of(), e.timers());
      reply(e.leader, new Reply.RoomLeft(Room.NONE));
      assertEquals(List.of(Duration.ofSeconds(1)), e.timers());
      e.leader.run(new Leader.RoomCheckDue());
      assertInstanceOf(TransactionLog.GetRoom.class, log.receiveMessage());
      reply(e.leader, new Reply.RoomLeft(Room.NONE));
      assertEquals(2, e.timers().size());
      reply(e.leader, new Reply.RoomLeft(Room.ENOUGH));
      assertEquals(2, e.timers().size());
      e.submit(request(1, open()), request(2, create("/a", 1)));
      e.expectAppended(1, 2);
    }

    @Test
    void aLogThatIsOutOfOrderEndsTheLeader() {
      e.submit(1);
      e.expectAppended(1);
      String message = assertThrows(IllegalStateException.class,
          () -> reply(e.leader, new Reply.OutOfOrder(new Zxid(2, 5)))).getMessage();
      assertTrue(message.contains("0x200000005") && message.contains("0x300000001"), message);
    }

    @Test
    void failsOnAnswersThatNobodyAskedFor() {
      expectUnexpected(e.leader, new Reply.EpochAccepted(3), new Reply.EpochEstablished(3), new Reply.EpochRefused(3),
          new Reply.SnapshotRecorded(HISTORY), new Reply.TheHistory(HISTORY));
    }
  }

  @Nested
  class BroadcastingToThree {
    private final Established e = new Established(OF_THREE);

    @Test
    void theLeadersOwnDiskIsNoQuorum() {
      e.submit(1);
      Batch batch = e.expectAppended(1);
      e.durable(batch);
      assertEquals(List.of(), e.delivered());
      e.ack(batch, ONE);
      assertEquals(List.of(), e.delivered());
      e.ack(batch, THREE);
      assertEquals(List.of(List.of(1)), e.delivered());
    }

    @Test
    void theOthersAreAQuorumButNothingIsDeliveredBeforeItIsOnTheLeadersOwnDisk() {
      e.submit(1);
      Batch batch = e.expectAppended(1);
      e.ack(batch, TWO);
      e.ack(batch, THREE);
      assertEquals(List.of(), e.delivered());
      e.submit(2);
      e.expectNothingAppended(); // it is still being synced here
      reply(e.leader, new Reply.Durable(batch.last(), 1, Room.ENOUGH));
      assertEquals(List.of(List.of(1)), e.delivered());
      e.expectAppended(2);
    }

    @Test
    void batchesAreCommittedInOrderWhateverTheOrderOfTheirQuorums() {
      List<Batch> batches = new ArrayList<>();
      e.submit(1);
      batches.add(e.expectAppended(1));
      e.submit(2, 3, 4, 5);
      batches.add(e.expectAppended(2, 3, 4, 5));
      e.submit(6, 7, 8, 9);
      batches.add(e.expectAppended(6, 7, 8, 9));
      e.leader.run(new Leader.Sync(ONE, 7, 10));
      batches.forEach(e::durable);
      for (int i : new int[] {2, 1}) {
        e.ack(batches.get(i), TWO);
        assertEquals(List.of(), e.delivered());
      }
      e.ack(batches.get(0), TWO);
      assertEquals(List.of(List.of(1), List.of(2, 3, 4, 5), List.of(6, 7, 8, 9), synced(10)), e.delivered());
    }

    @Test
    void aSyncWaitsForTheQuorumAndNotForTheDisk() {
      e.submit(1);
      Batch batch = e.expectAppended(1);
      e.durable(batch);
      e.leader.run(new Leader.Sync(ONE, 7, 2));
      assertEquals(List.of(), e.delivered());
      e.ack(batch, TWO);
      assertEquals(List.of(List.of(1), synced(2)), e.delivered());
    }

    @Test
    void theNextBatchNeedNotWaitForTheQuorumOfTheOneBefore() {
      e.submit(1);
      Batch first = e.expectAppended(1);
      e.submit(2);
      e.durable(first);
      e.expectAppended(2);
      assertEquals(List.of(), e.delivered());
    }

    @Test
    void eachBatchHasItsOwnProposal() {
      e.submit(IntStream.rangeClosed(1, 8).toArray());
      Batch first = e.expectAppended(1, 2, 3, 4);
      Batch second = e.expectAppended(5, 6, 7, 8);
      e.ack(first, TWO);
      e.ack(second, THREE);
      e.durable(first);
      assertEquals(List.of(List.of(1, 2, 3, 4)), e.delivered());
      e.durable(second);
      assertEquals(List.of(List.of(5, 6, 7, 8)), e.delivered());
    }
  }

  @Nested
  class OneProposal {
    private final TestInbox<Leader.Command> leader = TestInbox.create();
    private final Zxid last = new Zxid(3, 9);
    private final Zxid after = new Zxid(3, 12);
    private final BehaviorTestKit<Proposal.Command> proposal =
        BehaviorTestKit.create(Proposal.create(OF_THREE.quorum(), leader.getRef()));

    @Test
    void isChosenOnceByAQuorum() {
      proposal.run(new Proposal.Begin(last));
      proposal.run(new Proposal.Ack(last, TWO));
      assertFalse(leader.hasMessages());
      proposal.run(new Proposal.Ack(last, ONE));
      leader.expectMessage(new Leader.Chosen(last));
      proposal.run(new Proposal.Ack(last, THREE));
      assertFalse(leader.hasMessages());
    }

    @Test
    void isNotChosenByOneServerTwiceNorByServersWithoutAVoteNorByAcksOfAnother() {
      proposal.run(new Proposal.Begin(last));
      proposal.run(new Proposal.Ack(last, TWO));
      proposal.run(new Proposal.Ack(last, TWO));
      proposal.run(new Proposal.Ack(last, new ServerId(4)));
      proposal.run(new Proposal.Ack(last, new ServerId(5)));
      proposal.run(new Proposal.Ack(after, ONE));
      assertFalse(leader.hasMessages());
    }

    @Test
    void hasNoAcksYetWhenItBeginsAgain() {
      proposal.run(new Proposal.Begin(last));
      proposal.run(new Proposal.Ack(last, TWO));
      proposal.run(new Proposal.Ack(last, ONE));
      leader.expectMessage(new Leader.Chosen(last));
      proposal.run(new Proposal.Begin(after));
      proposal.run(new Proposal.Ack(last, THREE));
      proposal.run(new Proposal.Ack(after, ONE));
      assertFalse(leader.hasMessages());
      proposal.run(new Proposal.Ack(after, THREE));
      leader.expectMessage(new Leader.Chosen(after));
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedByName() {
    for (int wrong : new int[] {0, -1}) {
      String count = assertThrows(IllegalArgumentException.class, () -> settings(wrong, 1)).getMessage();
      assertTrue(count.contains("troupe.broadcast.max-batch "), count);
      String bytes = assertThrows(IllegalArgumentException.class, () -> settings(1, wrong)).getMessage();
      assertTrue(bytes.contains("troupe.broadcast.max-batch-bytes "), bytes);
    }
  }
}
