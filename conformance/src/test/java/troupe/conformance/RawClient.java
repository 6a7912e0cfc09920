package troupe.conformance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.proto.ConnectRequest;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.apache.zookeeper.proto.WatcherEvent;

/**
 * One TCP connection to a ZooKeeper server, byte by byte: it sends what it is told, be it wrong, and says what it
 * heard. Unlike a real client it never pings, retries or reconnects by itself. For one thread.
 */
final class RawClient implements AutoCloseable {
  /** The xid of every watch event. */
  static final int EVENT_XID = -1;

  static final int PING_XID = -2;
  static final int AUTH_XID = -4;
  static final int SET_WATCHES_XID = -8;

  /** Longer than any answer takes, shorter than any session lives: what has not come by then never will. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Socket socket;
  private final DataInputStream in;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(socket.getInputStream());
  }

  /** What comes from the server after the handshake. */
  sealed interface Heard {}

  /** An answer to a request; {@code body} is all that follows the header. */
  record Reply(int xid, long zxid, int err, ByteBuffer body) implements Heard {}

  /** A watch event; {@code zxid} is that of its header. */
  record Event(long zxid, int err, int type, int state, String path) implements Heard {}

  /** The server has closed the connection. */
  record Closed() implements Heard {}

  /** Nothing came in time. */
  record Silence() implements Heard {}

  /**
   * The server's answer to a ConnectRequest.
   *
   * @param timeout the session's timeout in milliseconds; 0 if the session was refused
   * @param sessionId 0 if the session was refused
   * @param readOnly absent in the answer to a handshake of old
   */
  record Welcome(int protocolVersion, int timeout, long sessionId, ByteBuffer password, Optional<Boolean> readOnly) {
    boolean isRefusal() {
      return sessionId == 0;
    }
  }

  static RawClient open(InetSocketAddress address) {
    try {
      var socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket.connect(address);
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect to " + address, e);
    }
  }

  /** Opens a connection, sends the word and reads until the server closes. */
  static String fourLetterWord(InetSocketAddress address, String word) {
    return fourLetterWord(address, word.getBytes(StandardCharsets.US_ASCII));
  }

  /** As for a word alone; with the bytes that follow it. */
  static String fourLetterWord(InetSocketAddress address, byte[] word) {
    try (var client = open(address)) {
      client.send(word);
      return new String(client.in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("four-letter word to " + address, e);
    }
  }

  /** Sends bytes as they are. That the server has hung up meanwhile is heard, not thrown. */
  void send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (SocketException hungUp) {
      // What the server said before it hung up may still be read.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a handshake and reads the answer; empty if the server closes without one. */
  Optional<Welcome> shakeHands(ConnectRequest request) {
    send(frame(encode(request)));
    return welcome();
  }

  /** As {@link #shakeHands}, in the form of clients before 3.4, which have no readOnly field. */
  Optional<Welcome> shakeHandsAsOfOld(ConnectRequest request) {
    byte[] whole = encode(request);
    send(frame(Arrays.copyOf(whole, whole.length - 1)));
    return welcome();
  }

  /** Reads the answer to a handshake that was sent by hand; empty if the server closes without one. */
  Optional<Welcome> welcome() {
    try {
      return nextFrame().map(RawClient::welcomeOf);
    } catch (SocketTimeoutException e) {
      throw new UncheckedIOException("no answer to the handshake", e);
    }
  }

  private static Welcome welcomeOf(ByteBuffer frame) {
    int protocolVersion = frame.getInt();
    int timeout = frame.getInt();
    long sessionId = frame.getLong();
    ByteBuffer password = frame.slice(frame.position() + Integer.BYTES, frame.getInt());
    frame.position(frame.position() + password.remaining());
    Optional<Boolean> readOnly = frame.hasRemaining() ? Optional.of(frame.get() != 0) : Optional.empty();
    return new Welcome(protocolVersion, timeout, sessionId, password.asReadOnlyBuffer(), readOnly);
  }

  /** The next reply or event, the end of the connection, or silence. */
  Heard hear() {
    try {
      return nextFrame().map(RawClient::heardIn).orElseGet(Closed::new);
    } catch (SocketTimeoutException e) {
      return new Silence();
    }
  }

  /** As {@link #hear}, for what takes longer than an answer. */
  Heard hearWithin(Duration patience) {
    try {
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      return hear();
    } catch (SocketException e) {
      return new Closed();
    }
  }

  private static Heard heardIn(ByteBuffer frame) {
    ReplyHeader header = decode(frame, new ReplyHeader());
    if (header.getXid() != EVENT_XID) {
      return new Reply(header.getXid(), header.getZxid(), header.getErr(), frame.slice().asReadOnlyBuffer());
    }
    WatcherEvent event = decode(frame, new WatcherEvent());
    return new Event(header.getZxid(), header.getErr(), event.getType(), event.getState(), event.getPath());
  }

  /** The content of the next frame; empty once the server has closed, also in the middle of one. */
  Optional<ByteBuffer> nextFrame() throws SocketTimeoutException {
    try {
      var content = new byte[in.readInt()];
      in.readFully(content);
      return Optional.of(ByteBuffer.wrap(content));
    } catch (EOFException | SocketException hungUp) {
      return Optional.empty();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the connection and leaves the session to itself. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request's frame: length, header, body. */
  static byte[] request(int xid, int op, byte[] body) {
    byte[] header = encode(new RequestHeader(xid, op));
    return frame(ByteBuffer.allocate(header.length + body.length).put(header).put(body).array());
  }

  static byte[] frame(byte[] content) {
    return ByteBuffer.allocate(Integer.BYTES + content.length).putInt(content.length).put(content).array();
  }

  /** The records one after another, in Jute's binary form: null strings, buffers and vectors as length -1. */
  static byte[] encode(Record... records) {
    var bytes = new ByteArrayOutputStream();
    var archive = new BinaryOutputArchive(new DataOutputStream(bytes));
    try {
      for (Record record : records) {
        record.serialize(archive, "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a record and moves the buffer behind it.
   *
   * @throws UncheckedIOException if the bytes are not such a record
   */
  static <T extends Record> T decode(ByteBuffer from, T into) {
    var rest = new byte[from.remaining()];
    from.duplicate().get(rest);
    var stream = new ByteArrayInputStream(rest);
    try {
      into.deserialize(BinaryInputArchive.getArchive(stream), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    from.position(from.position() + rest.length - stream.available());
    return into;
  }
}
