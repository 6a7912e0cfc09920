package troupe.loops;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.Closeable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler.TaskRunOnClose;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.actor.SchedulerTask;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The timers of an actor system, on a thread that sleeps until the next one is due. Pekko's own looks a hundred times a
 * second whether one is: each look takes a processor from a request, and a timer is up to 10 ms late.
 *
 * <p>Made by Pekko, as {@link #config} tells it.
 */
public final class SleepingScheduler extends AbstractScheduler implements Closeable {
  private static final double TIMERS_PER_SECOND = 1e9;
  /** In place of a timer's work. */
  private static final Runnable DONE = () -> {};
  private static final Runnable CANCELLED = () -> {};

  private final ScheduledThreadPoolExecutor thread;
  /** What has to be done also if the scheduler is closed before it is due: dispatchers end by it. */
  private final Set<Once> dueAtClose = ConcurrentHashMap.newKeySet();

  public SleepingScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    thread = new ScheduledThreadPoolExecutor(1, threads);
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** To be merged into the configuration of the actor system whose timers are to be here. */
  public static Config config() {
    return ConfigFactory.parseMap(Map.of("pekko.scheduler.implementation", SleepingScheduler.class.getName()));
  }

  /** @throws IllegalStateException after {@link #close} */
  @Override
  public Cancellable scheduleOnce(FiniteDuration delay, Runnable work, ExecutionContext executor) {
    Once timer = new Once(work, executor);
    if (work instanceof TaskRunOnClose) {
      dueAtClose.add(timer);
    }
    try {
      timer.due = thread.schedule(timer, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      dueAtClose.remove(timer);
      throw new IllegalStateException(new SchedulerException("the timers have ended"));
    }
    return timer;
  }

  @Override
  public Cancellable schedule(FiniteDuration first, FiniteDuration interval, Runnable work, ExecutionContext executor) {
    if (interval.toNanos() <= 0) {
      throw new IllegalArgumentException("a timer that repeats needs an interval, not " + interval);
    }
    Repeating timer = new Repeating(first, interval, work, executor);
    timer.await(first.toNanos());
    return timer;
  }

  @Override
  public double maxFrequency() {
    return TIMERS_PER_SECOND;
  }

  /** Nothing fires any more, except for what has to be done at the end, which is done now. */
  @Override
  public void close() {
    thread.shutdown();
    dueAtClose.forEach(Once::runAtClose);
  }

  /** Holds its work until that is due, or given up. */
  private final class Once implements Runnable, Cancellable {
    private final AtomicReference<Runnable> work;
    private final ExecutionContext executor;
    private Future<?> due;

    Once(Runnable work, ExecutionContext executor) {
      this.work = new AtomicReference<>(work);
      this.executor = executor;
    }

    @Override
    public void run() {
      pass(executor::execute);
    }

    void runAtClose() {
      pass(Runnable::run);
    }

    private void pass(Consumer<Runnable> to) {
      try {
        to.accept(take());
      } catch (RuntimeException failure) {
        executor.reportFailure(failure);
      }
    }

    /** The work, for whoever asks first, and nothing to do for all others. */
    private Runnable take() {
      dueAtClose.remove(this);
      Runnable held = work.get();
      return held != CANCELLED && work.compareAndSet(held, DONE) ? held : DONE;
    }

    @Override
    public boolean cancel() {
      Runnable held = work.get();
      if (held == DONE || held == CANCELLED || !work.compareAndSet(held, CANCELLED)) {
        return false;
      }
      dueAtClose.remove(this);
      due.cancel(false);
      if (held instanceof SchedulerTask told) {
        told.cancelled();
      }
      return true;
    }

    @Override
    public boolean isCancelled() {
      return work.get() == CANCELLED;
    }
  }

  /** Fires again when its work is done, so that work which takes longer than the interval is never done twice at once. */
  private final class Repeating implements Runnable, Cancellable {
    /** {@code alreadyCancelled}: there will be none. */
    private final AtomicReference<Cancellable> next;
    private final FiniteDuration interval;
    private final Runnable work;
    private final ExecutionContext executor;
    private long due; // as nanoTime has it

    Repeating(FiniteDuration first, FiniteDuration interval, Runnable work, ExecutionContext executor) {
      this.due = System.nanoTime() + first.toNanos();
      this.interval = interval;
      this.work = work;
      this.executor = executor;
      this.next = new AtomicReference<>(new Once(DONE, executor)); // none yet
    }

    @Override
    public void run() {
      try {
        work.run();
        due += interval.toNanos();
        await(Math.max(0, due - System.nanoTime()));
      } catch (SchedulerException receiverHasStopped) {
        cancel();
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof SchedulerException)) { // which says that there are no timers any more
          throw e;
        }
      }
    }

    void await(long nanos) {
      Cancellable before = next.get();
      if (before == Cancellable.alreadyCancelled()) {
        return;
      }
      Cancellable timer = scheduleOnce(FiniteDuration.fromNanos(nanos), this, executor);
      if (!next.compareAndSet(before, timer)) {
        timer.cancel();
      }
    }

    @Override
    public boolean cancel() {
      Cancellable before = next.getAndSet(Cancellable.alreadyCancelled());
      before.cancel();
      return before != Cancellable.alreadyCancelled();
    }

    @Override
    public boolean isCancelled() {
      return next.get() == Cancellable.alreadyCancelled();
    }
  }
}
