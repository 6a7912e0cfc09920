package troupe.node;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** As much of a ZooKeeper client as makes a server do what it mostly does. What is answered does not matter. */
final class RehearsalClient implements AutoCloseable {
  private interface Body {
    void writeTo(DataOutputStream frame) throws IOException;
  }

  private static final int REPETITIONS = 50;
  private static final int CREATE = 1;
  private static final int DELETE = 2;
  private static final int EXISTS = 3;
  private static final int GET_DATA = 4;
  private static final int SET_DATA = 5;
  private static final int GET_CHILDREN_2 = 12;
  private static final int MULTI = 14;
  private static final int CLOSE_SESSION = -11;
  private static final int EVENT = -1; // in place of a request's number
  private static final int ALL_PERMISSIONS = 31;
  private static final int PERSISTENT = 0;
  private static final int EPHEMERAL = 1;
  private static final int ANY_VERSION = -1;

  private final Socket socket;
  private final DataOutputStream out;
  private final DataInputStream in;
  private int xid;

  private RehearsalClient(Socket socket) throws IOException {
    this.socket = socket;
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /**
   * Begins a session.
   *
   * @param patience with every answer
   * @throws IOException if nobody listens, or who listens does not serve yet
   */
  static RehearsalClient open(int port, Duration patience) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.setSoTimeout((int) patience.toMillis());
      socket.setTcpNoDelay(true);
      RehearsalClient client = new RehearsalClient(socket);
      client.send(connect -> {
        connect.writeInt(0); // protocol version
        connect.writeLong(0); // last zxid seen
        connect.writeInt(30_000); // session timeout
        connect.writeLong(0); // session id: a new one
        writeBytes(connect, new byte[16]); // its password
        connect.writeBoolean(false); // read-only
      });
      client.out.flush();
      client.in.skipNBytes(client.in.readInt());
      return client;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Again and again the life of a node: it comes, is looked at and watched, changes and goes. */
  void converse(String node) throws IOException {
    for (int i = 0; i < REPETITIONS; i++) {
      int flags = i % 2 == 0 ? PERSISTENT : EPHEMERAL;
      request(CREATE, create -> writeCreate(create, node, flags));
      read(GET_DATA, node, true);
      awaitAnswer();
      awaitAnswer();
      request(SET_DATA, set -> {
        writeString(set, node);
        writeBytes(set, new byte[100]);
        set.writeInt(ANY_VERSION);
      });
      awaitAnswer();
      read(GET_DATA, node, false);
      read(EXISTS, node, true);
      read(GET_CHILDREN_2, "/", true);
      request(DELETE, delete -> writeDelete(delete, node));
      request(MULTI, multi -> {
        writeMultiHeader(multi, CREATE);
        writeCreate(multi, node, PERSISTENT);
        writeMultiHeader(multi, DELETE);
        writeDelete(multi, node);
        multi.writeInt(-1); // that was the last
        multi.writeBoolean(true);
        multi.writeInt(-1);
      });
      for (int asked = 0; asked < 5; asked++) {
        awaitAnswer();
      }
    }
  }

  /** Ends the session. */
  @Override
  public void close() throws IOException {
    try (socket) {
      request(CLOSE_SESSION, nothing -> {});
      awaitAnswer();
    }
  }

  private void read(int operation, String path, boolean watch) throws IOException {
    request(operation, read -> {
      writeString(read, path);
      read.writeBoolean(watch);
    });
  }

  private void request(int operation, Body body) throws IOException {
    send(frame -> {
      frame.writeInt(++xid);
      frame.writeInt(operation);
      body.writeTo(frame);
    });
  }

  private void send(Body body) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    body.writeTo(new DataOutputStream(frame));
    out.writeInt(frame.size());
    frame.writeTo(out);
  }

  private void awaitAnswer() throws IOException {
    out.flush();
    int answered;
    do {
      int length = in.readInt();
      answered = in.readInt();
      in.skipNBytes(length - Integer.BYTES);
    } while (answered == EVENT);
  }

  private static void writeCreate(DataOutputStream to, String path, int flags) throws IOException {
    writeString(to, path);
    writeBytes(to, new byte[100]);
    to.writeInt(1); // one ACL
    to.writeInt(ALL_PERMISSIONS);
    writeString(to, "world");
    writeString(to, "anyone");
    to.writeInt(flags);
  }

  private static void writeDelete(DataOutputStream to, String path) throws IOException {
    writeString(to, path);
    to.writeInt(ANY_VERSION);
  }

  private static void writeMultiHeader(DataOutputStream to, int operation) throws IOException {
    to.writeInt(operation);
    to.writeBoolean(false);
    to.writeInt(-1);
  }

  private static void writeString(DataOutputStream to, String text) throws IOException {
    writeBytes(to, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void writeBytes(DataOutputStream to, byte[] bytes) throws IOException {
    to.writeInt(bytes.length);
    to.write(bytes);
  }
}
