package troupe.loops;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The thread of {@code troupe.core-dispatcher} as an event loop, so that the connections to other servers share it with
 * the actors that have something to say there.
 *
 * <p>Actors stop on it while their actor system ends, so it has to live longer than that: close it afterwards.
 */
public final class CoreLoop implements AutoCloseable {
  private static final String DISPATCHER = "troupe.core-dispatcher";
  /** Actors that have ever more to do must not keep the loop from reading and writing for longer. */
  private static final long LONGEST_TURN = 5; // ms

  private final Transport transport = Transport.ofThisMachine();
  private final SingleThreadIoEventLoop loop = new SingleThreadIoEventLoop(
      null, new DefaultThreadFactory("core"), transport.io(), Integer.MAX_VALUE, RejectedExecutionHandlers.reject(),
      LONGEST_TURN);
  private final String name = EventLoopExecutor.register(loop);

  /** To be merged into the configuration of the actor system whose core is to run here. */
  public Config config() {
    return ConfigFactory.parseMap(Map.of(
        DISPATCHER + ".executor", EventLoopExecutor.class.getName(),
        DISPATCHER + ".loop", name));
  }

  public EventLoop loop() {
    return loop;
  }

  /**
   * Runs a task, on this loop and called from there, when all has been handled that came together: the moment to write
   * what has gathered.
   */
  public void atEndOfTurn(Runnable task) {
    loop.executeAfterEventLoopIteration(task);
  }

  /** Of a connection that is accepted here. */
  public Class<? extends ServerChannel> serverChannel() {
    return transport.serverChannel();
  }

  /** Of a connection that is made from here. */
  public Class<? extends Channel> channel() {
    return transport.channel();
  }

  /** How much a connection here reads at once. */
  public static RecvByteBufAllocator reads() {
    return Transport.reads();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    EventLoopExecutor.forget(name);
  }
}
