package troupe.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/troupe} as a person runs it, from a directory of their own. Runs after the jars are made. */
class LauncherIT {
  private static final Path LAUNCHER = Path.of("..", "bin", "troupe").toAbsolutePath().normalize();

  @TempDir private Path elsewhere;

  private record Outcome(int code, List<String> out, List<String> err) {}

  @Test
  void versionNamesTheJavaThatWasFound() throws Exception {
    Outcome version = run(Map.of(), "version");
    assertEquals(0, version.code, version::toString);
    assertEquals(List.of("Troupe", "Java", "Pekko"), version.out.stream().map(line -> line.split(" ")[0]).toList());
    assertTrue(Integer.parseInt(version.out.get(1).split("[ .+]")[1]) >= 21, version::toString);
    assertEquals(List.of(), version.err);
  }

  @Test
  void helpGoesToStandardOutput() throws Exception {
    Outcome help = run(Map.of(), "--help");
    assertEquals(0, help.code, help::toString);
    assertTrue(help.out.getFirst().startsWith("Usage: troupe"), help::toString);
    assertEquals(List.of(), help.err);
  }

  @Test
  void aLinkToTheLauncherFindsItsWayHome() throws Exception {
    Path link = Files.createSymbolicLink(elsewhere.resolve("troupe"), LAUNCHER);
    try {
      assertEquals(0, run(link, Map.of(), "version").code);
    } finally {
      Files.delete(link); // JUnit warns of links that lead out of its directory
    }
  }

  @Test
  void aTypoIsOneLineAndCodeTwo() throws Exception {
    Outcome start = run(Map.of(), "start", "-Dtroupe.client.prot=1");
    assertEquals(2, start.code, start::toString);
    assertEquals(List.of(), start.out);
    assertEquals(
        List.of("troupe: command line: there is no setting troupe.client.prot; the nearest is troupe.client.port"),
        start.err);
  }

  @Test
  void aPathIsRelativeToTheUsersDirectory() throws Exception {
    Files.writeString(elsewhere.resolve("my.conf"), "troupe.oops = 1");
    Outcome start = run(Map.of(), "start", "my.conf");
    assertTrue(start.err.getFirst().startsWith("troupe: my.conf: 1: there is no setting troupe.oops"), start::toString);
  }

  @Test
  void optionsOfTheUserWinAndOnlyTheirCollectorIsUsed() throws Exception {
    Outcome version = run(
        Map.of("TROUPE_JAVA_OPTS", "-Xmx64m  -XX:+UseSerialGC\n-XX:+PrintFlagsFinal"), "version");
    assertEquals(0, version.code, version::toString);
    assertEquals("67108864", flag(version, "MaxHeapSize"));
    assertEquals("true", flag(version, "UseSerialGC"));
    assertEquals("false", flag(version, "UseG1GC"));
  }

  @Test
  void withoutANewEnoughJavaThereIsAClearMessage() throws Exception {
    Outcome version = run(Map.of("TROUPE_JAVA_HOME", elsewhere.toString()), "version");
    assertEquals(1, version.code, version::toString);
    assertTrue(version.err.getFirst().startsWith("troupe: a JDK of version 21 or newer is needed"), version::toString);
  }

  @Test
  void anEnsembleOfThreeElectsALeaderServesAndStopsWithItsLauncher() throws Exception {
    int port = FreePorts.choose(1).getFirst() % 20_000 + 10_000; // below those that the system hands out, in threes
    Path out = elsewhere.resolve("ensemble");
    Process ensemble = launch(LAUNCHER, Map.of(), "ensemble", "3", "--port=" + port)
        .redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      String connect = "Connect to 127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d".formatted(port, port + 1, port + 2);
      await().atMost(Duration.ofMinutes(2)).failFast(() -> !ensemble.isAlive())
          .until(() -> Files.readAllLines(out).stream().anyMatch(line ->
              line.matches("leader: \\d; follower: \\d, \\d\\. " + Pattern.quote(connect))));
      List<ProcessHandle> servers = ensemble.children().toList();
      assertEquals(3, servers.size());
      ensemble.toHandle().destroy();
      assertTrue(ensemble.waitFor(60, TimeUnit.SECONDS));
      assertTrue(servers.stream().noneMatch(ProcessHandle::isAlive));
      for (int id = 1; id <= 3; id++) {
        assertTrue(Files.readAllLines(out).stream().anyMatch((id + " | has ended with code 143")::equals),
            () -> "no word of its end: " + out);
      }
    } finally {
      ensemble.descendants().forEach(ProcessHandle::destroyForcibly);
      ensemble.destroyForcibly();
    }
  }

  private static String flag(Outcome outcome, String name) {
    return outcome.out.stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 3 && words[1].equals(name))
        .map(words -> words[3])
        .findFirst().orElseThrow();
  }

  private Outcome run(Map<String, String> environment, String... args) throws IOException, InterruptedException {
    return run(LAUNCHER, environment, args);
  }

  private Outcome run(Path launcher, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    Path out = elsewhere.resolve("out");
    Path err = elsewhere.resolve("err");
    Process process = launch(launcher, environment, args)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end: " + List.of(args));
    }
    return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
  }

  private ProcessBuilder launch(Path launcher, Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "TROUPE_JAVA_OPTS"));
    builder.environment().put("TROUPE_NO_BUILD", "1"); // the build that runs this test is the one to test
    builder.environment().putAll(environment);
    return builder;
  }
}
