package troupe.protocol;

import com.google.protobuf.ByteString;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.protocol.ClientProtocol.Frame;

/** Numbers what one side of a connection says, and cuts it into parts that fit into any frame of the transport. */
public final class Outbox {
  /** Bytes of an envelope in one frame. Pekko's own limit for a message is 256 KiB unless it is set. */
  public static final int PART = 128 << 10;

  private final long connection;
  private final ActorRef<? super Frame> to;
  private long sent;

  public Outbox(long connection, ActorRef<? super Frame> to) {
    this.connection = connection;
    this.to = to;
  }

  /** Returns the number of the envelope's last frame. */
  public long send(ByteString envelope) {
    int from = 0;
    do {
      int until = Math.min(from + PART, envelope.size());
      to.tell(new Frame(connection, ++sent, until == envelope.size(), envelope.substring(from, until)));
      from = until;
    } while (from < envelope.size());
    return sent;
  }
}
