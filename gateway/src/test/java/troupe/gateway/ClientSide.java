package troupe.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.tree.Password;

/** A client of one {@link Connection}, with only bytes in between; and the session's actor, played by the test. */
final class ClientSide {
  static final long ID = 0x500;
  static final int TIMEOUT = 4000;
  static final Password PASSWORD = new Password(1, 2);
  static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1234);
  private static final int SHORTEST_HANDSHAKE = 44;

  final TestInbox<Session.Command> session = TestInbox.create();
  final Connection connection;
  final EmbeddedChannel channel;

  ClientSide(Gateway.Port port) {
    connection = new Connection(port);
    channel = new EmbeddedChannel(connection) {
      @Override
      protected SocketAddress remoteAddress0() {
        return ADDRESS;
      }
    };
    channel.freezeTime(); // it passes when the test says so
  }

  /** Connects, and plays the part of the session until it is open. */
  ClientSide open() {
    send(handshake(0, 0, PASSWORD));
    connection.opened(session.getRef(), ID, TIMEOUT, PASSWORD);
    channel.runPendingTasks();
    received();
    return this;
  }

  void send(ByteBuf bytes) {
    channel.writeInbound(bytes);
  }

  /** What the session has been asked. */
  List<Session.Command> asked() {
    return session.getAllReceived();
  }

  /** All bytes that have come back since this was last asked. */
  ByteBuf received() {
    channel.runPendingTasks();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    return all;
  }

  /** The xids and errors of the replies that have come back, as {@code xid:error}. */
  List<String> replies() {
    List<String> replies = new ArrayList<>();
    for (ByteBuf all = received(); all.isReadable(); ) {
      ByteBuf frame = all.readSlice(all.readInt());
      int xid = frame.readInt();
      frame.skipBytes(Long.BYTES);
      replies.add(xid + ":" + frame.readInt());
    }
    return replies;
  }

  boolean isOpen() {
    channel.runPendingTasks();
    return channel.isOpen();
  }

  void passAMoment() {
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  boolean isReadFrom() {
    return channel.config().isAutoRead();
  }

  static ByteBuf handshake(long lastZxidSeen, long id, Password password) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeInt(SHORTEST_HANDSHAKE).writeInt(0).writeLong(lastZxidSeen).writeInt(TIMEOUT).writeLong(id);
    return bytes.writeInt(Password.LENGTH).writeBytes(password.bytes());
  }

  static ByteBuf frame(int xid, int op, ByteBuf body) {
    ByteBuf bytes = Unpooled.buffer().writeInt(2 * Integer.BYTES + body.readableBytes()).writeInt(xid).writeInt(op);
    return bytes.writeBytes(body);
  }

  static ByteBuf ping(int xid) {
    return frame(xid, OpCode.PING, Unpooled.EMPTY_BUFFER);
  }

  static ByteBuf delete(int xid, String path) {
    ByteBuf body = Unpooled.buffer();
    Jute.writeString(body, path);
    return frame(xid, OpCode.DELETE, body.writeInt(-1));
  }

  static ByteBuf word(String word) {
    return Unpooled.copiedBuffer(word, StandardCharsets.US_ASCII);
  }
}
