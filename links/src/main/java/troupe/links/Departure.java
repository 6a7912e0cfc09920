package troupe.links;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.ensemble.ServerId;

/**
 * A connection that this server makes to another one: greets, is greeted, and hears nothing after that. Its actor hears
 * that it stands, if it comes so far, and then how it ends.
 */
final class Departure extends ByteToMessageDecoder {
  private final Greeting said;
  private final ServerId peer;
  private final Lanes lanes;
  private final ActorRef<LifeLine.Command> listener;
  private Optional<Greeting> greeting = Optional.empty();
  private Optional<Throwable> cause = Optional.empty();
  private Optional<Future<?>> deadline = Optional.empty();

  /** @param peer who should answer */
  Departure(Greeting said, ServerId peer, Lanes lanes, ActorRef<LifeLine.Command> listener) {
    this.said = said;
    this.peer = peer;
    this.lanes = lanes;
    this.listener = listener;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    context.writeAndFlush(context.alloc().buffer().writeBytes(said.line().getBytes(US_ASCII)));
    deadline = Optional.of(context.executor().schedule(
        () -> exceptionCaught(context, new TimeoutException("no greeting within " + Arrival.GREETING_TIMEOUT)),
        Arrival.GREETING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    super.channelActive(context);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
    if (greeting.isPresent()) {
      throw new IllegalArgumentException("something follows the greeting");
    }
    Greeting.read(in).ifPresent(read -> greeted(context, read));
  }

  private void greeted(ChannelHandlerContext context, Greeting read) {
    if (!read.from().equals(peer)) {
      throw new IllegalArgumentException("server " + read.from() + " answers there: correct its address or id");
    }
    if (read.form() != said.form()) {
      throw new IllegalArgumentException("the answer is of another form than the greeting");
    }
    deadline.ifPresent(due -> due.cancel(false));
    greeting = Optional.of(read);
    if (read.form() == Greeting.Form.LANE) {
      lanes.open(peer, context.channel());
    }
    listener.tell(new LifeLine.Greeted(read));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    super.channelInactive(context);
    deadline.ifPresent(due -> due.cancel(false));
    boolean unanswered = greeting.isEmpty() && !(cause.isPresent() && cause.get() instanceof IllegalArgumentException
        || cause.isPresent() && cause.get() instanceof TimeoutException);
    listener.tell(unanswered ? new LifeLine.TurnedAway(cause) : new LifeLine.Ended(cause));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    cause = cause.or(() -> Optional.of(LifeLine.rootOf(failure)));
    context.close();
  }
}
