package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import troupe.actors.ServerSettings;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.ServerId;

/** With a launcher that starts no server, but tells what it was asked for. */
class LocalEnsembleTest {
  @TempDir private Path dir;

  private final StringWriter out = new StringWriter();

  @Test
  void everyServerIsStartedWithItsFileAndHeardWithItsNumber() throws IOException {
    assertEquals(1, execute("echo $TROUPE_JAVA_OPTS $@; exit $((40 + $(basename $(dirname $2))))",
        "2", "--data-dir=" + dir, "-Dtroupe.tick=1s"));
    for (int id : new int[] {1, 2}) {
      assertTrue(lines().stream().anyMatch(line -> line.startsWith(id + " | -Xmx512m")
          && line.endsWith("start " + file(id) + " -Dtroupe.tick=1s")), out::toString);
      assertTrue(lines().contains(id + " | has ended with code " + (40 + id)), out::toString);
    }
  }

  @Test
  void oneThatEndsDoesNotEndTheOthers() throws IOException {
    // The second waits for what the first leaves when it ends.
    execute("if [ $2 = " + file(2) + " ]; then while [ ! -e " + dir + "/over ]; do sleep 0.1; done; echo still here;"
        + " else trap 'touch " + dir + "/over' EXIT; fi", "2", "--data-dir=" + dir);
    List<String> lines = lines();
    assertTrue(lines.indexOf("1 | has ended with code 0") >= 0, out::toString);
    assertTrue(lines.contains("2 | still here"), out::toString);
  }

  @Test
  void theFilesDescribeOneEnsemble() throws IOException {
    execute("exit 0", "3", "--data-dir=" + dir, "--port=5000");
    for (int id = 1; id <= 3; id++) {
      Settings settings = Settings.load(Optional.of(file(id)), Map.of(), new Properties());
      Ensemble ensemble = ServerSettings.from(settings.config().getConfig("troupe")).ensemble();
      assertEquals(new ServerId(id), ensemble.self());
      assertEquals(
          List.of(member(1, 6000, 7000), member(2, 6001, 7001), member(3, 6002, 7002)), ensemble.members());
      assertEquals(5000 + id - 1, settings.config().getInt("troupe.client.port"));
      assertEquals(7626 + id - 1, settings.config().getInt("troupe.management.port"));
      assertEquals(dir.resolve(String.valueOf(id)).toString(),
          settings.config().getString("troupe.persistence.data-dir"));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 2181", "10, 2181", "3, 0", "3, 63534", "3, 70000"})
  void numbersThatCannotBeAreRefused(String servers, String port) throws IOException {
    assertEquals(2, execute("exit 0", servers, "--port=" + port, "--data-dir=" + dir));
    assertEquals(List.of(dir.resolve("launcher")), filesIn(dir));
  }

  private static Member member(int id, int port, int lifeLinePort) {
    return new Member(new ServerId(id), Role.VOTER, "127.0.0.1", port, lifeLinePort);
  }

  private Path file(int id) {
    return dir.resolve(String.valueOf(id)).resolve("troupe.conf");
  }

  private List<String> lines() {
    return out.toString().lines().toList();
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private int execute(String script, String... args) throws IOException {
    Path launcher = Files.createFile(dir.resolve("launcher"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(launcher, "#!/bin/sh\n" + script + "\n");
    CommandLine commandLine = new CommandLine(new LocalEnsemble(Optional.of(launcher)))
        .setExecutionExceptionHandler((exception, line, parsed) -> exception instanceof Refused ? 2 : 99);
    commandLine.setOut(new PrintWriter(out, true));
    return commandLine.execute(args);
  }
}
