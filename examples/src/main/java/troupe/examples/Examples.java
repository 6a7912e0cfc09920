package troupe.examples;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** The command line: {@code bin/example NAME}. Ends with 0 if all went right, with 1 if not, with 2 if it makes no sense. */
public final class Examples {
  /** Nothing takes that long, unless the servers are away. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  static final int RIGHT = 0;
  static final int WRONG = 1;

  private static final int MAKES_NO_SENSE = 2;

  private static final String USAGE = """
      Usage: bin/example NAME [--servers HOST:PORT,...] [--host HOST] [--size NUMBER]

        master-worker   a master gives tasks to workers, and both are killed           size: tasks, 60
        load-balancing  calls go to the services that there are, by their weight       size: calls, 300
        paused-holder   who was paused with a lock writes too late, and is refused     size: who are paused, 2

      --servers  of the ensemble, with the ports by which they know each other;
                 without it those of 'bin/troupe ensemble 3': 127.0.0.1:3181,127.0.0.1:3182,127.0.0.1:3183
      --host     of this machine, as the servers reach it; without it 127.0.0.1""";

  private interface Program {
    /** Returns the exit code: {@link #RIGHT}, {@link #WRONG} or one of its own. */
    int run(Options options) throws Exception;
  }

  private static final Map<String, Program> STORIES = Map.of(
      "master-worker", MasterWorker::run,
      "load-balancing", LoadBalancing::run,
      "paused-holder", PausedHolder::run);

  /** The processes that these begin. */
  private static final Map<String, Program> PARTS = Map.of(
      "member", MasterWorker::member,
      "greeter", Greeter::run,
      "writer", Writer::run);

  private Examples() {}

  public static void main(String[] arguments) {
    LoggerFactory.getILoggerFactory(); // now, not when several threads want one at once, of which it would complain
    System.exit(run(Arrays.asList(arguments)));
  }

  private static int run(List<String> arguments) {
    if (arguments.isEmpty() || arguments.contains("--help")) {
      System.out.println(USAGE);
      return arguments.isEmpty() ? MAKES_NO_SENSE : RIGHT;
    }
    String name = arguments.getFirst();
    Program part = PARTS.get(name);
    Program program = part == null ? STORIES.get(name) : part;
    try {
      if (program == null) {
        throw new IllegalArgumentException("there is no example '" + name + "'; see bin/example --help");
      }
      Options options = Options.read(arguments.subList(1, arguments.size()));
      if (part == null && !options.words().isEmpty()) {
        throw new IllegalArgumentException("what is '" + options.words().getFirst() + "'? See bin/example --help");
      }
      if (part != null) {
        // Whoever kills the one who tells the story ends the story.
        ProcessHandle.current().parent().ifPresent(
            parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
      }
      return program.run(options);
    } catch (IllegalArgumentException wrong) {
      System.err.println("example: " + wrong.getMessage());
      return MAKES_NO_SENSE;
    } catch (Exception failed) {
      System.err.println("example: it failed: " + failed.getMessage());
      return WRONG;
    }
  }

  static int exitCode(boolean isRight) {
    return isRight ? RIGHT : WRONG;
  }

  /** One line of the story. */
  static void say(String who, String what) {
    System.out.println(who + ": " + what);
  }
}
