package troupe.loops;

import com.typesafe.config.Config;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Runs a dispatcher's actors on one event loop. Made by Pekko, by its class name in {@link EventLoops#config} or {@link
 * CoreLoop#config}.
 */
public final class EventLoopExecutor extends ExecutorServiceConfigurator {
  private static final Map<String, EventLoop> BY_NAME = new ConcurrentHashMap<>();

  private final EventLoop loop;

  public EventLoopExecutor(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.loop = BY_NAME.get(config.getString("loop"));
  }

  /** The name that a dispatcher's configuration has for the loop. Several nodes may live in one JVM. */
  static String register(EventLoop loop) {
    String name = "troupe.loops.loop-" + UUID.randomUUID();
    BY_NAME.put(name, loop);
    return name;
  }

  static void forget(String name) {
    BY_NAME.remove(name);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return () -> new OnLoop(loop);
  }

  /** The loop as Pekko wants it. It is not Pekko's to shut down: connections live there. */
  private static final class OnLoop extends AbstractExecutorService implements ExecutorService {
    private final EventLoop loop;

    OnLoop(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void execute(Runnable task) {
      if (loop.isShuttingDown()) {
        throw new RejectedExecutionException("this loop is closed");
      }
      loop.execute(task);
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return loop.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return loop.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
