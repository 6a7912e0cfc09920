package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  @TempDir
  Path parent;

  @Test
  void closingKillsWhatRunsAndRemovesItsData() throws IOException {
    Launcher launcher = launcher("sleep 600");
    Server server = launcher.install(Product.TROUPE).start();
    assertTrue(server.process().isAlive());
    launcher.close();
    assertFalse(server.process().isAlive());
    assertFalse(Files.exists(launcher.root()));
  }

  @Test
  void nothingStartsAfterTheClose() throws IOException {
    Launcher launcher = launcher("sleep 600");
    launcher.close();
    assertThrows(IllegalStateException.class, () -> launcher.start(new ProcessBuilder("sleep", "600")));
  }

  @Test
  void aServerThatDiesBeforeItServesIsToldWithItsLastWords() throws IOException {
    try (Launcher launcher = launcher("ls {data}/nothing-of-that-name");
        Server server = launcher.install(Product.TROUPE).start()) {
      IOException failure = assertThrows(IOException.class, server::whenServing);
      assertTrue(failure.getMessage().contains("nothing-of-that-name"), failure::getMessage);
    }
  }

  @Test
  void aServerStartedAgainFindsItsDataAgain() throws IOException, InterruptedException {
    try (Launcher launcher = launcher("mkdir {data}/once")) {
      Installation installation = launcher.install(Product.TROUPE);
      assertEquals(0, installation.start().process().waitFor());
      assertEquals(1, installation.start().process().waitFor());
    }
  }

  private Launcher launcher(String line) throws IOException {
    return new Launcher(parent, new Commands(parent, parent, "", "", Map.of(Product.TROUPE, line), Map.of()));
  }
}
