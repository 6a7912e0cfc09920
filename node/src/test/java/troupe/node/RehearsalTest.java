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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  private static final int FRAMES = 4;

  @TempDir private Path dir;

  private final BlockingQueue<ByteBuffer> heard = new LinkedBlockingQueue<>();

  @Test
  @Timeout(60)
  void theClientOpensASessionCreatesReadsAndCloses() {
    assertEquals(0, Troupe.commandLine(this::listen).execute("rehearse", dir.toString()));
    assertEquals(45, heard.remove().remaining()); // a ConnectRequest with its read-only flag
    assertEquals(List.of(1, 4, -11), Stream.generate(heard::remove).limit(3).map(frame -> frame.getInt(4)).toList());
  }

  /** A server that answers any frame with an empty one. */
  private void listen(Config config) {
    int port = config.getInt("troupe.client.port");
    try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getByName(config.getString("troupe.client.host")));
        Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      for (int i = 0; i < FRAMES; i++) {
        heard.add(ByteBuffer.wrap(in.readNBytes(in.readInt())));
        out.writeInt(0);
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
