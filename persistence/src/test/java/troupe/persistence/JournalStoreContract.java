package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.persistence.Journals.LOG;
import static troupe.persistence.Journals.event;
import static troupe.persistence.Journals.events;
import static troupe.persistence.Journals.replay;
import static troupe.persistence.Journals.replayAll;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

abstract class JournalStoreContract {
  private final boolean nativeLibrary;

  @TempDir
  Path directory;

  JournalStoreContract(boolean nativeLibrary) {
    this.nativeLibrary = nativeLibrary;
  }

  private JournalStore open() {
    return Journals.open(directory, nativeLibrary);
  }

  @Test
  void whatWasWrittenIsReadBackInOrderAlsoAfterReopening() {
    List<JournalStore.Event> written = events(1, 300, 5000); // several tables of the small write buffer
    try (JournalStore store = open()) {
      for (int i = 0; i < 300; i += 3) {
        store.write(written.subList(i, i + 3));
      }
      assertEquals(written, replayAll(store));
    }
    try (JournalStore store = open()) {
      assertEquals(written, replayAll(store));
      assertEquals(300, store.highestSequenceNr(LOG));
    }
  }

  @Test
  void aReplayKeepsToItsRangeAndItsLimitAndStopsWhenTold() {
    try (JournalStore store = open()) {
      store.write(events(1, 9, 10));
      assertEquals(events(3, 5, 10), replay(store, 3, 5, Long.MAX_VALUE));
      assertEquals(events(3, 4, 10), replay(store, 3, 9, 2));
      assertEquals(List.of(), replay(store, 3, 9, 0));
      assertEquals(List.of(), replay(store, 6, 5, 10));
      assertEquals(List.of(), replay(store, 10, 20, 10));
      List<Long> seen = new ArrayList<>();
      store.replay(LOG, 1, 9, 9, event -> seen.add(event.sequenceNr()) && event.sequenceNr() < 3);
      assertEquals(List.of(1L, 2L, 3L), seen);
    }
  }

  @Test
  void theHighestSequenceNumberSurvivesTheDeletionOfItsEvent() {
    try (JournalStore store = open()) {
      store.write(events(1, 50, 10));
      store.deleteTo(LOG, Long.MAX_VALUE);
      store.compact(LOG);
      assertEquals(50, store.highestSequenceNr(LOG));
      assertEquals(List.of(), replayAll(store));
    }
    try (JournalStore store = open()) {
      assertEquals(50, store.highestSequenceNr(LOG));
      assertEquals(50, store.deletedTo(LOG));
      assertThrows(IllegalArgumentException.class, () -> store.write(events(1, 1, 10)));
      store.write(events(51, 52, 10));
      assertEquals(events(51, 52, 10), replayAll(store));
    }
  }

  @Test
  void deletionLeavesTheRestAndTheOtherLogs() {
    try (JournalStore store = open()) {
      store.write(events(1, 2500, 100)); // more than two batches of deletions
      store.write(List.of(event("log-2", 1, 10), event("log-2", 2, 10)));
      store.deleteTo(LOG, 2400);
      store.deleteTo(LOG, 2300); // a lower number brings nothing back
      store.compact(LOG);
      assertEquals(events(2401, 2500, 100), replayAll(store));
      assertEquals(2, store.highestSequenceNr("log-2"));
      assertEquals(0, store.deletedTo("log-2"));
    }
  }

  @Test
  void deletionGivesRoomBack() {
    try (JournalStore store = open()) {
      for (int i = 1; i <= 400; i++) {
        store.write(events(i, i, 20_000));
      }
      long before = store.size();
      store.deleteTo(LOG, 400);
      store.compact(LOG);
      if (nativeLibrary) { // the port cannot be asked to compact
        assertTrue(store.size() < before / 4, store.size() + " of " + before);
      }
      assertEquals(List.of(), replayAll(store));
    }
  }

  @Test
  void severalLogsInOneBatchAreKeptApart() {
    try (JournalStore store = open()) {
      store.write(List.of(event("a", 1, 10), event("b", 1, 20), event("a", 2, 30)));
      List<JournalStore.Event> a = new ArrayList<>();
      store.replay("a", 1, 9, 9, a::add);
      assertEquals(List.of(event("a", 1, 10), event("a", 2, 30)), a);
      assertEquals(1, store.highestSequenceNr("b"));
      assertEquals(0, store.highestSequenceNr("c"));
    }
    try (JournalStore store = open()) {
      store.write(List.of(event("c", 1, 10), event("b", 2, 10)));
      assertEquals(2, store.highestSequenceNr("a"));
    }
  }

  @Test
  void aGapIsRefusedAndNothingIsWritten() {
    try (JournalStore store = open()) {
      store.write(events(1, 3, 10));
      assertThrows(IllegalArgumentException.class, () -> store.write(events(5, 6, 10)));
      assertThrows(IllegalArgumentException.class, () -> store.write(events(3, 4, 10)));
      store.write(events(4, 4, 10));
      assertEquals(events(1, 4, 10), replayAll(store));
    }
  }

  @Test
  void namedValuesAreReplacedListedAndDeleted() {
    try (JournalStore store = open()) {
      store.put("a/1", ByteString.copyFromUtf8("one"));
      store.put("a/2", ByteString.EMPTY);
      store.put("b/1", ByteString.copyFromUtf8("three"));
      store.put("a/1", ByteString.copyFromUtf8("uno"));
    }
    try (JournalStore store = open()) {
      assertEquals("uno", store.get("a/1").orElseThrow().toStringUtf8());
      assertEquals(List.of("a/1", "a/2"), store.names("a/"));
      store.delete(List.of("a/1", "a/3"));
      assertEquals(List.of("a/2", "b/1"), store.names(""));
      assertTrue(store.get("a/1").isEmpty());
    }
  }

  @Test
  void aFullDiskRefusesTheWriteAndNothingElse() {
    AtomicLong usable = new AtomicLong(1 << 30);
    JournalSettings settings = new JournalSettings(directory, 1000, nativeLibrary, 1 << 16, 1 << 20, false);
    try (JournalStore store = LevelDbStore.open(settings, usable::get)) {
      store.write(events(1, 3, 10));
      usable.set(settings.headroom() + 1000);
      assertEquals(Room.ENOUGH, store.room());
      usable.set(settings.headroom() + 500 + 50);
      assertEquals(Room.RESERVE, store.room());
      assertThrows(DiskFullException.class, () -> store.write(events(4, 4, 60)));
      usable.set(settings.headroom() + 499);
      assertEquals(Room.NONE, store.room());
      store.deleteTo(LOG, 1); // the reserve is for this
      assertEquals(events(2, 3, 10), replayAll(store));
      usable.set(1 << 30);
      store.write(events(4, 4, 60));
      assertEquals(4, store.highestSequenceNr(LOG));
      assertTrue(store.broken().isEmpty());
    }
  }

  @Test
  void aSecondHolderIsToldWhoHasTheDirectory() {
    try (JournalStore store = open()) {
      store.write(events(1, 1, 10));
      DirectoryInUseException refused = assertThrows(DirectoryInUseException.class, this::open);
      assertTrue(refused.getMessage().contains("in use by process " + ProcessHandle.current().pid()),
          refused.getMessage());
      assertTrue(refused.getMessage().contains("troupe.persistence.log-dir"), refused.getMessage());
    }
    open().close();
  }

  @Test
  void aClosedStoreSaysSo() {
    JournalStore store = open();
    store.write(events(1, 1, 10));
    store.close();
    assertThrows(IllegalStateException.class, () -> store.write(events(2, 2, 10)));
    assertThrows(IllegalStateException.class, () -> replayAll(store));
  }

  @Test
  void replaysSeeWholeBatchesWhileOthersWriteAndDelete() {
    try (JournalStore store = open()) {
      store.write(events(1, 10, 100));
      CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
        for (long i = 11; i <= 400; i += 10) {
          store.write(events(i, i + 9, 100));
          store.deleteTo(LOG, i - 5);
        }
      });
      while (!writing.isDone()) {
        List<JournalStore.Event> seen = replayAll(store); // would throw if an event were missing in between
        // All that it was about to read may have been deleted just before.
        seen.stream().reduce((any, last) -> last).ifPresent(last -> assertEquals(0, last.sequenceNr() % 10));
      }
      writing.join();
      assertEquals(events(387, 400, 100), replayAll(store));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one bit", "half the file", "all of it"})
  void aDamagedTableIsFoundOut(String damage) throws IOException {
    try (JournalStore store = open()) {
      for (int i = 1; i <= 30; i++) {
        store.write(events(i, i, 50_000));
      }
    }
    open().close(); // whatever was in the write-ahead log is in tables now
    Path table = firstTable();
    byte[] bytes = Files.readAllBytes(table);
    switch (damage) {
      case "one bit" -> {
        bytes[bytes.length / 2] ^= 4;
        Files.write(table, bytes);
      }
      case "half the file" -> Files.write(table, Arrays.copyOf(bytes, bytes.length / 2));
      case "all of it" -> Files.delete(table);
      default -> throw new AssertionError(damage);
    }
    assertThrows(CorruptJournalException.class, () -> {
      try (JournalStore store = open()) {
        replayAll(store);
      }
    });
  }

  @Test
  void eventsWithoutTheirValuesAreRefused() throws IOException {
    try (JournalStore store = open()) {
      store.write(events(1, 3, 10));
    }
    Files.move(directory.resolve("values"), directory.resolve("elsewhere"));
    assertThrows(CorruptJournalException.class, this::open);
  }

  private Path firstTable() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("events"))) {
      return files.filter(file -> file.toString().matches(".*\\.(sst|ldb)")).sorted().findFirst().orElseThrow();
    }
  }
}
