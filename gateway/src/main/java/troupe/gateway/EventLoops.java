package troupe.gateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * The threads of the client port, and a Pekko dispatcher for each of them.
 *
 * <p>Dispatchers are made by name from an actor system's configuration, so the loops come first, and their
 * {@link #config} becomes part of that configuration.
 */
public final class EventLoops implements AutoCloseable {
  private static final Map<String, EventLoop> BY_NAME = new ConcurrentHashMap<>();

  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> channel;
  private final List<String> names = new ArrayList<>();
  private final Map<EventExecutor, DispatcherSelector> dispatchers = new HashMap<>();

  /** @param threads 0 for one for each processor */
  public EventLoops(int threads) {
    int number = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    channel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    group = new MultiThreadIoEventLoopGroup(number, new DefaultThreadFactory("client-port"), io);
    String unique = UUID.randomUUID().toString(); // several nodes may live in one JVM
    int index = 0;
    for (EventExecutor executor : group) {
      String name = "troupe.gateway.loop-" + unique + "-" + index++;
      BY_NAME.put(name, (EventLoop) executor);
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
  DispatcherSelector dispatcherOf(EventExecutor loop) {
    return dispatchers.get(loop);
  }

  static EventLoop named(String name) {
    return BY_NAME.get(name);
  }

  EventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> channel() {
    return channel;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    names.forEach(BY_NAME::remove);
  }
}
