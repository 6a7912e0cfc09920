package troupe.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/** Asks a server of this machine what it is, as {@code echo srvr | nc localhost 2181} does. */
final class FourLetterWord {
  private static final int TIMEOUT = 1000; // ms
  private static final String MODE = "Mode: ";

  private FourLetterWord() {}

  /** Such as leader or follower; empty while the server does not serve. */
  static Optional<String> mode(int clientPort) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort), TIMEOUT);
      socket.setSoTimeout(TIMEOUT);
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII).lines()
          .filter(line -> line.startsWith(MODE)).map(line -> line.substring(MODE.length())).findFirst();
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }
}
