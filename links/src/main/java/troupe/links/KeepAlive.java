package troupe.links;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.apache.pekko.io.Inet;

/**
 * The kernel asks the other machine now and then whether it still knows the connection. Without this a life line to a
 * machine that lost its power would stand for ever, and what became of the server after a reboot would go unnoticed.
 */
final class KeepAlive extends Inet.AbstractSocketOption {
  private static final int IDLE_SECONDS = 5;
  private static final int INTERVAL_SECONDS = 2;
  private static final int PROBES = 3;

  @Override
  public void afterConnect(Socket socket) {
    try {
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }
}
