package troupe.loops;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** How Netty speaks to this machine's kernel: epoll where there is one, else what Java has for all. */
record Transport(
    IoHandlerFactory io, Class<? extends ServerChannel> serverChannel, Class<? extends Channel> channel) {
  private static final int LEAST_READ = 16 << 10; // bytes
  private static final int MOST_READ = 64 << 10;

  /**
   * How much a connection reads at once. A read that fills its buffer is followed by another one, to see whether there is
   * more: Netty's own choice shrinks to what a small message fills, and so reads twice for each.
   */
  static RecvByteBufAllocator reads() {
    return new AdaptiveRecvByteBufAllocator(LEAST_READ, LEAST_READ, MOST_READ);
  }

  static Transport ofThisMachine() {
    return Epoll.isAvailable()
        ? new Transport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class)
        : new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class);
  }
}
