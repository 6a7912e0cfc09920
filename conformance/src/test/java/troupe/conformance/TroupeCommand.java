package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What one of the operator's commands, or the shell, as typed, came to. */
record TroupeCommand(int code, List<String> out, List<String> err) {
  private static final Path LAUNCHER = Path.of("..", "bin", "troupe").toAbsolutePath().normalize();
  private static final int PATIENCE_SECONDS = 120;

  /** @param directory for files of its own */
  static TroupeCommand run(Path directory, Map<String, String> environment, Object... arguments)
      throws IOException, InterruptedException {
    return read(directory, List.of(), environment, arguments);
  }

  /** The same, with {@code lines} as its standard input. */
  static TroupeCommand read(
      Path directory, List<String> lines, Map<String, String> environment, Object... arguments)
      throws IOException, InterruptedException {
    Path in = Files.write(directory.resolve("in"), lines);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder = builder(arguments)
        .redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(builder.command() + " did not end");
    }
    return new TroupeCommand(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
  }

  /** The launcher, without what the environment of the tests would change. */
  static ProcessBuilder builder(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TROUPE_NO_BUILD", "1"); // the build that runs this test is the one to test
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "TROUPE_JAVA_OPTS"));
    return builder;
  }

  TroupeCommand expect(int expected) {
    assertEquals(expected, code, this::toString);
    return this;
  }
}
