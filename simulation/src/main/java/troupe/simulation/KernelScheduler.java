package troupe.simulation;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** Timers in virtual time. Made by Pekko, by its class name in {@code simulation.conf}. */
public final class KernelScheduler extends AbstractScheduler {
  private static final double TIMERS_PER_SECOND = 1e9;

  /** A timer of its process fires neither while that is held nor after its end. */
  private final Lane lane = Turns.kernel().current();
  private final Kernel kernel = Turns.kernel();

  public KernelScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {}

  @Override
  public Cancellable scheduleOnce(FiniteDuration delay, Runnable work, ExecutionContext executor) {
    return kernel.after(Duration.ofNanos(delay.toNanos()), lane, () -> executor.execute(work));
  }

  @Override
  public Cancellable schedule(FiniteDuration first, FiniteDuration interval, Runnable work, ExecutionContext executor) {
    throw new UnsupportedOperationException("nobody in Troupe uses what Pekko has deprecated");
  }

  @Override
  public double maxFrequency() {
    return TIMERS_PER_SECOND;
  }
}
