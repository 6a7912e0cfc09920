package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.JournalRecord;
import troupe.persistence.wire.Payload;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Transaction;

/** From files and a journal back to the tree, with all kinds of damage. */
class RecoveryTest {
  private static final String LOG = TransactionLog.PERSISTENCE_ID.id();

  @TempDir
  Path directory;

  private final Story story = new Story();
  private final List<SnapshotRef> snapshots = new ArrayList<>();
  private Path files;
  private JournalStore journal;

  /** Three snapshots, with batches before, between and after them. */
  @BeforeEach
  void write() throws IOException {
    files = Files.createDirectory(directory.resolve("snapshots"));
    journal = Journals.open(directory.resolve("log"), true);
    story.everything().grow(3);
    Story.append(journal, story.batches());
    takeSnapshot();
    grow();
    takeSnapshot();
    grow();
    takeSnapshot();
    grow();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void grow() {
    int written = story.batches().size();
    story.grow(4);
    Story.append(journal, story.batches().subList(written, story.batches().size()));
  }

  private void takeSnapshot() throws IOException {
    SnapshotRef ref = new SnapshotRef(story.tree().lastZxid(), journal.highestSequenceNr(LOG),
        "snapshot." + snapshots.size(), story.tree().digest());
    SnapshotFile.write(story.tree(), files.resolve(ref.file()));
    snapshots.add(ref);
    journal.write(List.of(Story.stored(
        journal.highestSequenceNr(LOG) + 1, new TransactionLog.SnapshotTaken(ref, 3))));
  }

  private History history() {
    return new History(1, 1, story.tree().lastZxid(), snapshots);
  }

  private DataTree recovered(History history) {
    return Recovery.recover(history, journal, files, Optional.empty()).tree();
  }

  private void expectRecovered() {
    assertEquals(Story.contents(story.tree()), Story.contents(recovered(history())));
  }

  private void corrupt(SnapshotRef ref) throws IOException {
    Path file = files.resolve(ref.file());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private void purgeTo(SnapshotRef oldest) {
    journal.deleteTo(LOG, oldest.position());
  }

  @Test
  void theNewestSnapshotAndTheLogSinceAreEnough() {
    purgeTo(snapshots.get(2));
    expectRecovered();
  }

  @Test
  void eachDamagedSnapshotIsPassedOverForAnOlderOneAndMoreLog() throws IOException {
    purgeTo(snapshots.get(0));
    corrupt(snapshots.get(2));
    expectRecovered();
    corrupt(snapshots.get(1));
    expectRecovered();
  }

  @Test
  void aSnapshotThatIsGoneIsPassedOver() throws IOException {
    purgeTo(snapshots.get(0));
    Files.delete(files.resolve(snapshots.get(2).file()));
    expectRecovered();
  }

  @Test
  void aSoundFileThatHoldsAnotherTreeIsPassedOver() throws IOException {
    purgeTo(snapshots.get(0));
    Files.copy(files.resolve(snapshots.get(0).file()), files.resolve("copy"));
    Files.move(files.resolve("copy"), files.resolve(snapshots.get(2).file()),
        StandardCopyOption.REPLACE_EXISTING);
    expectRecovered();
    SnapshotRef second = snapshots.get(1);
    snapshots.set(1, new SnapshotRef(second.last(), second.position(), second.file(), second.digest() + 1));
    expectRecovered();
  }

  @Test
  void aSnapshotWithAnotherDigestThanWasRecordedIsNotSound() {
    purgeTo(snapshots.get(0));
    snapshots.replaceAll(ref -> new SnapshotRef(ref.last(), ref.position(), ref.file(), ref.digest() + 1));
    assertThrows(CorruptJournalException.class, () -> recovered(history()));
  }

  @Test
  void withoutASoundSnapshotTheWholeLogIsReplayed() throws IOException {
    for (SnapshotRef each : snapshots) {
      corrupt(each);
    }
    expectRecovered();
    snapshots.clear();
    expectRecovered();
  }

  @Test
  void withNeitherASoundSnapshotNorTheWholeLogTheServerMustNotGoOn() throws IOException {
    purgeTo(snapshots.get(0));
    for (SnapshotRef each : snapshots) {
      corrupt(each);
    }
    String message = assertThrows(CorruptJournalException.class,
        () -> recovered(history())).getMessage();
    assertTrue(message.contains(files.toString()), message);
    assertTrue(message.contains("3 snapshots"), message);
    assertTrue(message.contains("must not vote"), message);
  }

  @Test
  void whatIsStillInMemorySavesTheSnapshots() throws IOException {
    purgeTo(snapshots.get(0));
    TreeAt before = new TreeAt(story.tree(), journal.highestSequenceNr(LOG));
    grow();
    for (SnapshotRef each : snapshots) {
      corrupt(each);
    }
    assertEquals(Story.contents(story.tree()), Story.contents(
        Recovery.recover(history(), journal, files, Optional.of(before)).tree()));
  }

  @Test
  void aTailThatWasGivenUpIsLeftOutAndWhatCameAfterItCounts() {
    Story other = story.copy();
    grow();
    journal.write(List.of(Story.stored(journal.highestSequenceNr(LOG) + 1, new TransactionLog.Truncated(
        new Truncation(journal.highestSequenceNr(LOG) + 1, other.tree().lastZxid())))));
    Truncation truncation = new Truncation(journal.highestSequenceNr(LOG), other.tree().lastZxid());
    Batch instead = other.batch(Story.create("/instead"));
    Story.append(journal, List.of(instead));
    History history = new History(1, 1, instead.last(), snapshots, List.of(truncation), 0);
    assertEquals(Story.contents(other.tree()), Story.contents(recovered(history)));
  }

  @Test
  void aTreeWithAnotherDigestThanWasLoggedIsNotBelieved() {
    Batch batch = story.batch(Story.create("/last"));
    Story.append(journal, List.of(Batch.of(batch.transactions(), batch.digest() + 1)));
    String message = assertThrows(IllegalStateException.class,
        () -> recovered(history())).getMessage();
    assertTrue(message.contains(batch.toString()) && message.contains("digest"), message);
  }

  @Test
  void aLogThatEndsBeforeItsHistoryIsNotBelieved() {
    story.batch(Story.create("/never written"));
    String message = assertThrows(IllegalStateException.class,
        () -> recovered(history())).getMessage();
    assertTrue(message.contains(story.tree().lastZxid().toString()), message);
  }

  @Test
  void aGapInTheLogIsNotBelieved() {
    Zxid last = story.tree().lastZxid();
    Story.append(journal, List.of(Batch.of(List.of(new Transaction(
        new Zxid(last.epoch(), last.counter() + 2), 0, 0, 0, new Change.Checked())), 0)));
    assertThrows(IllegalStateException.class, () -> recovered(history()));
  }

  @Test
  void whatIsNoEventOfTheLogIsNamedByItsSequenceNumber() {
    long next = journal.highestSequenceNr(LOG) + 1;
    Payload unknown = Payload.newBuilder().setContent(ByteString.copyFrom(new byte[] {(byte) 0xA2, 6, 1, 7})).build();
    journal.write(List.of(new JournalStore.Event(
        LOG, next, JournalRecord.newBuilder().setEvent(unknown).build().toByteString())));
    String message = assertThrows(IllegalStateException.class,
        () -> recovered(history())).getMessage();
    assertTrue(message.contains("sequence number " + next), message);
  }

  @Test
  void anEmptyLogIsTheInitialTree() {
    try (JournalStore empty = Journals.open(directory.resolve("empty"), true)) {
      assertEquals(Zxid.ZERO, Recovery.recover(History.EMPTY, empty, files, Optional.empty()).tree().lastZxid());
    }
  }
}
