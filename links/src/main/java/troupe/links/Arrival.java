package troupe.links;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/**
 * A connection that another server has made. Its greeting is answered; behind that come its messages, if it is a lane,
 * or silence. It is kept until its other end lets go of it, or makes no sense.
 */
final class Arrival extends ByteToMessageDecoder {
  /** Whoever connects without saying who it is has to go, so that it takes nobody's place for ever. */
  static final Duration GREETING_TIMEOUT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

  private final LifeLinePort port;
  private final Assembly assembly = new Assembly();
  private Optional<Greeting> greeting = Optional.empty();
  private Optional<Future<?>> deadline = Optional.empty();
  private boolean hasComplained;
  private boolean over;

  Arrival(LifeLinePort port) {
    this.port = port;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    deadline = Optional.of(
        context.executor().schedule(() -> context.close(), GREETING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    super.channelActive(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    deadline.ifPresent(due -> due.cancel(false));
    super.channelInactive(context);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
    if (over) {
      in.skipBytes(in.readableBytes());
    } else if (greeting.isEmpty()) {
      Greeting.read(in).ifPresent(read -> greet(context, read));
    } else if (greeting.get().form() == Greeting.Form.LIFE_LINE) {
      throw new IllegalArgumentException("something follows the greeting");
    } else {
      frame(in);
    }
  }

  private void greet(ChannelHandlerContext context, Greeting read) {
    deadline.ifPresent(due -> due.cancel(false));
    greeting = Optional.of(read);
    if (!port.isKnown(read.from())) { // who is turned away in good order can tell why
      LOG.debug("server {}, at {}, is not of this ensemble", read.from(), context.channel().remoteAddress());
      end(context);
      return;
    }
    context.writeAndFlush(context.alloc().buffer().writeBytes(port.answer(read).getBytes(US_ASCII)));
    port.arrived(read, context.channel());
  }

  private void frame(ByteBuf in) {
    if (!in.isReadable(Integer.BYTES)) {
      return;
    }
    int length = in.getInt(in.readerIndex());
    if (length < 0 || length > port.maxFrame()) {
      throw new IllegalArgumentException("a message of " + length + " bytes; the most is " + port.maxFrame()
          + ", of troupe.broadcast.max-batch-bytes and troupe.client.max-frame-size, which servers should agree on");
    }
    if (in.isReadable(Integer.BYTES + length)) {
      in.skipBytes(Integer.BYTES);
      message(ByteBufUtil.getBytes(in.readSlice(length)));
    }
  }

  private void message(byte[] bytes) {
    ServerId from = greeting.orElseThrow().from();
    try {
      PeerMessage message = PeerCodec.decode(bytes);
      if (!message.from().equals(from)) {
        throw new IllegalArgumentException("a message in the name of server " + message.from());
      }
      if (message instanceof Part part) {
        Optional<ByteString> whole = assembly.add(part);
        if (whole.isPresent()) {
          port.deliver(PeerCodec.decode(whole.get().toByteArray()));
        }
      } else {
        port.deliver(message);
      }
    } catch (InvalidProtocolBufferException e) {
      if (!hasComplained) { // a newer server may have more to say that this one does not understand
        hasComplained = true;
        LOG.warn("server {} has sent something that is dropped, as is all of its kind that follows: {}",
            from, e.getMessage());
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    Throwable cause = LifeLine.rootOf(failure);
    if (cause instanceof IOException || greeting.isEmpty()) {
      LOG.debug("life line from {} closed: {}", context.channel().remoteAddress(), cause.getMessage());
    } else {
      LOG.warn("life line from server {} at {} closed: {}",
          greeting.get().from(), context.channel().remoteAddress(), cause.getMessage());
    }
    end(context);
  }

  /** Nothing that has come already counts any more. */
  private void end(ChannelHandlerContext context) {
    over = true;
    context.close();
  }
}
