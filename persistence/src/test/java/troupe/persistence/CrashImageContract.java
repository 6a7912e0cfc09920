package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.persistence.Journals.events;
import static troupe.persistence.Journals.replayAll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What LevelDB itself wrote, copied while it was open and then damaged. */
abstract class CrashImageContract {
  private static final int EVENTS = 6;
  private static final int SIZE = 7000; // some of these records lie in two blocks

  private final boolean nativeLibrary;
  private byte[] log;
  private int lastBegin;

  @TempDir
  Path scratch;

  CrashImageContract(boolean nativeLibrary) {
    this.nativeLibrary = nativeLibrary;
  }

  @BeforeEach
  void makeImage() throws IOException {
    Path live = scratch.resolve("live");
    try (JournalStore store = Journals.open(live, nativeLibrary)) {
      store.write(events(1, EVENTS - 3, SIZE));
      store.write(events(EVENTS - 2, EVENTS - 2, SIZE));
      store.write(events(EVENTS - 1, EVENTS - 1, SIZE));
      Path before = Journals.crashImage(live, scratch.resolve("before"));
      lastBegin = endOf(Files.readAllBytes(Journals.eventLog(before)));
      store.write(events(EVENTS, EVENTS, 60));
      Journals.crashImage(live, scratch.resolve("image"));
    }
    log = Files.readAllBytes(Journals.eventLog(scratch.resolve("image")));
  }

  private static int endOf(byte[] log) {
    return assertInstanceOf(WriteAheadLog.Whole.class, WriteAheadLog.judge(log)).end();
  }

  private static int endOfWhatIsKept(WriteAheadLog.Verdict verdict) {
    return switch (verdict) {
      case WriteAheadLog.Whole whole -> whole.end();
      case WriteAheadLog.Torn torn -> torn.end();
      case WriteAheadLog.Corrupt corrupt -> throw new AssertionError(corrupt);
    };
  }

  private JournalStore openWith(byte[] damaged, String name) throws IOException {
    Path image = Journals.crashImage(scratch.resolve("image"), scratch.resolve(name));
    Files.write(Journals.eventLog(image), damaged);
    return Journals.open(image, nativeLibrary);
  }

  @Test
  void theImageOfALiveDatabaseHasAllThatWasSynced() throws IOException {
    try (JournalStore store = openWith(log, "whole")) {
      assertEquals(events(1, EVENTS - 1, SIZE), replayAll(store).subList(0, EVENTS - 1));
      assertEquals(EVENTS, store.highestSequenceNr(Journals.LOG));
    }
  }

  @Test
  void cuttingTheLastRecordAnywhereLosesThatRecordAndNoOther() throws IOException {
    for (int cut = lastBegin; cut < endOf(log); cut++) {
      WriteAheadLog.Verdict verdict = WriteAheadLog.judge(Arrays.copyOf(log, cut));
      assertEquals(lastBegin, endOfWhatIsKept(verdict), "cut at " + cut);
    }
    for (int cut = lastBegin; cut < endOf(log); cut += 11) { // all kinds of places: an image costs several syncs
      try (JournalStore store = openWith(Arrays.copyOf(log, cut), "cut-" + cut)) {
        assertEquals(events(1, EVENTS - 1, SIZE), replayAll(store), "cut at " + cut);
        store.write(events(EVENTS, EVENTS, 60));
      }
      byte[] zeroed = Arrays.copyOf(Arrays.copyOf(log, cut), log.length);
      try (JournalStore store = openWith(zeroed, "zeroed-" + cut)) {
        assertEquals(EVENTS - 1, store.highestSequenceNr(Journals.LOG), "zeros from " + cut);
      }
    }
  }

  @Test
  void aFlippedBitAnywhereIsRefused() throws IOException {
    int end = endOf(log);
    for (int offset = 0; offset < end; offset++) {
      byte[] flipped = log.clone();
      flipped[offset] ^= (byte) (1 << offset % 8);
      boolean unused = WriteAheadLog.judge(flipped).equals(new WriteAheadLog.Whole(end));
      // Bytes no record has: at most six at the end of a block.
      assertTrue(!unused || offset % WriteAheadLog.BLOCK >= WriteAheadLog.BLOCK - 6, "flipped at " + offset);
      if (offset % 997 == 0) {
        CorruptJournalException refused =
            assertThrows(CorruptJournalException.class, () -> openWith(flipped, "flipped-" + flipped.hashCode()));
        assertTrue(refused.getMessage().contains("offset"), refused.getMessage());
      }
    }
  }

  @Test
  void aTornLogIsCorruptWhenALaterLogHasRecords() throws IOException {
    Path image = Journals.crashImage(scratch.resolve("image"), scratch.resolve("two"));
    Path first = Journals.eventLog(image);
    Files.write(first, Arrays.copyOf(log, endOf(log) - 5));
    Files.write(first.resolveSibling("999999.log"), log);
    assertThrows(CorruptJournalException.class, () -> Journals.open(image, nativeLibrary));
    Files.write(first.resolveSibling("999999.log"), new byte[4096]); // made, and never written to
    WriteAheadLogCheck.repair(first.getParent());
    assertEquals(lastBegin, Files.size(first));
  }
}
