package troupe.simulation;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** Hands the tasks of every dispatcher to the kernel. Made by Pekko, by its class name in {@code simulation.conf}. */
public final class KernelExecutor extends ExecutorServiceConfigurator {
  /** A dispatcher comes into being within a task of the life that it belongs to. */
  private final Lane lane = Turns.kernel().current();

  public KernelExecutor(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> lane;
  }
}
