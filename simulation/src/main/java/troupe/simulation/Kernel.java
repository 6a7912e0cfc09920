package troupe.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.dispatch.Mailbox;

/**
 * Time, chance and the order of everything in one world. All that any dispatcher is given, all that any timer does and
 * all that the world does by itself are tasks here; one runs at a time, drawn from those that could. A task takes no
 * time, unless it waits ({@link #sleep}). When nothing is left to do, the clock jumps to the next timer.
 */
final class Kernel {
  /** Thrown out of a task that was waiting when its life ended: nothing it does from here on has an effect. */
  static final class PowerCut extends Error {
    private PowerCut() {
      super("this life has ended", null, false, false);
    }
  }

  /** Something that can run now. */
  private record Task(Lane lane, Runnable work) {}

  private final class Timer implements Comparable<Timer>, Cancellable {
    final long due;
    final long number;
    final Lane lane;
    final Runnable work;
    boolean cancelled;
    boolean fired;

    Timer(long due, Lane lane, Runnable work) {
      this.due = due;
      this.number = timersSet++;
      this.lane = lane;
      this.work = work;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(due, other.due);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }

    @Override
    public boolean cancel() {
      boolean first = !cancelled && !fired;
      cancelled = true;
      return first;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }

  /** An actor's reference has another hash code in every run; its path is always the same. */
  private static final Comparator<Task> BY_PATH =
      Comparator.comparing((Task task) -> task.lane.number()).thenComparing(task -> describe(task.work));

  /** Beyond so many steps without time passing, actors are only telling each other the same things again and again. */
  private static final long LONGEST_INSTANT = 3_000_000;

  private final SplittableRandom random;
  private final long grain;
  private final List<Task> runnable = new ArrayList<>();
  /** What the present step has added to it. */
  private final List<Task> added = new ArrayList<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final SequencedSet<Turns.Seat> waiting = new LinkedHashSet<>();
  private final Lane outside = new Lane(this, "world");
  private Runnable afterEachStep = () -> {};
  private Runnable onEnd = () -> {};
  private BiConsumer<Lane, Runnable> onTask = (lane, work) -> {};
  private Logs.Listener onLog = (by, error, message, cause) -> {};
  private Lane current = outside;
  private Optional<Throwable> failure = Optional.empty();
  private boolean over;
  private long now;
  private long steps;
  private long stepsAtLastJump;
  private long timersSet;
  private long trace;

  Kernel(SplittableRandom random) {
    this(random, Duration.ofNanos(1));
  }

  /** @param grain of time: the coarser, the more happens at one instant, in an order that is left to chance */
  Kernel(SplittableRandom random, Duration grain) {
    this.random = random;
    this.grain = grain.toNanos();
  }

  /** Nanoseconds since the world began. */
  long now() {
    return now;
  }

  /** Tasks run so far. */
  long steps() {
    return steps;
  }

  /** A number that differs, but for bad luck, between runs that differ in what ran when. */
  long trace() {
    return trace;
  }

  /** The lane of what happens in no server. */
  Lane outside() {
    return outside;
  }

  /** The lane of the task that runs. */
  Lane current() {
    return current;
  }

  void afterEachStep(Runnable check) {
    afterEachStep = check;
  }

  /** Hears of every task before it runs. */
  void onTask(BiConsumer<Lane, Runnable> listener) {
    onTask = onTask.andThen(listener);
  }

  /** What a task is, for a trace. */
  static String describe(Runnable work) {
    return work instanceof Mailbox mailbox
        ? mailbox.actor().self().path().toStringWithoutAddress()
        : work.getClass().getName().replaceAll("/0x.*", "");
  }

  void onEnd(Runnable action) {
    onEnd = action;
  }

  void onLog(Logs.Listener listener) {
    onLog = listener;
  }

  void logged(boolean error, String message, Optional<Throwable> cause) {
    onLog.logged(current, error, message, cause);
  }

  boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }

  /** Ends the world: something is wrong with it. The first to say so counts. */
  void fail(Throwable cause) {
    if (failure.isEmpty()) {
      failure = Optional.of(cause);
    }
    over = true;
  }

  Optional<Throwable> failure() {
    return failure;
  }

  void execute(Lane lane, Runnable work) {
    Turns.checkTurn();
    if (lane.isDead()) {
      return;
    }
    if (lane.isHeld()) {
      lane.park(work);
    } else {
      added.add(new Task(lane, work));
    }
  }

  Cancellable after(Duration delay, Lane lane, Runnable work) {
    Turns.checkTurn();
    long due = now + Math.max(0, delay.toNanos());
    Timer timer = new Timer((due + grain - 1) / grain * grain, lane, work);
    timers.add(timer);
    return timer;
  }

  /** For what the world does: no server's pause or end keeps it from happening. */
  Cancellable after(Duration delay, Runnable work) {
    return after(delay, outside, work);
  }

  /**
   * The task that runs waits for so long, others go on meanwhile.
   *
   * @throws PowerCut if its life ends in the meantime
   */
  void sleep(Duration duration) {
    Lane mine = current;
    if (over || mine.isDead()) {
      throw new PowerCut();
    }
    takeAdded();
    Turns.waitHere(seat -> {
      waiting.add(seat);
      after(duration, () -> wake(mine, seat));
    });
    current = mine;
    if (over || mine.isDead()) {
      throw new PowerCut();
    }
  }

  private void wake(Lane lane, Turns.Seat seat) {
    Runnable goOn = () -> {
      waiting.remove(seat);
      Turns.switchTo(seat);
    };
    // Who waited in a life that has ended has to come to its end as well.
    execute(lane.isDead() ? outside : lane, goOn);
  }

  /**
   * An actor that ends tells those that it watches, or that watch it, in the order of a hash table: of a Scala set also
   * when it is small, if it was larger before.
   */
  private void takeAdded() {
    if (added.size() > 1) {
      added.sort(BY_PATH);
    }
    runnable.addAll(added);
    added.clear();
  }

  /** One task, or a jump in time to the next. */
  void step() {
    try {
      takeAdded();
      if (runnable.isEmpty() && !jump()) {
        throw new IllegalStateException("nothing is left to do, not even a timer");
      }
      Task task = draw();
      if (task.lane.isDead()) {
        return;
      }
      if (task.lane.isHeld()) {
        task.lane.park(task.work);
        return;
      }
      steps++;
      trace = (trace ^ now ^ (long) task.lane.number() << 48) * 0x9E37_79B9_7F4A_7C15L + runnable.size();
      current = task.lane;
      onTask.accept(task.lane, task.work);
      task.work.run();
      afterEachStep.run();
      if (steps - stepsAtLastJump > LONGEST_INSTANT) {
        throw new IllegalStateException("no time passes any more: " + LONGEST_INSTANT + " steps at one instant");
      }
    } catch (PowerCut ended) {
      // As it has to be.
    } catch (Throwable e) {
      fail(e);
    } finally {
      current = outside;
    }
  }

  private Task draw() {
    int index = random.nextInt(runnable.size());
    Task drawn = runnable.get(index);
    Task last = runnable.removeLast();
    if (index < runnable.size()) {
      runnable.set(index, last);
    }
    return drawn;
  }

  /** To the next timer; whether there was one. */
  private boolean jump() {
    while (!timers.isEmpty() && runnable.isEmpty()) {
      now = timers.peek().due;
      stepsAtLastJump = steps;
      while (!timers.isEmpty() && timers.peek().due <= now) {
        Timer timer = timers.poll();
        timer.fired = true;
        if (!timer.cancelled) {
          execute(timer.lane, timer.work);
        }
      }
      takeAdded();
    }
    return !runnable.isEmpty();
  }

  /** After the end: those that wait in the middle of a task are sent to its end, one after the other. */
  void leave() {
    if (waiting.isEmpty()) {
      onEnd.run();
    } else {
      waiting.removeFirst().give();
    }
  }
}
