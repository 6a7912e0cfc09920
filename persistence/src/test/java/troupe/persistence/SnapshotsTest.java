package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.metrics.Metrics;

class SnapshotsTest {
  private static final String LOG = TransactionLog.PERSISTENCE_ID.id();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Draws 2 of 5: of "every 10", a snapshot after 8 transactions. */
  private static final class Drawn implements RandomGenerator {
    @Override
    public long nextLong() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int nextInt(int bound) {
      assertEquals(5, bound);
      return 2;
    }
  }

  @TempDir
  Path directory;

  private final Story story = new Story();
  private ActorTestKit kit;
  private JournalStore journal;
  private Path files;
  private TestProbe<TransactionLog.Command> log;
  private History history = History.EMPTY;
  private ActorRef<Snapshots.Command> snapshots;
  private volatile Optional<TreeAt> committed = Optional.empty();

  @BeforeEach
  void start() {
    kit = LogSystem.start(directory);
    journal = JournalStores.of(kit.system()).journal();
    files = directory.resolve("snapshots");
    log = kit.createTestProbe();
    snapshots = spawn(true);
  }

  private ActorRef<Snapshots.Command> spawn(boolean purge) {
    return kit.spawn(Snapshots.create(
        new SnapshotSettings(files, 10, 3, purge), journal, log.getRef(), new Drawn(), () -> committed, new Metrics()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  /** One batch more, in the journal and on its way to the snapshots as that many transactions. */
  private void advance(int transactions) {
    Story.append(journal, List.of(story.grow(1).batches().getLast()));
    TreeAt now = new TreeAt(story.tree(), journal.highestSequenceNr(LOG));
    committed = Optional.of(now);
    snapshots.tell(new Snapshots.Advanced(now, transactions));
  }

  private TransactionLog.RecordSnapshot expectWritten() {
    return log.expectMessageClass(TransactionLog.RecordSnapshot.class, PATIENCE);
  }

  /** The log says that it has it. */
  private void record(TransactionLog.RecordSnapshot request) {
    history = history.with(request.snapshot(), request.kept());
    request.replyTo().tell(new TransactionLog.Reply.SnapshotRecorded(history));
  }

  private Set<String> names() {
    try (Stream<Path> all = Files.list(files)) {
      return all.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void await(Runnable condition) {
    log.awaitAssert(PATIENCE, () -> {
      condition.run();
      return null;
    });
  }

  /** Advances until a snapshot is taken: while one is purged, none is. */
  private TransactionLog.RecordSnapshot takeNext() {
    return log.awaitAssert(PATIENCE, Duration.ofMillis(20), () -> {
      advance(8);
      return log.expectMessageClass(TransactionLog.RecordSnapshot.class, Duration.ofMillis(300));
    });
  }

  @Test
  void whoAsksGetsOneNowAndHearsOfItWhenTheLogKnows() {
    TestProbe<Snapshots.Result> asking = kit.createTestProbe();
    snapshots.tell(new Snapshots.TakeNow(asking.getRef()));
    assertInstanceOf(Snapshots.NotTaken.class, asking.receiveMessage(PATIENCE)); // of what? nobody knows yet
    advance(1);
    snapshots.tell(new Snapshots.TakeNow(asking.getRef()));
    TransactionLog.RecordSnapshot written = expectWritten();
    asking.expectNoMessage(Duration.ofMillis(50));
    record(written);
    asking.expectMessage(PATIENCE, new Snapshots.Taken(written.snapshot()));
  }

  @Test
  void whoAsksWhileOneIsWrittenGetsTheNext() {
    TestProbe<Snapshots.Result> asking = kit.createTestProbe();
    advance(8);
    TransactionLog.RecordSnapshot first = expectWritten();
    advance(1);
    snapshots.tell(new Snapshots.TakeNow(asking.getRef()));
    record(first);
    TransactionLog.RecordSnapshot second = expectWritten();
    assertEquals(story.tree().lastZxid(), second.snapshot().last());
    record(second);
    asking.expectMessage(PATIENCE, new Snapshots.Taken(second.snapshot()));
  }

  /** It would be one way to recover, counted as two. */
  @Test
  void theSameSnapshotAgainCountsOnce() {
    advance(8);
    TransactionLog.RecordSnapshot written = expectWritten();
    assertEquals(history.with(written.snapshot(), 3), history.with(written.snapshot(), 3).with(written.snapshot(), 3));
  }

  @Test
  void aSnapshotIsWrittenAtTheDrawnCountAndRecorded() throws IOException {
    advance(3);
    advance(4);
    advance(1); // the eighth
    SnapshotRef written = expectWritten().snapshot();
    assertEquals(new SnapshotRef(
        story.tree().lastZxid(), 3, "snapshot.100000006", story.tree().digest()), written);
    assertEquals(Set.of(written.file()), names());
    assertEquals(Story.contents(story.tree()), Story.contents(SnapshotFile.read(files.resolve(written.file()))));
  }

  @Test
  void thereIsOneAtATimeAndTheCountBeginsAfterIt() {
    snapshots = spawn(false); // then it is over with the log's answer
    advance(8);
    TransactionLog.RecordSnapshot first = expectWritten();
    advance(100);
    record(first);
    advance(7);
    advance(1);
    assertEquals(story.tree().lastZxid(), expectWritten().snapshot().last());
    log.expectNoMessage(Duration.ZERO);
  }

  @Test
  void nothingIsRemovedBeforeTheLogKnowsOfTheNewSnapshot() throws IOException {
    Files.createDirectories(files);
    Files.createFile(files.resolve("snapshot.stray"));
    Files.createFile(files.resolve("unrelated"));
    advance(8);
    TransactionLog.RecordSnapshot written = expectWritten();
    assertEquals(Set.of("snapshot.stray", "unrelated", written.snapshot().file()), names());
    record(written);
    await(() -> assertEquals(Set.of("unrelated", written.snapshot().file()), names()));
  }

  @Test
  void theLogShrinksOnceThereAreAsManySnapshotsAsAreToBeKept() {
    for (int i = 1; i <= 2; i++) {
      record(takeNext());
    }
    TransactionLog.RecordSnapshot third = takeNext(); // so the second purge is over
    assertEquals(0, journal.deletedTo(LOG));
    record(third);
    await(() -> assertEquals(history.snapshots().getFirst().position(), journal.deletedTo(LOG)));
    SnapshotRef first = history.snapshots().getFirst();
    record(takeNext());
    await(() -> assertEquals(history.snapshots().getFirst().position(), journal.deletedTo(LOG)));
    assertTrue(journal.deletedTo(LOG) > first.position());
    assertEquals(history.snapshots().stream().map(SnapshotRef::file).collect(Collectors.toSet()), names());
    History recorded = new History(1, 1, story.tree().lastZxid(), history.snapshots());
    assertEquals(Story.contents(story.tree()), Story.contents(Recovery.recover(recorded, journal, files, Optional.empty()).tree()));
  }

  @Test
  void withoutPurgeEverythingStays() {
    snapshots = spawn(false);
    for (int i = 1; i <= 5; i++) {
      advance(8);
      TransactionLog.RecordSnapshot written = expectWritten();
      assertEquals(Integer.MAX_VALUE, written.kept());
      record(written);
    }
    advance(8);
    expectWritten(); // so the fifth is over
    assertEquals(6, names().size());
    assertEquals(5, history.snapshots().size());
    assertEquals(0, journal.deletedTo(LOG));
  }

  @Test
  void aSnapshotThatCannotBeWrittenIsAWarningAndTriedAgainAfterTheNextCount() throws IOException {
    Files.createFile(files); // where the directory is to be
    LoggingTestKit.warn("no snapshot this time").expect(kit.system(), () -> {
      advance(8);
      return null;
    });
    Files.delete(files);
    assertEquals(Set.of(takeNext().snapshot().file()), names());
  }

  @Test
  void whatCannotBeRemovedIsAWarningAndThereAreSnapshotsLater() throws IOException {
    advance(8);
    TransactionLog.RecordSnapshot first = expectWritten();
    Path stray = Files.createDirectories(files.resolve("snapshot.full"));
    Files.createFile(stray.resolve("something")); // a directory that is not empty cannot be deleted
    LoggingTestKit.warn("were not removed").expect(kit.system(), () -> {
      record(first);
      return null;
    });
    takeNext();
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedByName() {
    assertRefused("snapshot-every", 1, 3);
    assertRefused("snapshots-kept", 10, 2);
  }

  private void assertRefused(String key, int every, int kept) {
    String message = assertThrows(IllegalArgumentException.class,
        () -> new SnapshotSettings(files, every, kept, true)).getMessage();
    assertTrue(message.contains("troupe.persistence." + key), message);
  }
}
