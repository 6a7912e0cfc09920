package troupe.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  private static final int CLOSE_SESSION = -11;
  private static final int HANDSHAKE = 45; // bytes of a ConnectRequest with its read-only flag
  private static final int OPERATION = 4; // behind the request's number
  private static final int HEADER = 16; // bytes of a ReplyHeader
  private static final int BACKLOG = 10;

  @TempDir private Path dir;

  private final BlockingQueue<ByteBuffer> heard = new LinkedBlockingQueue<>();

  @Test
  @Timeout(60)
  void itsClientsDoWhatClientsMostlyDo() {
    assertEquals(0, Troupe.commandLine(this::listen).execute("rehearse", "--seconds", "0", dir.toString()));
    Set<Integer> operations = heard.stream()
        .filter(frame -> frame.remaining() != HANDSHAKE)
        .map(frame -> frame.getInt(OPERATION))
        .collect(Collectors.toSet());
    assertEquals(Set.of(1, 2, 3, 4, 5, 12, 14, CLOSE_SESSION), operations);
    long sessions = heard.stream().filter(frame -> frame.remaining() == HANDSHAKE).count();
    assertEquals(sessions, heard.stream().filter(frame -> frame.getInt(OPERATION) == CLOSE_SESSION).count());
    assertEquals(2 * (1 + 3), sessions, "whether it serves, and a client, at a server alone and at each of an ensemble");
  }

  /** A server that answers any request with a bare header: what is in an answer does not matter. */
  private void listen(Config config) {
    int port = config.getInt("troupe.client.port");
    try (ServerSocket server =
        new ServerSocket(port, BACKLOG, InetAddress.getByName(config.getString("troupe.client.host")))) {
      while (true) {
        Socket socket = server.accept();
        Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      ByteBuffer frame;
      do {
        frame = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        heard.add(frame);
        out.write(ByteBuffer.allocate(Integer.BYTES + HEADER).putInt(HEADER).putInt(frame.getInt(0)).array());
      } while (frame.getInt(OPERATION) != CLOSE_SESSION);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
