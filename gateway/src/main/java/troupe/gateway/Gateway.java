package troupe.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.actors.Server;
import troupe.loops.EventLoops;
import troupe.metrics.Metrics;

/** The client port: lets clients in while the server serves, and sends them away when it says that they need not wait. */
public final class Gateway {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** The server tells whether it serves. */
  record ServiceChanged(Server.Service service) implements Command {}

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int BACKLOG = 1024;

  private Gateway() {}

  /**
   * Opens the port. Clients that come before the server serves wait for it, for as long as a handshake may take.
   *
   * @param loops the threads of the port, whose configuration the actor system has
   * @throws IOException if the address cannot be listened on
   */
  public static Port open(
      ActorSystem<?> system, ActorRef<Server.Command> server, GatewaySettings settings, EventLoops loops, About about)
      throws IOException {
    Port port = new Port(system, settings, loops, about);
    system.systemActorOf(Behaviors.<Command>setup(context -> {
      server.tell(new Server.Subscribe(context.messageAdapter(Server.Service.class, ServiceChanged::new)));
      return Behaviors.receiveMessage(message -> onMessage(port, message));
    }), "gateway", Props.empty());
    port.listen();
    Metrics.of(system).add(port.metrics);
    return port;
  }

  private static Behavior<Command> onMessage(Port port, Command message) {
    return switch (message) {
      case ServiceChanged changed -> {
        port.onService(changed.service());
        yield Behaviors.same();
      }
    };
  }

  /** The open port, as its connections know it. Its counters and tables are shared by all event loops. */
  public static final class Port implements AutoCloseable {
    private final GatewaySettings settings;
    private final EventLoops loops;
    private final ActorSystem<?> system;
    private final Figures figures;
    private final FourLetterWords words;
    private final Stats stats = new Stats();
    private final PortMetrics metrics;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();
    private final Map<Connection, Runnable> waiting = new ConcurrentHashMap<>();
    private volatile Optional<Server.Serving> serving = Optional.empty();
    private volatile Optional<Channel> channel = Optional.empty();
    private volatile SlowRequests slowRequests = SlowRequests.NOBODY;

    /** In nanoseconds; of the actor that hears of the service. */
    private long notServingSince = System.nanoTime();

    Port(ActorSystem<?> system, GatewaySettings settings, EventLoops loops, About about) {
      this.system = system;
      this.settings = settings;
      this.loops = loops;
      this.figures = new Figures(this, about);
      this.words = new FourLetterWords(this, figures);
      this.metrics = new PortMetrics(this, about, loops);
    }

    private void listen() throws IOException {
      ServerBootstrap bootstrap = new ServerBootstrap()
          .group(loops.group())
          .channel(loops.channel())
          .option(ChannelOption.SO_BACKLOG, BACKLOG)
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_KEEPALIVE, true)
          .childOption(ChannelOption.RECVBUF_ALLOCATOR, EventLoops.reads())
          .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
              new WriteBufferWaterMark(settings.unreadHighWater() / 2, settings.unreadHighWater()))
          .childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel accepted) {
              accepted.pipeline().addLast(new Connection(Port.this));
            }
          });
      try {
        channel = Optional.of(
            bootstrap.bind(settings.host(), settings.port()).syncUninterruptibly().channel());
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Exception e) { // Netty throws what it met, without saying so
        throw new IOException(e.getMessage(), e);
      }
    }

    /** Where it really listens. */
    public InetSocketAddress address() {
      return (InetSocketAddress) channel.orElseThrow().localAddress();
    }

    /**
     * From now on this hears of each request that took at least so long, and nobody else does.
     *
     * @param listener called on the event loop of the client's connection: it must not wait
     */
    public void onSlow(Duration threshold, Consumer<SlowRequest> listener) {
      slowRequests = new SlowRequests(threshold.toNanos(), listener);
    }

    void onService(Server.Service service) {
      switch (service) {
        case Server.Serving begins -> {
          LOG.info("serves clients {}, after {} ms without", as(begins.office()),
              Duration.ofNanos(System.nanoTime() - notServingSince).toMillis());
          serving = Optional.of(begins);
          letWaitingIn();
        }
        case Server.NotServing ends -> {
          LOG.info("serves no clients: {}{}", ends.why(),
              ends.clientsWait() && serving.isPresent() ? "; those that are connected wait for a leader" : "");
          if (serving.isPresent()) {
            notServingSince = System.nanoTime();
          }
          serving = Optional.empty();
          if (!ends.clientsWait()) {
            connections.forEach(connection -> connection.close("this server does not serve at the moment"));
          }
        }
      }
    }

    private static String as(Server.Office office) {
      return switch (office.mode()) {
        case STANDALONE -> "alone in epoch " + office.epoch();
        case LEADER -> "as leader of epoch " + office.epoch();
        case FOLLOWER -> "as follower of server " + office.leader() + " in epoch " + office.epoch();
        case OBSERVER -> "as observer of server " + office.leader() + " in epoch " + office.epoch();
      };
    }

    /** Calls a connection's handshake as soon as there is somebody to have it with, perhaps at once; unless it has left. */
    void whenServing(Connection connection, Runnable handshake) {
      waiting.put(connection, handshake);
      if (serving.isPresent()) {
        letWaitingIn();
      }
    }

    /** How many wait for this server to serve. */
    int waiting() {
      return waiting.size();
    }

    private void letWaitingIn() {
      for (Connection connection : waiting.keySet()) {
        Optional.ofNullable(waiting.remove(connection)).ifPresent(Runnable::run);
      }
    }

    Optional<Server.Serving> serving() {
      return serving;
    }

    GatewaySettings settings() {
      return settings;
    }

    Stats stats() {
      return stats;
    }

    PortMetrics metrics() {
      return metrics;
    }

    SlowRequests slowRequests() {
      return slowRequests;
    }

    /** Where the connections of an event loop put down how long requests took. */
    RequestTimes timesOf(EventExecutor loop) {
      return metrics.of(loop);
    }

    FourLetterWords words() {
      return words;
    }

    ActorSystem<?> system() {
      return system;
    }

    Set<Connection> connections() {
      return connections;
    }

    /** What went through the port so far. */
    public Traffic traffic() {
      return stats.snapshot();
    }

    /** What this server tells of itself in ZooKeeper's words. */
    public Figures figures() {
      return figures;
    }

    /** What {@link #traffic} counts begins again at nothing. */
    public void resetStatistics() {
      stats.reset();
    }

    /** What each connection counts begins again at nothing. */
    public void resetConnectionStatistics() {
      connections.forEach(connection -> connection.stats().reset());
    }

    /** Those who are connected, in no order. */
    public List<ClientInfo> clients() {
      return connections.stream().map(connection -> connection.stats().info()).toList();
    }

    /**
     * Sends some clients away, drawn by lot; they go to another server, or come back. Their sessions live on.
     *
     * @param percent of all, rounded up
     * @return how many
     */
    public int shed(int percent) {
      List<Connection> all = new ArrayList<>(connections);
      Collections.shuffle(all);
      List<Connection> leaving = all.subList(0, (int) Math.ceilDiv((long) all.size() * percent, 100L));
      leaving.forEach(connection -> connection.close("an operator sends clients away"));
      return leaving.size();
    }

    Props dispatcherOf(EventExecutor loop) {
      return loops.dispatcherOf(loop);
    }

    /** Whether one more from this address is welcome. */
    boolean admit(Connection connection, InetSocketAddress client) {
      int limit = settings.maxConnectionsPerAddress();
      int now = perAddress.merge(client.getAddress(), 1, Integer::sum);
      connections.add(connection);
      if (limit > 0 && now > limit) {
        LOG.warn("too many connections from {}: the limit is troupe.client.max-connections-per-address = {}",
            client.getAddress(), limit);
        stats.connectionRejected();
        return false;
      }
      return true;
    }

    void leave(Connection connection, InetSocketAddress client) {
      connections.remove(connection);
      waiting.remove(connection);
      perAddress.computeIfPresent(client.getAddress(), (address, count) -> count == 1 ? null : count - 1);
    }

    void writesDone(int writes) {
      stats.writesBegun(-writes);
    }

    /** Takes no more clients, and lets go of those that are there. Their sessions live on. */
    @Override
    public void close() {
      Metrics.of(system).remove(metrics);
      channel.ifPresent(listening -> listening.close().syncUninterruptibly());
      connections.forEach(connection -> connection.close("this server stops"));
    }
  }
}
