package troupe.examples;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Another process of the same example, to which things happen. */
record Child(String name, Process process) implements AutoCloseable {
  /**
   * Starts one; it says what it has to say where this process does.
   *
   * @param program one of {@link Examples}
   * @param words what that is told
   */
  static Child start(Options options, String program, String name, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Examples.class.getName(), program, name));
    command.addAll(List.of(words));
    command.addAll(options.forChild());
    return new Child(name, new ProcessBuilder(command).inheritIO().start());
  }

  /** SIGKILL: it has no time for a word. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGTERM: it may put its things in order. */
  void stop() {
    process.destroy();
  }

  /** SIGCONT: it goes on where it stood still. */
  void resume() throws IOException, InterruptedException {
    signal("CONT", process.pid());
  }

  /** SIGSTOP: this process stands still, as in a long pause of its garbage collector, until another lets it go on. */
  static void standStill() throws IOException, InterruptedException {
    signal("STOP", ProcessHandle.current().pid());
  }

  private static void signal(String signal, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
  }

  int awaitEnd() throws InterruptedException, TimeoutException {
    if (!process.waitFor(Examples.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException(name + " does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
