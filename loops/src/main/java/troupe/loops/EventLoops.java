package troupe.loops;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * The threads of the client port, and a Pekko dispatcher for each of them.
 *
 * <p>Dispatchers are made by name from an actor system's configuration, so the loops come first, and their
 * {@link #config} becomes part of that configuration.
 */
public final class EventLoops implements AutoCloseable {
  private final EventLoopGroup group;
  private final Transport transport = Transport.ofThisMachine();
  private final List<String> names = new ArrayList<>();
  private final Map<EventExecutor, DispatcherSelector> dispatchers = new HashMap<>();

  /** @param threads 0 for one for each processor */
  public EventLoops(int threads) {
    int number = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    group = new MultiThreadIoEventLoopGroup(number, new DefaultThreadFactory("client-port"), transport.io());
    for (EventExecutor executor : group) {
      String name = EventLoopExecutor.register((EventLoop) executor);
      names.add(name);
      dispatchers.put(executor, DispatcherSelector.fromConfig(name));
    }
  }

  /** To be merged into the configuration of the actor system whose sessions are to run here. */
  public Config config() {
    Map<String, Object> settings = new HashMap<>();
    for (String name : names) {
      settings.put(name + ".type", "Dispatcher");
      settings.put(name + ".executor", EventLoopExecutor.class.getName());
      settings.put(name + ".loop", name);
      // One session's messages at a time are handled for as long as there are any, up to this many.
      settings.put(name + ".throughput", 64);
    }
    return ConfigFactory.parseMap(settings);
  }

  /** Where an actor has to run to share the thread of a connection. */
  public DispatcherSelector dispatcherOf(EventExecutor loop) {
    return dispatchers.get(loop);
  }

  /** All of them, for actors that share the thread of no connection, but need one thread. */
  public List<DispatcherSelector> dispatchers() {
    return List.copyOf(dispatchers.values());
  }

  public EventLoopGroup group() {
    return group;
  }

  /** Of the port itself. */
  public Class<? extends ServerChannel> channel() {
    return transport.serverChannel();
  }

  /** How much a connection here reads at once. */
  public static RecvByteBufAllocator reads() {
    return Transport.reads();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    names.forEach(EventLoopExecutor::forget);
  }
}
