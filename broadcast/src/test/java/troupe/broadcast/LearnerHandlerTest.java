package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.metrics.Metrics;
import troupe.persistence.Batch;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.History;
import troupe.persistence.LogReader;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.persistence.TransactionLog.Reply;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;

/** The handler of server 2 at leader 1, in each state. What the disk answers is said by the test. */
class LearnerHandlerTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final LearnerId LEARNER = new LearnerId(TWO, new Conversation(77));
  private static final long EPOCH = 3;
  private static final long BACKLOG = 1000;

  @TempDir Path directory;

  private final TestInbox<Leader.Command> leader = TestInbox.create();
  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final List<FromLeader> sent = new ArrayList<>();
  private final Batches history = new Batches();
  private final Batch old = history.next(1);
  private final Zxid end = old.last();
  private BehaviorTestKit<LearnerHandler.Command> handler;
  private long heard;
  private long told;

  @BeforeEach
  void begin() {
    heard = 0;
    told = 0;
    sent.clear();
    Ensemble ensemble = Ensemble.ofMajority(
        ONE, Stream.of(ONE, TWO).map(id -> new Ensemble.Member(id, "host", id.value())).toList());
    BroadcastSettings settings = new BroadcastSettings(
        10, 1000, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(1), 1000, BACKLOG,
        BroadcastSettings.MOST_IN_AN_EPOCH, true);
    handler = BehaviorTestKit.create(LearnerHandler.create(
        LEARNER,
        new FromLearner.LearnerInfo(2),
        new Leader.Surroundings(
            ensemble, settings, (to, message) -> {
              assertEquals(TWO, to);
              sent.add((FromLeader) message);
            }, log.getRef(), null, directory, TestInbox.<Replica.Command>create().getRef(), InstantSource.system(),
            new Metrics()),
        leader.getRef()));
    leader.expectMessage(new Leader.Joined(LEARNER, 2));
  }

  private void hear(FromLearner.Message message) {
    handler.run(new LearnerHandler.Received(++heard, message));
  }

  /** These have been sent since this was last asked, numbered without a gap. */
  private void expectSent(FromLeader.Message... messages) {
    assertEquals(
        Stream.of(messages).map(message -> new FromLeader(ONE, LEARNER.conversation(), ++told, message)).toList(),
        sent);
    sent.clear();
  }

  private void expectEnded() {
    assertEquals(
        new FromLeader(ONE, LEARNER.conversation(), 0, new FromLeader.Leave()), sent.getLast());
    assertFalse(handler.isAlive());
  }

  private void expectToldTheLeader(Leader.Command... messages) {
    assertEquals(List.of(messages), leader.getAllReceived());
  }

  /** The learner's log ends there. */
  private void promise() {
    handler.run(new LearnerHandler.EpochDecided(EPOCH));
    hear(new FromLearner.AckEpoch(EPOCH, true, 1, end));
  }

  private void synchronize() {
    promise();
    handler.run(new LearnerHandler.Synchronize());
    leader.getAllReceived();
    expectSent(new FromLeader.LeaderInfo(EPOCH));
  }

  private void stream(Batch... missed) {
    synchronize();
    handler.run(new LearnerHandler.Stream(EPOCH, List.of(missed)));
  }

  @Nested
  class EveryState {
    private final List<Runnable> states = List.of(
        () -> {},
        LearnerHandlerTest.this::synchronize,
        () -> stream());

    private void inEach(Runnable check) {
      for (Runnable state : states) {
        begin();
        state.run();
        sent.clear();
        leader.getAllReceived();
        check.run();
      }
    }

    @Test
    void letsTheLearnerHearOfTheLeader() {
      inEach(() -> {
        handler.run(new LearnerHandler.Ping());
        assertInstanceOf(FromLeader.Ping.class, sent.getFirst().message());
        hear(new FromLearner.Alive());
        assertTrue(handler.isAlive());
        expectToldTheLeader();
      });
    }

    @Test
    void endsWithoutAWordWhenTheLearnerLeaves() {
      inEach(() -> {
        handler.run(new LearnerHandler.Received(0, new FromLearner.Leave()));
        assertFalse(handler.isAlive());
        assertEquals(List.of(), sent);
      });
    }

    @Test
    void saysSoWhenTheLeaderEndsIt() {
      inEach(() -> {
        handler.run(new LearnerHandler.Dismiss());
        expectEnded();
      });
    }

    @Test
    void endsWhereAMessageWasLost() {
      inEach(() -> {
        handler.run(new LearnerHandler.Received(heard + 2, new FromLearner.Alive()));
        expectEnded();
      });
    }

    @Test
    void takesNoMessageTwice() {
      inEach(() -> {
        hear(new FromLearner.Alive());
        handler.run(new LearnerHandler.Received(heard, new FromLearner.AckNewLeader()));
        handler.run(new LearnerHandler.Received(0, new FromLearner.LearnerInfo(2)));
        assertTrue(handler.isAlive());
        expectToldTheLeader();
        assertEquals(List.of(), sent);
      });
    }
  }

  @Nested
  class Greeting {
    @Test
    void passesTheEpochOnAndThePromiseBack() {
      handler.run(new LearnerHandler.EpochDecided(EPOCH));
      expectSent(new FromLeader.LeaderInfo(EPOCH));
      hear(new FromLearner.AckEpoch(EPOCH, true, 2, end));
      expectToldTheLeader(new Leader.EpochAcked(LEARNER, true, 2, end));
    }

    /** The conversation began with an earlier role of this server, and what was promised was promised to that. */
    @Test
    void aPromiseOfAnotherEpochDoesNotCount() {
      handler.run(new LearnerHandler.EpochDecided(EPOCH));
      hear(new FromLearner.AckEpoch(EPOCH - 1, true, 1, end));
      expectToldTheLeader();
      expectEnded();
    }

    @Test
    void aPromiseThatNobodyAskedForDoesNotCount() {
      hear(new FromLearner.AckEpoch(0, true, 1, end));
      expectToldTheLeader();
      expectEnded();
    }

    @Test
    void aLearnerOfAnOlderVersionDoesNotSayWhatItPromised() {
      handler.run(new LearnerHandler.EpochDecided(EPOCH));
      hear(new FromLearner.AckEpoch(0, true, 1, end));
      expectToldTheLeader(new Leader.EpochAcked(LEARNER, true, 1, end));
    }

    @Test
    void synchronizesOnlyOnceTheEpochIsPromised() {
      handler.run(new LearnerHandler.Synchronize());
      expectToldTheLeader();
      promise();
      leader.getAllReceived();
      handler.run(new LearnerHandler.Synchronize());
      expectToldTheLeader(new Leader.WantsHistory(LEARNER, end));
    }

    @Test
    void whoeverSpeaksOutOfTurnHasToBeginAgain() {
      for (FromLearner.Message early : List.of(
          new FromLearner.AckNewLeader(), new FromLearner.Ack(end), new FromLearner.PartStored(),
          new FromLearner.Forward(List.of()), new FromLearner.Sync(7, 1),
          new FromLearner.Claim(7, 1, new Password(1, 1), false), new FromLearner.Touch(Map.of()))) {
        begin();
        hear(early);
        expectEnded();
      }
    }

    @Test
    void whatIsForThoseThatAreFurtherIsNotSent() {
      handler.run(new LearnerHandler.Propose(end, history.next(EPOCH)));
      handler.run(new LearnerHandler.Commit(end));
      handler.run(new LearnerHandler.Serve(end));
      handler.run(new LearnerHandler.Tell(List.of(new Notice.Moved(7))));
      handler.run(new LearnerHandler.Stream(EPOCH, List.of()));
      handler.run(new LearnerHandler.ReadTheLog());
      assertEquals(List.of(), sent);
      assertFalse(log.hasMessages());
    }
  }

  @Nested
  class CatchingUp {
    private final SnapshotRef older = new SnapshotRef(new Zxid(EPOCH, 100), 1, "snapshot.1", 1);
    private final SnapshotRef newer = new SnapshotRef(new Zxid(EPOCH, 200), 2, "snapshot.2", 2);
    private final History log2 = new History(EPOCH, EPOCH, end, List.of(older, newer));
    private final LogReader reader = new LogReader(null, log2);

    @BeforeEach
    void reading() {
      synchronize();
      handler.run(new LearnerHandler.ReadTheLog());
      assertInstanceOf(TransactionLog.GetHistory.class, log.receiveMessage());
      handler.run(new LearnerHandler.LogReplied(new Reply.TheHistory(log2)));
    }

    private void located(Zxid at) {
      handler.run(new LearnerHandler.Located(reader, Optional.of(new LogReader.Place(at, 10))));
    }

    @Test
    void whatComesAfterTheLearnersEndIsSentPageByPage() {
      located(end);
      assertEquals(List.of(), sent);
      Batch first = history.next(2);
      Batch second = history.next(2);
      handler.run(new LearnerHandler.PageRead(
          List.of(new LogReader.Entry(first, 11), new LogReader.Entry(second, 13))));
      expectSent(new FromLeader.Propose(end, first), new FromLeader.Propose(first.last(), second));
      hear(new FromLearner.Ack(first.last()));
      expectToldTheLeader();
      hear(new FromLearner.Ack(second.last()));
      expectToldTheLeader(new Leader.WantsHistory(LEARNER, second.last()));
      Batch third = history.next(2);
      handler.run(new LearnerHandler.Stream(EPOCH, List.of(third)));
      expectSent(new FromLeader.Propose(second.last(), third), new FromLeader.NewLeader(EPOCH));
    }

    @Test
    void aTailThatWasNeverCommittedIsToBeGivenUp() {
      located(Zxid.ZERO);
      expectSent(new FromLeader.Truncate(Zxid.ZERO));
      assertTrue(handler.isAlive());
    }

    @Test
    void aSnapshotGoesPartByPart() throws IOException {
      Files.write(directory.resolve("snapshot.2"), new byte[10]);
      handler.run(new LearnerHandler.Located(reader, Optional.empty()));
      handler.run(new LearnerHandler.SnapshotChosen(Optional.of(newer)));
      ByteString bytes = ByteString.copyFromUtf8("part");
      handler.run(new LearnerHandler.PartRead(newer, bytes, false));
      expectSent(new FromLeader.SnapshotPart(newer, bytes, false));
      hear(new FromLearner.PartStored());
      handler.run(new LearnerHandler.PartRead(newer, bytes, true));
      expectSent(new FromLeader.SnapshotPart(newer, bytes, true));
      assertTrue(handler.isAlive());
    }

    @Test
    void aSnapshotThatIsGoneEndsTheConversation() {
      handler.run(new LearnerHandler.Located(reader, Optional.empty()));
      handler.run(new LearnerHandler.SnapshotChosen(Optional.of(newer)));
      expectEnded();
    }

    @Test
    void withoutASoundSnapshotTheConversationEnds() {
      handler.run(new LearnerHandler.Located(reader, Optional.empty()));
      handler.run(new LearnerHandler.SnapshotChosen(Optional.empty()));
      expectEnded();
    }

    @Test
    void whatIsDamagedInTheLogASnapshotMakesUpFor() throws IOException {
      Files.write(directory.resolve("snapshot.2"), new byte[10]);
      located(end);
      handler.run(new LearnerHandler.LogDamaged(new CorruptJournalException(directory, "log", 7, "checksum mismatch")));
      handler.run(new LearnerHandler.SnapshotChosen(Optional.of(newer)));
      ByteString bytes = ByteString.copyFromUtf8("all");
      handler.run(new LearnerHandler.PartRead(newer, bytes, true));
      expectSent(new FromLeader.SnapshotPart(newer, bytes, true));
    }

    @Test
    void aLogThatEndsTooEarlyOrCannotBeReadEndsTheConversation() {
      located(end);
      handler.run(new LearnerHandler.PageRead(List.of()));
      expectEnded();
      begin();
      synchronize();
      handler.run(new LearnerHandler.NotRead(new IOException("torn")));
      expectEnded();
    }

    @Test
    void whatIsProposedMeanwhileIsNotSentYet() {
      handler.run(new LearnerHandler.Propose(end, history.next(EPOCH)));
      handler.run(new LearnerHandler.Commit(end));
      handler.run(new LearnerHandler.Serve(end));
      handler.run(new LearnerHandler.Tell(List.of(new Notice.Moved(7))));
      handler.run(new LearnerHandler.Synchronize());
      handler.run(new LearnerHandler.EpochDecided(EPOCH));
      assertEquals(List.of(), sent);
      expectToldTheLeader();
    }

    @Test
    void whoeverSpeaksOutOfTurnHasToBeginAgain() {
      hear(new FromLearner.AckNewLeader());
      expectEnded();
    }
  }

  @Nested
  class Streaming {
    @Test
    void sendsWhatWasMissedThenNewLeaderThenWhatIsProposed() {
      Batch missed = history.next(EPOCH);
      Batch next = history.next(EPOCH);
      stream(missed);
      handler.run(new LearnerHandler.Propose(missed.last(), next));
      handler.run(new LearnerHandler.Commit(missed.last()));
      handler.run(new LearnerHandler.Tell(List.of(new Notice.Moved(7))));
      handler.run(new LearnerHandler.Serve(missed.last()));
      expectSent(
          new FromLeader.Propose(end, missed),
          new FromLeader.NewLeader(EPOCH),
          new FromLeader.Propose(missed.last(), next),
          new FromLeader.Commit(missed.last()),
          new FromLeader.Tell(List.of(new Notice.Moved(7))),
          new FromLeader.UpToDate(missed.last()));
    }

    @Test
    void acksCountOnceNewLeaderIsAcknowledgedWhicheverComesFirst() {
      Batch missed = history.next(EPOCH);
      stream(missed);
      hear(new FromLearner.Ack(missed.last())); // ZOOKEEPER-4685
      expectToldTheLeader();
      hear(new FromLearner.AckNewLeader());
      expectToldTheLeader(new Leader.NewLeaderAcked(LEARNER, missed.last()));
      Batch next = history.next(EPOCH);
      handler.run(new LearnerHandler.Propose(missed.last(), next));
      hear(new FromLearner.Ack(next.last()));
      expectToldTheLeader(new Leader.Acked(LEARNER, next.last()));
    }

    @Test
    void aLearnerThatNeededNothingHasWhatItsLogHad() {
      stream();
      hear(new FromLearner.AckNewLeader());
      expectToldTheLeader(new Leader.NewLeaderAcked(LEARNER, end));
    }

    @Test
    void whatItsClientsWantIsPassedOnInOrder() {
      stream();
      Request request = new Request(new Requester(7, List.of()), 1, new Operation.Delete("/a", -1));
      hear(new FromLearner.Forward(List.of(request)));
      hear(new FromLearner.Sync(7, 2));
      hear(new FromLearner.Claim(7, 3, new Password(1, 2), false));
      hear(new FromLearner.Touch(Map.of(7L, 0)));
      expectToldTheLeader(
          new Leader.Forwarded(LEARNER, new Leader.Submit(TWO, List.of(request))),
          new Leader.Forwarded(LEARNER, new Leader.Sync(TWO, 7, 2)),
          new Leader.Forwarded(LEARNER, new Leader.Claim(TWO, 7, 3, new Password(1, 2), false)),
          new Leader.ClientsHeard(LEARNER, Map.of(7L, 0)));
    }

    @Test
    void aLearnerThatIsTooFarBehindHasToSynchronizeAgainAndOneThatKeepsUpNot() {
      stream();
      hear(new FromLearner.AckNewLeader());
      Zxid previous = end;
      long bytes = 0;
      while (bytes < 2 * BACKLOG) {
        Batch batch = history.next(EPOCH);
        handler.run(new LearnerHandler.Propose(previous, batch));
        hear(new FromLearner.Ack(batch.last()));
        previous = batch.last();
        bytes += batch.size();
      }
      assertTrue(handler.isAlive());
      for (bytes = 0; bytes <= BACKLOG; ) {
        assertTrue(handler.isAlive(), bytes + " bytes");
        Batch batch = history.next(EPOCH);
        handler.run(new LearnerHandler.Propose(previous, batch));
        previous = batch.last();
        bytes += batch.size();
      }
      expectEnded();
    }

    @Test
    void anEpochIsPromisedOnce() {
      stream();
      hear(new FromLearner.AckEpoch(EPOCH, true, 1, end));
      expectEnded();
    }
  }
}
