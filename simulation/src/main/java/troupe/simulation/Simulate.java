package troupe.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line: hunts through many seeds, or replays one. */
@Command(
    name = "troupe simulate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs whole ensembles with clients in simulated time, with everything going wrong, and checks what"
        + " they promise. What a seed does it does again.")
public final class Simulate implements Callable<Integer> {
  private static final int LAST_LINES = 40;
  private static final int SHORTENING_RUNS = 100;
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  @Option(names = "--seeds", paramLabel = "N", defaultValue = "1000", description = "How many worlds; ${DEFAULT-VALUE}.")
  private long seeds;

  @Option(names = "--from", paramLabel = "SEED", defaultValue = "1", description = "The first seed; ${DEFAULT-VALUE}.")
  private long from;

  @Option(names = "--minutes", paramLabel = "M", defaultValue = "525600", showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "Begin no new world after so many minutes.")
  private long minutes;

  @Option(names = "--threads", paramLabel = "N", defaultValue = "0", showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "Worlds at a time; one for each processor if not given.")
  private int threads;

  @Option(names = "--until-failure", description = "Begin no new world after the first that went wrong.")
  private boolean untilFailure;

  @Option(names = "--replay", paramLabel = "SEED", description = "Run this one and tell its story.")
  private Optional<Long> replay = Optional.empty();

  @Option(names = "--without", paramLabel = "N", split = ",",
      description = "With --replay: spare the world these of its misfortunes.")
  private Set<Integer> without = Set.of();

  @Option(names = "--trace", paramLabel = "FILE", description = "With --replay: write every task, request and answer there.")
  private Optional<Path> trace = Optional.empty();

  private final PrintWriter out;
  private Optional<World.Result> first = Optional.empty();

  private Simulate(PrintWriter out) {
    this.out = out;
  }

  public static void main(String[] arguments) {
    System.exit(run(new PrintWriter(System.out, true), arguments));
  }

  /**
   * The same for a caller who goes on.
   *
   * @return 0 if nothing was found, 1 if something was
   */
  public static int run(PrintWriter out, String... arguments) {
    return new CommandLine(new Simulate(out)).execute(arguments);
  }

  /** 1 if something was found. */
  @Override
  public Integer call() throws Exception {
    return replay.isPresent() ? replay(replay.get()) : hunt();
  }

  private int hunt() throws InterruptedException, IOException {
    Logs.collect(false);
    Hunt hunt = new Hunt(from, seeds, Duration.ofMinutes(minutes), untilFailure, this::report);
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      clock.scheduleAtFixedRate(() -> out.println(hunt.progress()),
          PROGRESS.toSeconds(), PROGRESS.toSeconds(), TimeUnit.SECONDS);
      hunt.run(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
      clock.shutdownNow();
    }
    out.print(hunt.summary());
    out.flush();
    if (first.isPresent()) {
      tellShortly(first.get());
    }
    return hunt.failures() == 0 ? 0 : 1;
  }

  private void report(World.Result result) {
    first = first.or(() -> Optional.of(result));
    out.println("seed " + result.seed() + " after " + result.time().toMillis() + " ms: "
        + result.failure().orElseThrow().getMessage());
    out.println("  bin/troupe simulate --replay " + result.seed());
  }

  /** Of all that went wrong in a world, only what it takes. */
  private void tellShortly(World.Result failed) throws IOException {
    out.printf("looking for a shorter story of seed %d, which has %d misfortunes%n", failed.seed(), failed.misfortunes());
    try (Turns turns = new Turns()) {
      without = Shortening.needless(failed, turns, SHORTENING_RUNS);
    }
    out.printf("%d of them are enough:%n", failed.misfortunes() - without.size());
    replay(failed.seed());
    out.println("bin/troupe simulate --replay " + failed.seed() + (without.isEmpty() ? "" : " --without "
        + without.stream().map(Object::toString).collect(Collectors.joining(","))));
  }

  private int replay(long seed) throws IOException {
    Logs.collect(true);
    Deque<String> last = new ArrayDeque<>();
    World.Result result;
    try (Turns turns = new Turns();
        PrintWriter file = trace.isPresent()
            ? new PrintWriter(Files.newBufferedWriter(trace.get()))
            : new PrintWriter(PrintWriter.nullWriter())) {
      result = new World(seed, without, line -> {
        file.println(line);
        last.add(line);
        if (last.size() > LAST_LINES && trace.isPresent()) {
          last.remove();
        }
      }, trace.isPresent()).run(turns);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    last.forEach(out::println);
    result.failure().ifPresentOrElse(
        failure -> failure.printStackTrace(out), () -> out.println("and nothing was wrong"));
    out.println("seed " + seed + ": " + result.steps() + " steps, trace " + Long.toHexString(result.trace()));
    return result.failure().isPresent() ? 1 : 0;
  }
}
