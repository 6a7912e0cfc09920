package troupe.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import troupe.persistence.CorruptJournalException;
import troupe.persistence.DiskFullException;
import troupe.persistence.JournalStore;
import troupe.persistence.Room;

/** What a simulated disk keeps, and what it loses. */
class DiskTest {
  private static final String ID = "some-log";

  private record Place(Kernel kernel, Disk disk, SimulatedJournal journal, SimulatedFiles files) {}

  private static void on(long seed, Consumer<Place> test) {
    InKernel.run(seed, kernel -> {
      Disk disk = new Disk(kernel, new SplittableRandom(seed));
      SimulatedFiles files = new SimulatedFiles(disk, new SplittableRandom(seed));
      test.accept(new Place(kernel, disk, new SimulatedJournal(files.path("/log"), disk), files));
      kernel.end();
    });
  }

  private static JournalStore.Event event(long number) {
    return new JournalStore.Event(ID, number, ByteString.copyFromUtf8("event " + number));
  }

  private static long count(JournalStore journal) {
    long[] count = {0};
    journal.replay(ID, 1, Long.MAX_VALUE, Long.MAX_VALUE, event -> ++count[0] > 0);
    return count[0];
  }

  @Test
  void whatAWriteHasReturnedFromSurvivesEveryPowerCut() {
    on(1, place -> {
      place.journal.write(List.of(event(1), event(2)));
      place.journal.put("name", ByteString.copyFromUtf8("value"));
      SimulatedJournal after = place.journal.reopened(place.journal.unsynced());
      assertEquals(2, count(after));
      assertEquals(List.of("name"), after.names("n"));
      assertThrows(IllegalArgumentException.class, () -> after.write(List.of(event(4))));
    });
  }

  @Test
  void aWriteUnderWayIsLostOrNot() {
    on(1, place -> {
      place.kernel.execute(place.kernel.outside(), () -> place.journal.write(List.of(event(1))));
      place.kernel.sleep(Duration.ofNanos(1));
      assertEquals(1, place.journal.unsynced());
      assertEquals(0, count(place.journal.reopened(1)));
      assertEquals(1, count(place.journal.reopened(0)));
    });
  }

  @Test
  void afterAFailedSyncNothingIsWrittenAnyMore() {
    on(1, place -> {
      place.disk.failOnce();
      assertThrows(IllegalStateException.class, () -> place.journal.write(List.of(event(1))));
      assertThrows(IllegalStateException.class, () -> place.journal.write(List.of(event(1))));
      assertTrue(place.journal.broken().isPresent());
    });
  }

  @Test
  void aFullDiskRefusesAndForgives() {
    on(1, place -> {
      place.disk.setRoom(Room.NONE);
      assertThrows(DiskFullException.class, () -> place.journal.write(List.of(event(1))));
      place.disk.setRoom(Room.ENOUGH);
      place.journal.write(List.of(event(1)));
      assertEquals(1, count(place.journal));
    });
  }

  @Test
  void aDamagedEventIsNoticedByTheNextProcessUntilItIsRestored() {
    on(1, place -> {
      place.journal.write(List.of(event(1), event(2)));
      assertTrue(place.journal.damage(ID, new Random(1)));
      assertEquals(2, count(place.journal));
      SimulatedJournal after = place.journal.reopened(0);
      assertThrows(CorruptJournalException.class, () -> count(after));
      assertTrue(after.restore());
      assertEquals(2, count(after));
      assertFalse(after.restore());
    });
  }

  private static void write(Path file, String content, boolean force) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content.getBytes()));
      if (force) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sync(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "none";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileIsSafeWhenItIsForcedAndItsDirectoryIs() {
    on(1, place -> {
      Path temporary = place.files.path("/data/a.tmp");
      Path file = temporary.resolveSibling("a");
      write(temporary, "content", true);
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      sync(file.getParent());
      assertEquals("content", read(place.files.reopened(true).path("/data/a")));
    });
  }

  /** With enough seeds each of what may be left of it. */
  @Test
  void withoutThatAPowerCutLeavesNothingOfItOrSomethingOrAll() {
    Set<String> left = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      on(seed, place -> {
        write(place.files.path("/data/a"), "ab", false);
        assertEquals("ab", read(place.files.reopened(false).path("/data/a")), "a kill loses nothing");
        left.add(read(place.files.reopened(true).path("/data/a")));
      });
    }
    assertEquals(Set.of("none", "", "a", "\0", "ab", "a\0", "\0\0"), left);
  }
}
