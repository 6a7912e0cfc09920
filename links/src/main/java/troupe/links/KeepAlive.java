package troupe.links;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.util.HashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/**
 * The kernel asks the other machine now and then whether it still knows the connection. Without this a life line to a
 * machine that lost its power would stand for ever, and what became of the server after a reboot would go unnoticed.
 */
final class KeepAlive {
  private static final int IDLE_SECONDS = 5;
  private static final int INTERVAL_SECONDS = 2;
  private static final int PROBES = 3;
  /** The kernel does not ask while something is on its way: then this is how long the other one may be silent. */
  private static final int UNANSWERED_MILLIS = (IDLE_SECONDS + PROBES * INTERVAL_SECONDS) * 1000;

  private KeepAlive() {}

  /** @param epoll whether the connection is one of Netty's epoll; Java's own cannot do all of it */
  static Map<ChannelOption<?>, Object> options(boolean epoll) {
    Map<ChannelOption<?>, Object> options = new HashMap<>();
    options.put(ChannelOption.SO_KEEPALIVE, true);
    if (epoll) {
      options.put(EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
      options.put(EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS);
      options.put(EpollChannelOption.TCP_KEEPCNT, PROBES);
      options.put(EpollChannelOption.TCP_USER_TIMEOUT, UNANSWERED_MILLIS);
    } else {
      options.put(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS);
      options.put(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS);
      options.put(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
    }
    return options;
  }
}
