package troupe.node;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code troupe rehearse}: a short life of a node, from start to the first write and read of a client. The JVM watches
 * and keeps what it has learned in a start-up cache: see {@code bin/troupe}.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Run a server briefly, to prepare the start-up of the next one.")
final class Rehearsal implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  private final NodeRunner runner;

  @Parameters(paramLabel = "DIRECTORY", description = "Where the server may write.")
  private Path directory;

  Rehearsal(NodeRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    int port = freePort();
    Settings settings = Settings.load(Optional.empty(), Map.of(
        "troupe.client.host", InetAddress.getLoopbackAddress().getHostAddress(),
        "troupe.client.port", Integer.toString(port),
        "troupe.management.port", Integer.toString(freePort()),
        "troupe.persistence.data-dir", directory.resolve("data").toString()), new Properties());
    // A daemon: the end of this call ends the JVM, and the node with it.
    converse(Thread.ofPlatform().daemon().start(() -> runner.run(settings.config())), port);
    return 0;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A server that is not ready yet refuses a connection or closes it, so what is tried again is all of it. */
  private static void converse(Thread node, int port) throws IOException, InterruptedException {
    for (long tries = PATIENCE.dividedBy(BETWEEN_TRIES); ; tries--) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        new Client(socket).converse();
        return;
      } catch (IOException notReady) {
        if (tries <= 0 || !node.isAlive()) {
          throw notReady;
        }
        Thread.sleep(BETWEEN_TRIES);
      }
    }
  }

  /** As much of a ZooKeeper client as makes a server do what it mostly does: a session, writes and reads, the end. */
  private static final class Client {
    private static final int REPETITIONS = 2_500;
    private static final int CREATE = 1;
    private static final int DELETE = 2;
    private static final int GET_DATA = 4;
    private static final int SET_DATA = 5;
    private static final int CLOSE_SESSION = -11;
    private static final int ALL_PERMISSIONS = 31;
    private static final int PERSISTENT = 0;
    private static final int EPHEMERAL = 1;
    private static final int ANY_VERSION = -1;
    private static final String NODE = "/rehearsal";
    private static final String OTHER = "/rehearsals";

    private final DataOutputStream out;
    private final DataInputStream in;
    private int xid;

    Client(Socket socket) throws IOException {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.setTcpNoDelay(true);
      out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
      in = new DataInputStream(socket.getInputStream());
    }

    void converse() throws IOException {
      call(connect -> {
        connect.writeInt(0); // protocol version
        connect.writeLong(0); // last zxid seen
        connect.writeInt(30_000); // session timeout
        connect.writeLong(0); // session id: a new one
        writeBytes(connect, new byte[16]); // its password
        connect.writeBoolean(false); // read-only
      });
      create(NODE, EPHEMERAL);
      read(NODE, true);
      // Often enough for the JVM to learn which methods matter: it keeps that too, and compiles them sooner next time.
      for (int i = 0; i < REPETITIONS; i++) {
        create(OTHER, PERSISTENT);
        request(SET_DATA, set -> {
          writeString(set, OTHER);
          writeBytes(set, new byte[100]);
          set.writeInt(ANY_VERSION);
        });
        read(OTHER, false);
        request(DELETE, delete -> {
          writeString(delete, OTHER);
          delete.writeInt(ANY_VERSION);
        });
      }
      request(CLOSE_SESSION, nothing -> {});
    }

    private void create(String path, int flags) throws IOException {
      request(CREATE, create -> {
        writeString(create, path);
        writeBytes(create, new byte[100]);
        create.writeInt(1); // one ACL
        create.writeInt(ALL_PERMISSIONS);
        writeString(create, "world");
        writeString(create, "anyone");
        create.writeInt(flags);
      });
    }

    private void read(String path, boolean watch) throws IOException {
      request(GET_DATA, read -> {
        writeString(read, path);
        read.writeBoolean(watch);
      });
    }

    private void request(int operation, Body body) throws IOException {
      call(frame -> {
        frame.writeInt(++xid);
        frame.writeInt(operation);
        body.writeTo(frame);
      });
    }

    private void call(Body request) throws IOException {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      request.writeTo(new DataOutputStream(frame));
      out.writeInt(frame.size());
      frame.writeTo(out);
      out.flush();
      in.skipNBytes(in.readInt()); // what is answered does not matter, that it is does
    }

    private static void writeString(DataOutputStream to, String text) throws IOException {
      writeBytes(to, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(DataOutputStream to, byte[] bytes) throws IOException {
      to.writeInt(bytes.length);
      to.write(bytes);
    }

    private interface Body {
      void writeTo(DataOutputStream frame) throws IOException;
    }
  }
}
