package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.ensemble.Zxid;
import troupe.persistence.TransactionLog.Appended;
import troupe.persistence.TransactionLog.EpochAccepted;
import troupe.persistence.TransactionLog.EpochEstablished;
import troupe.persistence.TransactionLog.SnapshotInstalled;
import troupe.persistence.TransactionLog.SnapshotTaken;
import troupe.persistence.TransactionLog.Truncated;
import troupe.persistence.wire.JournalRecord;
import troupe.persistence.wire.Payload;
import troupe.persistence.wire.SnapshotRecord;
import troupe.tree.Change;
import troupe.tree.Transaction;

/** Logs whose checksums are right, and that no server can have written. */
class LogCheckTest {
  private static final String LOG = TransactionLog.PERSISTENCE_ID.id();

  @TempDir private Path directory;

  private final Story story = new Story();
  private boolean digests = true;
  private final List<TransactionLog.Event> events =
      new ArrayList<>(List.of(new EpochAccepted(1), new EpochEstablished(1)));

  private void write(JournalStore journal) {
    for (TransactionLog.Event event : events) {
      journal.write(List.of(Story.stored(journal.highestSequenceNr(LOG) + 1, event)));
    }
  }

  private LogCheck.Sound check() throws IOException {
    try (JournalStore journal = Journals.open(directory.resolve("log"), true)) {
      write(journal);
    }
    return checkWritten();
  }

  private LogCheck.Sound checkWritten() throws IOException {
    try (DataAtRest data = DataAtRest.open(directory, Optional.empty())) {
      return LogCheck.check(data, digests, sequenceNr -> {});
    }
  }

  private void expectDamage(String part, long sequenceNr) {
    String message = assertThrows(CorruptJournalException.class, this::check).getMessage();
    assertTrue(message.contains(part) && message.contains("sequence number " + sequenceNr + ")"), message);
    assertTrue(message.contains(directory.resolve("log").toString()), message);
  }

  private static Appended batch(long epoch, long counter) {
    return new Appended(Batch.of(
        List.of(new Transaction(new Zxid(epoch, counter), 0, 0, 0, new Change.Checked())), 0));
  }

  @Test
  void whatAServerWritesIsSound() throws IOException {
    story.everything().grow(5);
    story.batches().forEach(batch -> events.add(new Appended(batch)));
    LogCheck.Sound sound = check();
    assertEquals(story.batches().size(), sound.batches());
    assertEquals(story.batches().size(), sound.digests());
    assertEquals(story.tree().lastZxid(), sound.last());
  }

  @Test
  void aGapBetweenZxidsIsDamage() {
    events.add(new Appended(story.batch(Story.create("/a"))));
    events.add(batch(1, 3));
    expectDamage("0x100000003 does not follow 0x100000001", 4);
  }

  @Test
  void anEpochThatWasNotPromisedIsDamage() {
    events.add(batch(2, 1));
    expectDamage("not promised", 3);
  }

  @Test
  void aPromiseOfAnOlderEpochIsDamage() {
    events.add(new EpochAccepted(1));
    expectDamage("epoch 1 is promised after epoch 1", 3);
  }

  @Test
  void anEpochOtherThanThePromisedOneIsDamage() {
    events.add(new EpochEstablished(3));
    expectDamage("epoch 3 begins, but promised was epoch 1", 3);
  }

  @Test
  void toGiveUpWhatNeverWasIsDamage() {
    events.add(new Appended(story.batch(Story.create("/a"))));
    events.add(new Truncated(new Truncation(4, new Zxid(1, 9))));
    expectDamage("0x100000009 is given up, which was never there", 4);
  }

  @Test
  void aSnapshotOfWhatComesLaterIsDamage() {
    events.add(new Appended(story.batch(Story.create("/a"))));
    events.add(new SnapshotTaken(new SnapshotRef(new Zxid(1, 9), 3, "snapshot.9", 0), 3));
    expectDamage("a snapshot of what comes later", 4);
  }

  @Test
  void aSnapshotInstalledElsewhereIsDamage() {
    digests = false; // there is no such file
    events.add(new SnapshotInstalled(new SnapshotRef(new Zxid(1, 9), 2, "snapshot.9", 0)));
    expectDamage("installed for position 2", 3);
  }

  @Test
  void aStateThatItsEventsDoNotLeadToIsDamage() throws IOException {
    events.add(new Appended(story.batch(Story.create("/a"))));
    try (JournalStore journal = Journals.open(directory.resolve("log"), true)) {
      write(journal);
      LogSerializer serializer = new LogSerializer();
      History other = new History(1, 1, new Zxid(1, 2), List.of());
      Payload state = Payload.newBuilder().setSerializerId(serializer.identifier())
          .setManifest(serializer.manifest(other)).setContent(ByteString.copyFrom(serializer.toBinary(other))).build();
      journal.put(LOG + "@%016x".formatted(3), SnapshotRecord.newBuilder().setState(state).build().toByteString());
    }
    String message = assertThrows(CorruptJournalException.class, this::checkWritten).getMessage();
    assertTrue(message.contains("is not what its events lead to"), message);
  }

  @Test
  void whatIsNoEventIsDamage() throws IOException {
    try (JournalStore journal = Journals.open(directory.resolve("log"), true)) {
      write(journal);
      Payload unknown = Payload.newBuilder().setContent(ByteString.copyFrom(new byte[] {(byte) 0xA2, 6, 1, 7})).build();
      journal.write(List.of(new JournalStore.Event(
          LOG, 3, JournalRecord.newBuilder().setEvent(unknown).build().toByteString())));
    }
    String message = assertThrows(CorruptJournalException.class, this::checkWritten).getMessage();
    assertTrue(message.contains("not an event of the log") && message.contains("sequence number 3"), message);
  }
}
