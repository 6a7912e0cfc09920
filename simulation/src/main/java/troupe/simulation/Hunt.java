package troupe.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Runs world after world, several at a time, and adds up what they came to. Threads share nothing but the sums. */
final class Hunt {
  private final long from;
  private final long seeds;
  private final long deadline;
  private final boolean untilFailure;
  private final Consumer<World.Result> onFailure;
  private final AtomicLong next = new AtomicLong();
  private final Counts counts = new Counts();
  private final Coverage coverage = new Coverage();
  private final long begin = System.nanoTime();
  private long runs;
  private long failures;
  private long steps;
  private Duration time = Duration.ZERO;

  /**
   * @param time after which no new world is begun
   * @param untilFailure whether the first failure is the end too
   * @param onFailure hears of a world that went wrong, at once
   */
  Hunt(long from, long seeds, Duration time, boolean untilFailure, Consumer<World.Result> onFailure) {
    this.from = from;
    this.seeds = seeds;
    this.deadline = begin + time.toNanos();
    this.untilFailure = untilFailure;
    this.onFailure = onFailure;
  }

  /** Returns when all worlds have been run, or the time is over. */
  void run(int threads) throws InterruptedException {
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(Thread.ofPlatform().start(this::work));
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  private void work() {
    try (Turns turns = new Turns()) {
      for (long i = next.getAndIncrement(); i < seeds && !isOver(); i = next.getAndIncrement()) {
        add(new World(from + i).run(turns));
      }
    }
  }

  private boolean isOver() {
    return System.nanoTime() >= deadline || untilFailure && failures() > 0;
  }

  private synchronized void add(World.Result result) {
    runs++;
    steps += result.steps();
    time = time.plus(result.time());
    counts.add(result.counts());
    coverage.add(result.coverage());
    if (result.failure().isPresent()) {
      failures++;
      onFailure.accept(result);
    }
  }

  synchronized long failures() {
    return failures;
  }

  /** One line for those who wait. */
  synchronized String progress() {
    double seconds = (System.nanoTime() - begin) / 1e9;
    return "%,d of %,d seeds in %.0f s, %d failed; %.0f seeds a minute, %,.0f steps a second, %.0f times real time"
        .formatted(runs, seeds, seconds, failures, runs / seconds * 60, steps / seconds, time.toMillis() / 1e3 / seconds);
  }

  synchronized String summary() {
    return "%s%n%.1f hours of simulated time, from seed %d on, with%n%s%s"
        .formatted(progress(), time.toMinutes() / 60.0, from, counts, coverage);
  }
}
