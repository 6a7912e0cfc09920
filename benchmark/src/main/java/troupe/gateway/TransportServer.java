package troupe.gateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Framing;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import troupe.loops.EventLoops;

/**
 * Answers reads of 100 bytes from a constant, in one of several {@link Way}s: nothing but the way from the socket to
 * who answers, and back. Prints its port and lives until its standard input ends.
 */
public final class TransportServer {
  /** Bytes of a request: its length, xid, operation, the path {@code /app/config/node-0000000042}, no watch. */
  public static final int REQUEST = 4 + 4 + 4 + 4 + 27 + 1;

  /** Bytes of a reply: its length, header, the data, its stat. */
  public static final int REPLY = 4 + 16 + 4 + 100 + 68;

  private static final int LARGEST_FRAME = 1 << 20;
  private static final byte[] BEHIND_XID = new byte[REPLY - 2 * Integer.BYTES];

  /** How a request gets to who answers it. */
  public enum Way {
    /** Netty's epoll transport; the handler answers. */
    EPOLL {
      @Override
      int serve() throws InterruptedException {
        EventLoops loops = new EventLoops(0);
        return bind(loops.group(), loops.channel(), TransportServer::inHandler);
      }
    },
    /** Netty's NIO transport; the handler answers. */
    NIO {
      @Override
      int serve() throws InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        return bind(new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory()), NioServerSocketChannel.class,
            TransportServer::inHandler);
      }
    },
    /** Epoll; an actor for each connection answers, on the connection's own event loop. What Troupe does. */
    EPOLL_ACTOR_ON_LOOP {
      @Override
      int serve() throws InterruptedException {
        EventLoops loops = new EventLoops(0);
        ActorSystem<Void> system = system(loops.config());
        return bind(loops.group(), loops.channel(),
            channel -> actor(system, channel, loops.dispatcherOf(channel.eventLoop())));
      }
    },
    /** Epoll; the same actor on Pekko's default dispatcher. */
    EPOLL_ACTOR_ELSEWHERE {
      @Override
      int serve() throws InterruptedException {
        EventLoops loops = new EventLoops(0);
        ActorSystem<Void> system = system(ConfigFactory.empty());
        return bind(loops.group(), loops.channel(), channel -> actor(system, channel, Props.empty()));
      }
    },
    /** Pekko Streams from socket to socket, fused into one actor. */
    STREAMS {
      @Override
      int serve() {
        ActorSystem<Void> system = system(ConfigFactory.empty());
        Flow<ByteString, ByteString, ?> answers = Flow.of(ByteString.class)
            .via(Framing.lengthField(Integer.BYTES, 0, LARGEST_FRAME, ByteOrder.BIG_ENDIAN))
            .map(TransportServer::reply);
        return Tcp.get(system)
            .bind(InetAddress.getLoopbackAddress().getHostAddress(), 0)
            .to(Sink.foreach(connection -> connection.handleWith(answers, system)))
            .run(system)
            .toCompletableFuture()
            .join()
            .localAddress()
            .getPort();
      }
    };

    /** Serves from now on, on the port that is returned. */
    abstract int serve() throws InterruptedException;
  }

  /** What one read of a socket brought; handed over together, as {@code Connection} does. */
  private record Requests(List<Integer> xids, Channel from) {}

  private TransportServer() {}

  /** @param arguments the name of a {@link Way} */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.out.println(Way.valueOf(arguments[0]).serve());
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }

  private static ActorSystem<Void> system(Config config) {
    return ActorSystem.create(Behaviors.empty(), "transport", config.withFallback(ConfigFactory.load()));
  }

  private static int bind(
      EventLoopGroup group, Class<? extends ServerChannel> type, Function<Channel, Consumer<Requests>> answering)
      throws InterruptedException {
    Channel listening = new ServerBootstrap()
        .group(group)
        .channel(type)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Frames(answering.apply(channel)));
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel();
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  private static Consumer<Requests> inHandler(Channel channel) {
    return TransportServer::answer;
  }

  private static Consumer<Requests> actor(ActorSystem<Void> system, Channel channel, Props where) {
    Behavior<Requests> behavior = Behaviors.receiveMessage(requests -> {
      answer(requests);
      return Behaviors.same();
    });
    ActorRef<Requests> actor = system.systemActorOf(behavior, "session-" + UUID.randomUUID(), where);
    return actor::tell;
  }

  /** On the channel's event loop this writes at once, elsewhere it is a task for the loop. */
  private static void answer(Requests requests) {
    ByteBuf out = requests.from().alloc().buffer(requests.xids().size() * REPLY);
    for (int xid : requests.xids()) {
      out.writeInt(REPLY - Integer.BYTES).writeInt(xid).writeBytes(BEHIND_XID);
    }
    requests.from().writeAndFlush(out, requests.from().voidPromise());
  }

  private static ByteString reply(ByteString request) {
    int xid = request.asByteBuffer().getInt(Integer.BYTES);
    byte[] reply = new byte[REPLY];
    ByteBuffer.wrap(reply).putInt(REPLY - Integer.BYTES).putInt(xid);
    return ByteString.fromArrayUnsafe(reply);
  }

  /** Cuts what arrives into requests. */
  private static final class Frames extends ByteToMessageDecoder {
    private final Consumer<Requests> answering;
    private final List<Integer> arrived = new ArrayList<>();

    Frames(Consumer<Requests> answering) {
      this.answering = answering;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
      while (in.readableBytes() >= Integer.BYTES) {
        int length = in.getInt(in.readerIndex());
        if (in.readableBytes() < Integer.BYTES + length) {
          return;
        }
        in.skipBytes(Integer.BYTES);
        arrived.add(in.readSlice(length).readInt());
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      super.channelReadComplete(context);
      if (!arrived.isEmpty()) {
        answering.accept(new Requests(List.copyOf(arrived), context.channel()));
        arrived.clear();
      }
    }
  }
}
