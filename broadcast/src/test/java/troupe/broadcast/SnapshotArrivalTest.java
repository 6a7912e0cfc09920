package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.History;
import troupe.persistence.SnapshotRef;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;

/** A learner with a disk, on which a snapshot does not arrive whole. */
class SnapshotArrivalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final Conversation CONVERSATION = new Conversation(42);
  private static final long EPOCH = 3;
  private static final SnapshotRef SNAPSHOT = new SnapshotRef(new Zxid(2, 9), 9, "snapshot.200000009", 5);

  @TempDir Path directory;

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("""
      troupe.persistence.snapshot-dispatcher {
        type = Dispatcher
        executor = "thread-pool-executor"
        thread-pool-executor.fixed-pool-size = 1
      }
      """).withFallback(ConfigFactory.load()));
  private final TestProbe<FromLearner> leader = kit.createTestProbe();
  private final TestProbe<TransactionLog.Command> log = kit.createTestProbe();
  private ActorRef<Learner.Command> learner;
  private long told;

  @BeforeEach
  void follow() {
    Ensemble ensemble = Ensemble.ofMajority(
        TWO, Stream.of(ONE, TWO).map(id -> new Ensemble.Member(id, "host", id.value())).toList());
    BroadcastSettings settings = new BroadcastSettings(
        10, 1000, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), 1000, 1000,
        BroadcastSettings.MOST_IN_AN_EPOCH, true);
    learner = kit.spawn(Learner.create(
        new Learner.Surroundings(
            ensemble, ONE, settings, (to, message) -> leader.getRef().tell((FromLearner) message), log.getRef(),
            directory, kit.<Replica.Command>createTestProbe().getRef(), CONVERSATION::id),
        new History(EPOCH, 0, Zxid.ZERO, List.of()),
        DataTree.initial(),
        kit.<Learner.Report>createTestProbe().getRef()));
    tell(new FromLeader.LeaderInfo(EPOCH));
    expect(FromLearner.AckEpoch.class);
  }

  @AfterEach
  void end() {
    kit.shutdownTestKit();
  }

  private void tell(FromLeader.Message message) {
    learner.tell(new Learner.Heard(new FromLeader(ONE, CONVERSATION, ++told, message)));
  }

  /** Greetings aside, which are repeated. */
  private void expect(Class<? extends FromLearner.Message> type) {
    FromLearner message = leader.receiveMessage(PATIENCE);
    while (message.message() instanceof FromLearner.LearnerInfo) {
      message = leader.receiveMessage(PATIENCE);
    }
    assertEquals(type, message.message().getClass());
  }

  private List<String> files() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitNoFiles() {
    leader.awaitAssert(PATIENCE, () -> {
      assertEquals(List.of(), files());
      return Done.getInstance();
    });
    log.expectNoMessage(Duration.ZERO);
  }

  private void sendTheBeginning() {
    tell(new FromLeader.SnapshotPart(SNAPSHOT, ByteString.copyFromUtf8("no "), false));
    expect(FromLearner.PartStored.class);
    assertEquals(1, files().size());
  }

  @Test
  void whatIsNoSnapshotIsRemovedAndNotRecorded() {
    sendTheBeginning();
    tell(new FromLeader.SnapshotPart(SNAPSHOT, ByteString.copyFromUtf8("snapshot"), true));
    expect(FromLearner.Leave.class);
    awaitNoFiles();
  }

  @Test
  void whatHasComeSoFarIsRemovedWhenTheLeaderIsGone() {
    sendTheBeginning();
    learner.tell(new Learner.PeerLost(ONE));
    awaitNoFiles();
  }
}
