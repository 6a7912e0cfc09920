package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir
  Path parent;

  @Test
  void aDirectoryIsMadeAndHeldByOne() throws Exception {
    Path path = parent.resolve("a/b");
    try (DataDirectory held = DataDirectory.hold(path)) {
      assertTrue(Files.isDirectory(held.path()));
      DirectoryInUseException refused = assertThrows(DirectoryInUseException.class, () -> DataDirectory.hold(path));
      assertEquals("data directory " + path + " is in use by process " + ProcessHandle.current().pid()
          + "; stop it first or choose another troupe.persistence.data-dir", refused.getMessage());
    }
  }

  @Test
  void whatAKilledHolderLeftDoesNotMatter() throws Exception {
    Files.writeString(parent.resolve("troupe.lock"), "4194304000");
    try (DataDirectory held = DataDirectory.hold(parent)) {
      assertEquals(parent, held.path());
    }
    DataDirectory.hold(parent).close();
  }
}
