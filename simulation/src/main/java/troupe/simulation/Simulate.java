package troupe.simulation;

import java.time.Duration;
import java.util.function.Consumer;

/** The program. */
public final class Simulate {
  private Simulate() {}

  public static void main(String[] arguments) {
    long from = Long.parseLong(arguments[0]);
    long count = Long.parseLong(arguments[1]);
    boolean tell = arguments.length > 2;
    Logs.collect(tell);
    Consumer<String> story = tell ? System.out::println : line -> {};
    try (Turns turns = new Turns()) {
      long begin = System.nanoTime();
      long steps = 0;
      Duration time = Duration.ZERO;
      int failures = 0;
      java.util.Map<String, Long> counts = new java.util.TreeMap<>();
      for (long seed = from; seed < from + count; seed++) {
        World.Result result = new World(seed, story).run(turns);
        steps += result.steps();
        time = time.plus(result.time());
        result.counts().forEach((k, v) -> counts.merge(k, v, Long::sum));
        if (result.failure().isPresent()) {
          failures++;
          System.out.println("seed " + seed + ": " + result.failure().get());
          if (tell || failures == 1) {
            result.failure().get().printStackTrace(System.out);
          }
        }
        if (count <= 10) {
          System.out.println(result);
        }
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf("%d runs, %d failures, %.1f s, %d steps, %.0f steps/s, virtual %.1f h, ratio %.0f%n%s%n",
          count, failures, seconds, steps, steps / seconds, time.toSeconds() / 3600.0, time.toSeconds() / seconds, counts);
    }
  }
}
