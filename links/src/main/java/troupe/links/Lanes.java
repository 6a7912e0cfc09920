package troupe.links;

import com.typesafe.config.Config;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import troupe.ensemble.ServerId;
import troupe.loops.CoreLoop;

/**
 * The connections between this server and the others, on the core's loop, and which of them are {@link Lane}s. Messages
 * that arrive are handed on by the thread that read them, which is the one of the actors they are for.
 *
 * <p>A message goes by the lane to its server if there is one, else by Pekko Remoting. So at the moment when a lane
 * opens one message may overtake another, and when it breaks some are lost. Either is a gap in the numbers of a conversation,
 * which ends it, and the next one begins with the new way; an election says everything again. At the opening this is
 * rare: a server opens its lane as soon as the other has opened one, before they have much to say to each other. At the
 * end it changes nothing, since the other server is lost then.
 */
public final class Lanes implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final int BACKLOG = 128;
  private static final int MAX_CONNECTIONS = 1024; // four times what the largest ensemble needs

  private final CoreLoop core;
  private final int maxFrame;
  private final WriteBufferWaterMark unread;
  private final Map<ChannelOption<?>, Object> keepAlive;
  private final ChannelGroup connections;
  private final Map<ServerId, Lane> open = new ConcurrentHashMap<>();

  /**
   * @param core has to live until this is closed
   * @param maxFrame bytes of the largest frame that is taken
   * @param maxUnread bytes that another server may leave unread
   */
  public Lanes(CoreLoop core, int maxFrame, int maxUnread) {
    this.core = core;
    this.maxFrame = maxFrame;
    unread = new WriteBufferWaterMark(maxUnread / 2, maxUnread);
    keepAlive = KeepAlive.options(core.serverChannel() == EpollServerSocketChannel.class);
    connections = new DefaultChannelGroup(core.loop(), true); // one that is made while it closes is closed too
  }

  /**
   * As large as Remoting's frames. Unread may be a little more than a leader lets a learner be behind: that ends in
   * good order.
   *
   * @param config of the actor system
   */
  public static Lanes of(CoreLoop core, Config config) {
    int frame = Math.toIntExact(config.getBytes("pekko.remote.artery.advanced.maximum-frame-size"));
    long unread = config.getBytes("troupe.broadcast.max-backlog-bytes") + 2L * frame;
    return new Lanes(core, frame, (int) Math.min(unread, Integer.MAX_VALUE));
  }

  /** If messages can go there now. */
  Optional<Lane> to(ServerId peer) {
    return Optional.ofNullable(open.get(peer));
  }

  int maxFrame() {
    return maxFrame;
  }

  /** From now on, until it breaks, the connection is the way to that server. */
  void open(ServerId peer, Channel connection) {
    Lane lane = new Lane(peer, connection, core::atEndOfTurn);
    open.put(peer, lane);
    connection.closeFuture().addListener(closed -> open.remove(peer, lane));
  }

  /** Makes a connection; its handler hears of it. */
  CompletionStage<Channel> connect(InetSocketAddress address, ChannelHandler handler) {
    Bootstrap bootstrap = new Bootstrap()
        .group(core.loop())
        .channel(core.channel())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, unread)
        .option(ChannelOption.RECVBUF_ALLOCATOR, CoreLoop.reads())
        .handler(tracked(() -> handler));
    keepAlive.forEach((option, value) -> set(bootstrap, option, value));
    return stage(bootstrap.connect(address));
  }

  /** Listens; each connection that arrives has a handler of its own. */
  CompletionStage<Channel> listen(String host, int port, Supplier<ChannelHandler> handlers) {
    ServerBootstrap bootstrap = new ServerBootstrap()
        .group(core.loop())
        .channel(core.serverChannel())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, CoreLoop.reads())
        .childHandler(tracked(handlers));
    keepAlive.forEach((option, value) -> setOfChild(bootstrap, option, value));
    ChannelFuture bound = bootstrap.bind(new InetSocketAddress(host, port));
    connections.add(bound.channel());
    return stage(bound);
  }

  private ChannelInitializer<Channel> tracked(Supplier<ChannelHandler> handlers) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel connection) {
        connections.add(connection);
        if (connections.size() > MAX_CONNECTIONS) {
          connection.close();
        } else {
          connection.pipeline().addLast(handlers.get());
        }
      }
    };
  }

  @SuppressWarnings("unchecked") // the values are made for their options
  private static <T> void set(Bootstrap bootstrap, ChannelOption<T> option, Object value) {
    bootstrap.option(option, (T) value);
  }

  @SuppressWarnings("unchecked")
  private static <T> void setOfChild(ServerBootstrap bootstrap, ChannelOption<T> option, Object value) {
    bootstrap.childOption(option, (T) value);
  }

  private static CompletionStage<Channel> stage(ChannelFuture future) {
    CompletableFuture<Channel> stage = new CompletableFuture<>();
    future.addListener(done -> {
      if (done.isSuccess()) {
        stage.complete(future.channel());
      } else {
        stage.completeExceptionally(done.cause());
      }
    });
    return stage;
  }

  /** Closes them all, which the other servers notice, and listens no more. Returns at once. */
  void hangUp() {
    connections.close();
  }

  /** Returns when all are closed, so that the port can be had again. Not for the core's own thread. */
  @Override
  public void close() {
    connections.close().syncUninterruptibly();
  }
}
