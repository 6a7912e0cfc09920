package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.persistence.Journals.events;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalStoreTest {
  @Test
  void afterAFailedWriteThereAreNoMoreAndEachNamesTheFirstCause(@TempDir Path directory) {
    try (JournalStore store = Journals.open(directory, false)) {
      store.write(events(1, 3, 10));
      Thread.currentThread().interrupt(); // closes the file under the port: an I/O error of the real kind
      IllegalStateException first = assertThrows(IllegalStateException.class, () -> store.write(events(4, 4, 10)));
      assertTrue(Thread.interrupted());
      IllegalStateException second = assertThrows(IllegalStateException.class, () -> store.write(events(4, 4, 10)));
      assertSame(first.getCause(), second.getCause());
      assertSame(first.getCause(), store.broken().orElseThrow());
      assertEquals(events(1, 3, 10), Journals.replayAll(store));
    }
    try (JournalStore store = Journals.open(directory, false)) {
      long highest = store.highestSequenceNr(Journals.LOG);
      assertEquals(events(1, highest, 10), Journals.replayAll(store)); // the doubtful event as a whole, or not at all
    }
  }

  @Nested
  class OnTheNativeLibrary extends JournalStoreContract {
    OnTheNativeLibrary() {
      super(true);
    }
  }

  @Nested
  class OnThePortToJava extends JournalStoreContract {
    OnThePortToJava() {
      super(false);
    }
  }
}
