package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Zxid;
import troupe.persistence.TransactionLog.Reply;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/** The log's actor on its journal, through restarts of everything. */
class TransactionLogTest {
  @TempDir
  Path directory;

  private final AtomicReference<Room> room = new AtomicReference<>(Room.ENOUGH);
  private final Story story = new Story();
  private ActorTestKit kit;
  private ActorRef<TransactionLog.Command> log;

  @BeforeEach
  void start() {
    start("");
  }

  private void start(String settings) {
    kit = LogSystem.start(directory, settings);
    log = kit.spawn(TransactionLog.create(room::get));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private void restart() {
    stop();
    start();
  }

  private Reply ask(Function<ActorRef<Reply>, TransactionLog.Command> question) {
    TestProbe<Reply> probe = kit.createTestProbe();
    log.tell(question.apply(probe.getRef()));
    return probe.receiveMessage(Duration.ofSeconds(20));
  }

  private Reply append(Batch batch) {
    return ask(replyTo -> new TransactionLog.Append(batch, replyTo));
  }

  private Reply accept(long epoch) {
    return ask(replyTo -> new TransactionLog.AcceptEpoch(epoch, replyTo));
  }

  private Reply establish(long epoch) {
    return ask(replyTo -> new TransactionLog.EstablishEpoch(epoch, replyTo));
  }

  private History history() {
    return ((Reply.TheHistory) ask(TransactionLog.GetHistory::new)).history();
  }

  private static Batch batchAt(long epoch, long counter) {
    return Batch.of(List.of(new Transaction(new Zxid(epoch, counter), 0, 0, 0, new Change.Checked())), 0);
  }

  @Test
  void everythingAnsweredIsThereAfterARestart() {
    SnapshotRef snapshot = new SnapshotRef(new Zxid(1, 3), 4, "snapshot.100000003", 5);
    assertEquals(History.EMPTY, history());
    assertEquals(new Reply.EpochAccepted(1), accept(1));
    assertEquals(new Reply.EpochEstablished(1), establish(1));
    story.grow(2).batches().forEach(this::append);
    History before = new History(1, 1, new Zxid(1, 3), List.of());
    assertEquals(before, history());
    restart();
    assertEquals(before, history());
    assertEquals(new Reply.SnapshotRecorded(before.with(snapshot, 3)),
        ask(replyTo -> new TransactionLog.RecordSnapshot(snapshot, 3, replyTo)));
    assertEquals(new Reply.EpochAccepted(2), accept(2));
    append(story.batch(Story.create("/more")));
    History after = new History(2, 1, new Zxid(1, 4), List.of(snapshot));
    restart(); // from the state that was kept with the snapshot, and two events
    assertEquals(after, history());
    assertEquals(new Reply.OutOfOrder(new Zxid(1, 4)), append(story.batches().getLast()));
  }

  @Test
  void aBatchIsDurableAtItsPlaceInTheJournal() {
    accept(1);
    story.grow(2);
    assertEquals(new Reply.Durable(new Zxid(1, 1), 2, Room.ENOUGH), append(story.batches().get(0)));
    room.set(Room.RESERVE);
    assertEquals(new Reply.Durable(new Zxid(1, 3), 3, Room.RESERVE), append(story.batches().get(1)));
    JournalStore journal = JournalStores.of(kit.system()).journal();
    assertEquals(3, journal.highestSequenceNr(TransactionLog.PERSISTENCE_ID.id()));
  }

  @Test
  void aBatchOutOfOrderIsRefusedAndLeavesNothingBehind() {
    accept(1);
    story.grow(3);
    assertEquals(new Reply.OutOfOrder(Zxid.ZERO), append(story.batches().get(1)));
    append(story.batches().get(0));
    assertEquals(new Reply.OutOfOrder(new Zxid(1, 1)), append(story.batches().get(0)));
    assertEquals(new Reply.OutOfOrder(new Zxid(1, 1)), append(story.batches().get(2)));
    assertEquals(new Zxid(1, 1), history().last());
    assertEquals(2, position());
    assertEquals(new Reply.Durable(new Zxid(1, 3), 3, Room.ENOUGH), append(story.batches().get(1)));
  }

  @Test
  void anEpochThatWasPromisedIsNeverTakenBack() {
    assertEquals(new Reply.EpochAccepted(5), accept(5));
    assertEquals(new Reply.EpochRefused(5), accept(5)); // to another, for all it knows
    assertEquals(new Reply.EpochRefused(5), accept(4));
    assertEquals(new Reply.EpochRefused(5), establish(4));
    assertEquals(new Reply.EpochRefused(5), establish(6));
    assertEquals(new History(5, 0, Zxid.ZERO, List.of()), history());
    restart();
    assertEquals(new Reply.EpochRefused(5), accept(5));
    assertEquals(new Reply.EpochEstablished(5), establish(5));
    assertEquals(new Reply.EpochEstablished(5), establish(5)); // asked again by the same leader
    assertEquals(new Reply.EpochAccepted(6), accept(6));
    assertEquals(new Reply.EpochRefused(6), establish(5));
    assertEquals(new History(6, 5, Zxid.ZERO, List.of()), history());
  }

  @Test
  void nothingIsAppendedOfAnEpochThatWasNotPromised() {
    assertEquals(new Reply.OutOfOrder(Zxid.ZERO), append(batchAt(1, 1)));
    accept(2);
    assertEquals(new Reply.OutOfOrder(Zxid.ZERO), append(batchAt(3, 1)));
    assertEquals(new Reply.Durable(new Zxid(2, 1), 2, Room.ENOUGH), append(batchAt(2, 1)));
  }

  @Test
  void whoLedAnEpochWithoutAQuorumLearnsHowTheOneBeforeWentOn() {
    accept(2);
    append(batchAt(2, 1));
    accept(3);
    establish(3);
    accept(4);
    assertEquals(new Reply.Durable(new Zxid(2, 2), 6, Room.ENOUGH), append(batchAt(2, 2)));
    assertEquals(new Reply.OutOfOrder(new Zxid(2, 2)), append(batchAt(1, 3)));
  }

  private Reply truncate(Zxid keepUpTo) {
    return ask(replyTo -> new TransactionLog.Truncate(keepUpTo, replyTo));
  }

  private long position() {
    return JournalStores.of(kit.system()).journal().highestSequenceNr(TransactionLog.PERSISTENCE_ID.id());
  }

  private DataTree recovered() {
    return Recovery.recover(history(), JournalStores.of(kit.system()).journal(), snapshots(), Optional.empty()).tree();
  }

  private Path snapshots() {
    return directory.resolve("snapshots");
  }

  @Test
  void severalBatchesAreStoredTogetherOrNotAtAll() {
    accept(1);
    story.grow(4);
    List<Batch> gap = List.of(story.batches().get(0), story.batches().get(2));
    assertEquals(new Reply.OutOfOrder(Zxid.ZERO), ask(replyTo -> new TransactionLog.Append(gap, replyTo)));
    assertEquals(1, position());
    assertEquals(new Reply.Durable(story.tree().lastZxid(), 5, Room.ENOUGH),
        ask(replyTo -> new TransactionLog.Append(story.batches(), replyTo)));
    assertEquals(5, position());
  }

  @Test
  void aTailThatWasGivenUpIsGoneForGoodAndTheNextLeadersHistoryTakesItsPlace() {
    accept(1);
    story.everything().grow(2).batches().forEach(this::append);
    Story other = story.copy();
    append(story.batch(Story.create("/lost")));
    append(story.batch(Story.create("/lost/too")));
    Zxid keep = other.tree().lastZxid();
    assertEquals(new Reply.Truncated(keep), truncate(keep));
    assertEquals(Story.contents(other.tree()), Story.contents(recovered()));
    restart();
    assertEquals(List.of(new Truncation(position(), keep)), history().truncations());
    assertEquals(Story.contents(other.tree()), Story.contents(recovered()));
    assertEquals(new Reply.OutOfOrder(keep), append(story.batches().getLast()));
    accept(2);
    assertInstanceOf(Reply.Durable.class, append(other.batch(Story.create("/instead"))));
    restart();
    assertEquals(Story.contents(other.tree()), Story.contents(recovered()));
  }

  @Test
  void whatASnapshotHoldsIsNotGivenUpAndWhoeverAsksForThatStopsTheLog() {
    accept(1);
    story.grow(2).batches().forEach(this::append);
    SnapshotRef snapshot = new SnapshotRef(story.tree().lastZxid(), position(), "snapshot.2", 0);
    ask(replyTo -> new TransactionLog.RecordSnapshot(snapshot, 3, replyTo));
    append(story.batch(Story.create("/after")));
    assertEquals(new Reply.Truncated(snapshot.last()), truncate(snapshot.last()));
    TestProbe<Reply> probe = kit.createTestProbe();
    log.tell(new TransactionLog.Truncate(new Zxid(1, 1), probe.getRef()));
    probe.expectTerminated(log, Duration.ofSeconds(20));
    probe.expectNoMessage(Duration.ZERO);
    restart();
    assertEquals(snapshot.last(), history().last());
  }

  @Test
  void whatIsNotThereCannotBeKept() {
    accept(1);
    append(story.batch(Story.create("/a")));
    TestProbe<Reply> probe = kit.createTestProbe();
    log.tell(new TransactionLog.Truncate(new Zxid(1, 2), probe.getRef()));
    probe.expectTerminated(log, Duration.ofSeconds(20));
    restart();
    assertEquals(new Zxid(1, 1), history().last());
  }

  @Test
  void anotherServersSnapshotTakesThePlaceOfEverything() throws IOException {
    accept(1);
    establish(1);
    append(story.batch(Story.create("/of-another-history")));
    truncate(Zxid.ZERO);
    Story other = new Story();
    other.everything().grow(3);
    SnapshotRef sent = new SnapshotRef(other.tree().lastZxid(), 77, "snapshot.77", other.tree().digest());
    Files.createDirectories(snapshots());
    SnapshotFile.write(other.tree(), snapshots().resolve(sent.file()));
    SnapshotRef installed = sent.at(position() + 1);
    assertEquals(new Reply.Installed(installed), ask(replyTo -> new TransactionLog.Install(sent, replyTo)));
    assertEquals(new History(1, 1, sent.last(), List.of(installed), List.of(), position()), history());
    restart(); // from the state that was kept with it
    assertEquals(new History(1, 1, sent.last(), List.of(installed), List.of(), position()), history());
    assertEquals(Story.contents(other.tree()), Story.contents(recovered()));
    assertInstanceOf(Reply.Durable.class, append(other.batch(Story.create("/more"))));
    restart();
    assertEquals(Story.contents(other.tree()), Story.contents(recovered()));
  }

  @Test
  void theRoomIsAskedForEachTime() {
    for (Room each : Room.values()) {
      room.set(each);
      assertEquals(new Reply.RoomLeft(each), ask(TransactionLog.GetRoom::new));
    }
  }

  @Test
  void aWriteThatFailsIsNotAnsweredAndStopsTheLog() {
    stop();
    start("troupe.persistence.free-space-reserve = 4EiB"); // more than any disk has
    TestProbe<Reply> probe = kit.createTestProbe();
    assertEquals(History.EMPTY, history());
    log.tell(new TransactionLog.AcceptEpoch(1, probe.getRef()));
    log.tell(new TransactionLog.GetHistory(probe.getRef())); // nor is what comes behind it
    probe.expectTerminated(log, Duration.ofSeconds(20));
    probe.expectNoMessage(Duration.ZERO);
    restart();
    assertEquals(History.EMPTY, history());
  }

  @Test
  void whatTheLogWroteIsWhatRecoveryReads() {
    accept(1);
    story.everything().grow(4).batches().forEach(this::append);
    restart();
    assertEquals(Story.contents(story.tree()), Story.contents(Recovery.recover(
        history(), JournalStores.of(kit.system()).journal(), directory.resolve("snapshots"), Optional.empty()).tree()));
  }
}
