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
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  private static final int CLOSE_SESSION = -11;

  @TempDir private Path dir;

  private final BlockingQueue<ByteBuffer> heard = new LinkedBlockingQueue<>();

  @Test
  @Timeout(60)
  void theClientOpensASessionWritesReadsAndCloses() {
    assertEquals(0, Troupe.commandLine(this::listen).execute("rehearse", dir.toString()));
    assertEquals(45, heard.remove().remaining()); // a ConnectRequest with its read-only flag
    List<Integer> operations = heard.stream().map(frame -> frame.getInt(4)).toList();
    assertEquals(Set.of(1, 2, 4, 5, CLOSE_SESSION), Set.copyOf(operations));
    assertEquals(CLOSE_SESSION, operations.getLast());
  }

  /** A server that answers any frame with an empty one. */
  private void listen(Config config) {
    int port = config.getInt("troupe.client.port");
    try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getByName(config.getString("troupe.client.host")));
        Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      ByteBuffer frame;
      do {
        frame = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        heard.add(frame);
        out.writeInt(0);
      } while (frame.getInt(4) != CLOSE_SESSION);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
