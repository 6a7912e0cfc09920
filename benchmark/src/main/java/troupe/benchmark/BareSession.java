package troupe.benchmark;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.ConnectRequest;
import org.apache.zookeeper.proto.ConnectResponse;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;

/**
 * A session on a plain socket, one request at a time. The stock client waits up to a second between two attempts to
 * connect, which is longer than what start-up and recovery are to show.
 */
final class BareSession implements AutoCloseable {
  private static final int ANSWER_TIMEOUT_MILLIS = 10_000;
  private static final int SESSION_TIMEOUT_MILLIS = 30_000;
  private static final int PASSWORD_LENGTH = 16;
  private static final int LARGEST_FRAME = 1024 * 1024;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private int xid;

  private BareSession(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  /**
   * Connects.
   *
   * @param patience how long to wait for the server's answer
   * @throws SocketTimeoutException if there is none by then
   * @throws IOException if nobody listens, or who listens does not grant a session yet
   */
  static BareSession open(InetSocketAddress address, Duration patience) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) patience.toMillis());
      socket.connect(address);
      BareSession session = new BareSession(socket);
      session.send(new ConnectRequest(0, 0, SESSION_TIMEOUT_MILLIS, 0, new byte[PASSWORD_LENGTH], false));
      new ConnectResponse().deserialize(session.receive(), "connect");
      socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
      return session;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  void create(String path, byte[] data) throws IOException {
    call(OpCode.create, new CreateRequest(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT.toFlag()));
  }

  void getData(String path) throws IOException {
    call(OpCode.getData, new GetDataRequest(path, false));
  }

  /** Ends the session, so that its expiry does not fall into what is measured next. */
  @Override
  public void close() throws IOException {
    try (socket) {
      call(OpCode.closeSession);
    }
  }

  /** Sends a request and waits until it has succeeded. */
  private void call(int type, Record... body) throws IOException {
    Record[] records = new Record[body.length + 1];
    records[0] = new RequestHeader(++xid, type);
    System.arraycopy(body, 0, records, 1, body.length);
    send(records);
    ReplyHeader header = new ReplyHeader();
    header.deserialize(receive(), "header");
    if (header.getXid() != xid || header.getErr() != Code.OK.intValue()) {
      throw new IOException("request " + xid + " of type " + type + " was answered with " + header);
    }
  }

  private void send(Record... records) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    BinaryOutputArchive archive = BinaryOutputArchive.getArchive(frame);
    for (Record record : records) {
      record.serialize(archive, "");
    }
    out.writeInt(frame.size());
    frame.writeTo(out);
    out.flush();
  }

  private BinaryInputArchive receive() throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LARGEST_FRAME) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] frame = new byte[length];
    in.readFully(frame);
    return BinaryInputArchive.getArchive(new ByteArrayInputStream(frame));
  }
}
