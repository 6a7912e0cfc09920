package troupe.links;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.links.wire.PeerEnvelope;

/**
 * The way on which this server's messages go to another one: the life line to it, behind the greeting. Each message is
 * a frame, its length in four bytes and then its form in {@code peers.proto}. What is said in one turn of the core's loop
 * leaves in one write.
 *
 * <p>A peer that does not read must not fill the memory. What it has not read may come to a certain number of bytes,
 * then its messages are dropped until it has read half: the connection says that it lives still, and the protocols survive a
 * gap.
 */
final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  private final ServerId to;
  private final Channel channel;
  private final Consumer<Runnable> atEndOfTurn;
  private boolean flushDue;
  private boolean full;

  /** @param channel not writable while too much is unread */
  Lane(ServerId to, Channel channel, Consumer<Runnable> atEndOfTurn) {
    this.to = to;
    this.channel = channel;
    this.atEndOfTurn = atEndOfTurn;
  }

  /** From any thread; in order from each, and without a detour from the one of the core. */
  void send(PeerMessage message) {
    if (channel.eventLoop().inEventLoop()) {
      write(message);
    } else {
      channel.eventLoop().execute(() -> write(message));
    }
  }

  private void write(PeerMessage message) {
    if (!channel.isActive()) {
      return; // lost, as what is on its way in a connection that breaks
    }
    if (channel.isWritable()) {
      full = false;
      channel.write(frame(message), channel.voidPromise());
      flushAtEndOfTurn();
    } else if (!full) {
      full = true;
      LOG.warn("server {} does not read what it is sent: messages to it are dropped until it does", to);
    }
  }

  private ByteBuf frame(PeerMessage message) {
    PeerEnvelope envelope = PeerCodec.envelope(message);
    int size = envelope.getSerializedSize();
    ByteBuf frame = channel.alloc().ioBuffer(Integer.BYTES + size, Integer.BYTES + size).writeInt(size);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(frame.nioBuffer(Integer.BYTES, size));
      envelope.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException | RuntimeException e) {
      frame.release();
      throw e instanceof IOException broken ? new UncheckedIOException(broken) : (RuntimeException) e;
    }
    return frame.writerIndex(Integer.BYTES + size);
  }

  private void flushAtEndOfTurn() {
    if (!flushDue) {
      flushDue = true;
      atEndOfTurn.accept(() -> {
        flushDue = false;
        channel.flush();
      });
    }
  }
}
