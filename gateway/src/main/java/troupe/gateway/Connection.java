package troupe.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.actors.Server;
import troupe.session.Answer;
import troupe.session.ClientConnection;
import troupe.session.ClientRequest;
import troupe.session.Digests;
import troupe.session.ProvedIdentities;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.NodeEvent;
import troupe.tree.Password;
import troupe.tree.Znode;

/**
 * One connection of a client, from its first byte to its end. Everything here runs on the connection's event loop.
 *
 * <p>What arrives together is handed to the session together, and what the session says in one go leaves in one go. A
 * client that sends faster than it is answered, or does not read, is not read from until it has caught up.
 */
final class Connection extends ByteToMessageDecoder implements ClientConnection {
  private enum Phase {
    /** Its first four bytes say whether it is a session's client or somebody with a four-letter word. */
    NEW,
    /** A session is being opened for it; nothing is read. */
    OPENING,
    OPEN,
    /** Nothing it sends matters any more. */
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final int REQUEST_HEADER = 2 * Integer.BYTES;
  private static final int INITIAL_BUFFER = 512;
  private static final long NO_ZXID = -1;
  /** A client that does not read by then what was said to it last is closed without. */
  private static final Duration LINGER = Duration.ofSeconds(5);
  /** For a client to hear why it is refused. Most close by themselves then. */
  private static final Duration TO_BE_HEARD = Duration.ofMillis(200);

  private final Gateway.Port port;
  private final List<ClientRequest> arrived = new ArrayList<>();
  private final PendingRequests pending = new PendingRequests();
  private final ConnectionStats stats = new ConnectionStats();
  private final AnswerTimes times;
  private final ProvedIdentities identities = new ProvedIdentities();
  private ChannelHandlerContext channel;
  private InetSocketAddress client;
  private Phase phase = Phase.NEW;
  private Optional<Future<?>> deadline = Optional.empty();
  private Optional<ActorRef<Session.Command>> session = Optional.empty();
  private boolean knowsReadOnly;
  private int pendingWrites;
  private Optional<ByteBuf> out = Optional.empty();
  private int outReplies;

  Connection(Gateway.Port port) {
    this.port = port;
    this.times = new AnswerTimes(port, stats, System::nanoTime);
  }

  ConnectionStats stats() {
    return stats;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    channel = context;
    client = (InetSocketAddress) context.channel().remoteAddress();
    stats.begin(client);
    times.begin(port.timesOf(context.channel().eventLoop()));
    if (!port.admit(this, client)) {
      phase = Phase.CLOSED;
      context.close();
      return;
    }
    identities.add(List.of(new Identity("ip", client.getAddress().getHostAddress())));
    setDeadline(port.settings().handshakeTimeout(), this::checkHandshake);
    super.channelActive(context);
  }

  /** In place of the one before, if there was one: thousands that mean nothing any more would be a burden. */
  private void setDeadline(Duration time, Runnable check) {
    removeDeadline();
    deadline = Optional.of(channel.executor().schedule(check, time.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void removeDeadline() {
    deadline.ifPresent(set -> set.cancel(false));
  }

  private void checkHandshake() {
    if (phase == Phase.NEW) {
      LOG.info("{} said nothing for {}: closed", client, port.settings().handshakeTimeout());
      port.stats().malformed();
      drop();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    super.channelInactive(context);
    phase = Phase.CLOSED;
    removeDeadline();
    port.leave(this, client);
    session.ifPresent(actor -> actor.tell(new Session.Disconnected()));
    countAnswered();
    port.stats().abandoned(pending.size() - arrived.size()); // those that have just arrived are not counted yet
    arrived.clear();
    port.writesDone(pendingWrites);
    pendingWrites = 0;
    out.ifPresent(ByteBuf::release);
    out = Optional.empty();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
    while (phase != Phase.CLOSED && phase != Phase.OPENING && !isAhead() && in.readableBytes() >= Integer.BYTES) {
      int length = in.getInt(in.readerIndex());
      if (phase == Phase.NEW && FourLetterWords.isWord(length)) {
        answerWord(in, length);
        return;
      }
      if (length < 0 || length > port.settings().maxFrameSize()) {
        refuse("a frame of " + length + " bytes; the limit is troupe.client.max-frame-size = "
            + port.settings().maxFrameSize());
        return;
      }
      if (in.readableBytes() < Integer.BYTES + length) {
        return;
      }
      in.skipBytes(Integer.BYTES);
      ByteBuf frame = in.readSlice(length);
      if (phase == Phase.NEW) {
        handshake(frame);
      } else {
        request(frame);
      }
    }
    if (phase == Phase.CLOSED) {
      in.skipBytes(in.readableBytes());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    // Not as the decoder has it, which reads on by itself where reading was stopped while it decoded.
    discardSomeReadBytes();
    context.fireChannelReadComplete();
    handOver();
  }

  /** What has been read in one go becomes one message to the session. */
  private void handOver() {
    if (!arrived.isEmpty() && session.isPresent()) {
      port.stats().received(arrived.size());
      session.get().tell(new Session.Requests(List.copyOf(arrived)));
      arrived.clear();
      updateReading();
    }
  }

  private void handshake(ByteBuf frame) {
    try {
      frame.readInt(); // protocol version, of which there is one
      long lastZxidSeen = frame.readLong();
      int timeout = frame.readInt();
      long id = frame.readLong();
      byte[] password = Jute.readData(frame);
      knowsReadOnly = frame.isReadable();
      port.stats().handshake();
      phase = Phase.OPENING;
      updateReading();
      awaitService(() -> connect(lastZxidSeen, timeout, id, password));
    } catch (Jute.Malformed | IndexOutOfBoundsException e) {
      refuse("a handshake that is too short");
    }
  }

  private void awaitService(Runnable handshake) {
    port.whenServing(this, () -> channel.executor().execute(handshake));
    setDeadline(port.settings().leaderWait(), this::checkServing);
  }

  private void checkServing() {
    if (phase == Phase.OPENING && port.serving().isEmpty()) {
      LOG.info("{} waited in vain for this server to serve: closed", client);
      drop();
    }
  }

  private void connect(long lastZxidSeen, int timeout, long id, byte[] password) {
    Optional<Server.Serving> serving = port.serving();
    if (phase != Phase.OPENING) {
      drop(); // it has changed its mind
      return;
    }
    if (serving.isEmpty()) { // the server has
      awaitService(() -> connect(lastZxidSeen, timeout, id, password));
      return;
    }
    long lastZxid = serving.get().published().get().lastZxidNumber();
    if (lastZxidSeen > lastZxid) {
      LOG.info("{} has seen 0x{}, this server 0x{}: it must not go back in time, closed",
          client, Long.toHexString(lastZxidSeen), Long.toHexString(lastZxid));
      drop();
      return;
    }
    if (id == 0) {
      serving.get().sessions().tell(new Sessions.Open(timeout, this, identities.all(),
          port.dispatcherOf(channel.executor())));
    } else if (password.length == Password.LENGTH) {
      serving.get().sessions().tell(new Sessions.Resume(id, Password.of(password), timeout, this,
          identities.all(), port.dispatcherOf(channel.executor())));
    } else {
      refused();
    }
  }

  private void request(ByteBuf frame) {
    if (frame.readableBytes() < REQUEST_HEADER) {
      refuse("a request of " + frame.readableBytes() + " bytes");
      return;
    }
    stats.received();
    int xid = frame.readInt();
    int op = frame.readInt();
    switch (op) {
      case OpCode.AUTH -> authenticate(xid, frame);
      case OpCode.SASL -> refuseSasl(xid);
      default -> {
        if (!RequestDecoder.isKnown(op)) {
          LOG.info("{} asked for operation {}, which does not exist: closed", client, op);
          port.stats().malformed();
          ReplyEncoder.error(out(), xid, NO_ZXID, ErrorCode.UNIMPLEMENTED);
          closeOnceRead();
          return;
        }
        RequestDecoder.Decoded decoded = RequestDecoder.decode(xid, op, frame);
        if (decoded.request() instanceof ClientRequest.Fail) {
          LOG.info("{} sent operation {} with a body that cannot be read", client, op);
          port.stats().malformed();
        }
        if (decoded.request() instanceof ClientRequest.Write) {
          pendingWrites++;
          port.stats().writesBegun(1);
        }
        pending.add(xid, op, System.nanoTime(), decoded.detail(), decoded.request());
        arrived.add(decoded.request());
      }
    }
  }

  /** Answered at once, ahead of requests that came earlier, as ZooKeeper does; what comes later is authenticated. */
  private void authenticate(int xid, ByteBuf frame) {
    try {
      frame.readInt(); // a type that means nothing
      Optional<String> scheme = Jute.readOptionalString(frame);
      byte[] credentials = Jute.readData(frame);
      List<Identity> proved = proved(scheme.orElse(""), credentials);
      if (proved.isEmpty() || !identities.fit(proved)) {
        LOG.info("{} could not be authenticated with scheme {}{}: closed", client, scheme.orElse("(none)"),
            proved.isEmpty() ? "" : ", it has proved too much already");
        ReplyEncoder.error(out(), xid, 0, ErrorCode.AUTH_FAILED);
        closeOnceRead();
        return;
      }
      if (identities.add(proved)) {
        handOver(); // what came before was asked by who the client was before
        session.ifPresent(actor -> actor.tell(new Session.Identified(identities.all())));
      }
      ReplyEncoder.error(out(), xid, 0, ErrorCode.OK);
      flush();
    } catch (Jute.Malformed | IndexOutOfBoundsException e) {
      refuse("an auth packet that cannot be read");
    }
  }

  private List<Identity> proved(String scheme, byte[] credentials) {
    return switch (scheme) {
      case "digest" -> credentials == Znode.NO_DATA
          ? List.of()
          : Digests.identities(credentials, port.settings().superDigest());
      case "ip" -> List.of(identities.all().getFirst());
      default -> List.of();
    };
  }

  /** There is no SASL here; as from a ZooKeeper without it, the answer is an empty token. */
  private void refuseSasl(int xid) {
    ByteBuf reply = out();
    int start = ReplyEncoder.beginFrame(reply);
    ReplyEncoder.header(reply, xid, 0, ErrorCode.OK);
    Jute.writeData(reply, Znode.NO_DATA);
    ReplyEncoder.endFrame(reply, start);
    flush();
  }

  private void answerWord(ByteBuf in, int word) {
    in.skipBytes(Integer.BYTES);
    phase = Phase.CLOSED;
    // Who asks with a word often says at once that he will say nothing more, and waits for the answer.
    channel.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    port.words().answer(word, in, this).whenComplete((text, failure) -> channel.executor().execute(() -> {
      if (failure != null) { // whom it asked has just stopped
        LOG.info("{} gets no answer to its word: {}", client, failure.getMessage());
        drop();
        return;
      }
      if (!text.isEmpty()) {
        out().writeCharSequence(text, StandardCharsets.UTF_8);
      }
      closeAfterWriting();
    }));
  }

  // ClientConnection: called by the session's actor, on this event loop.

  @Override
  public void opened(ActorRef<Session.Command> actor, long id, int timeout, Password password) {
    if (phase != Phase.OPENING) {
      actor.tell(new Session.Disconnected()); // the client did not wait
      return;
    }
    session = Optional.of(actor);
    phase = Phase.OPEN;
    removeDeadline();
    stats.opened(id, timeout);
    connectReply(id, timeout, password.bytes());
    flush();
    resumeDecoding();
  }

  /** Requests that came behind the handshake are in the decoder already: nothing else would make it look at them. */
  private void resumeDecoding() {
    try {
      channelRead(channel, Unpooled.EMPTY_BUFFER);
      handOver();
    } catch (Exception e) {
      exceptionCaught(channel, e);
    }
  }

  @Override
  public void refused() {
    channel.executor().execute(() -> {
      if (phase != Phase.CLOSED) {
        connectReply(0, 0, new byte[Password.LENGTH]);
        closeOnceRead();
      }
    });
  }

  private void connectReply(long id, int timeout, byte[] password) {
    ByteBuf reply = out();
    int start = ReplyEncoder.beginFrame(reply);
    reply.writeInt(0); // protocol version
    reply.writeInt(timeout);
    reply.writeLong(id);
    reply.writeInt(password.length);
    reply.writeBytes(password);
    if (knowsReadOnly) {
      reply.writeBoolean(false);
    }
    ReplyEncoder.endFrame(reply, start);
  }

  @Override
  public void answer(long zxid, Answer answer) {
    if (phase != Phase.OPEN) {
      return;
    }
    int op = pending.op();
    ReplyEncoder.reply(out(), pending.xid(), op, pending.detail(), zxid, answer);
    times.answered(pending, zxid);
    if (port.settings().audit()) {
      AuditTrail.answered(stats.session(), identities.all(), client, pending.request(), answer);
    }
    pending.remove();
    if (answer instanceof Answer.Written || isWriteRefused(op, answer)) {
      pendingWrites--;
      port.writesDone(1);
    }
  }

  private static boolean isWriteRefused(int op, Answer answer) {
    return answer instanceof Answer.Failed failed && failed.reason() == ErrorCode.THROTTLED_OP && op != OpCode.SYNC;
  }

  @Override
  public void event(long zxid, NodeEvent.Kind kind, String path) {
    if (phase == Phase.OPEN) {
      ReplyEncoder.event(out(), zxid, kind, path);
      outReplies++;
      stats.sent();
    }
  }

  @Override
  public boolean isGone() {
    return phase == Phase.CLOSED;
  }

  @Override
  public void flush() {
    countAnswered();
    if (out.isPresent()) {
      countSent();
      channel.writeAndFlush(out.get(), channel.voidPromise());
      out = Optional.empty();
      if (unread() > port.settings().unreadLimit()) {
        LOG.warn("{} has {} bytes of answers and events waiting and does not read them: closed", client, unread());
        drop();
        return;
      }
    }
    updateReading();
  }

  /** So that a few small requests for much cannot fill the memory: the client has to take the answers. */
  @Override
  public boolean isFull() {
    return out.map(ByteBuf::readableBytes).orElse(0) + unread() > port.settings().unreadHighWater();
  }

  private void countAnswered() {
    outReplies += times.tell();
  }

  private void countSent() {
    port.stats().sent(outReplies);
    outReplies = 0;
  }

  @Override
  public void close(String reason) {
    channel.executor().execute(() -> {
      if (phase != Phase.CLOSED) {
        LOG.debug("{}: closed, {}", client, reason);
        closeAfterWriting();
      }
    });
  }

  // Flow control.

  /** Whether it has asked for so much that the rest of what has been read has to wait. */
  private boolean isAhead() {
    return pending.size() >= port.settings().maxOutstandingPerConnection();
  }

  private void updateReading() {
    boolean enough = isAhead()
        || pendingWrites > 0 && port.stats().outstandingWrites() > port.settings().maxOutstanding()
        || !channel.channel().isWritable()
        || phase == Phase.OPENING;
    if (channel.channel().config().isAutoRead() == enough) {
      channel.channel().config().setAutoRead(!enough);
      if (!enough && actualReadableBytes() > 0) {
        channel.executor().execute(this::resumeDecoding);
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    updateReading();
    if (context.channel().isWritable()) {
      session.ifPresent(actor -> actor.tell(new Session.Drained()));
    }
    super.channelWritabilityChanged(context);
  }

  private long unread() {
    ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes(); // none once the channel is closed
  }

  // Ends.

  private void refuse(String what) {
    LOG.warn("{} sent {}: closed", client, what);
    port.stats().malformed();
    drop();
  }

  private void drop() {
    phase = Phase.CLOSED;
    channel.close();
  }

  /**
   * A refusal that the client has to hear. It sends more before it does, and a connection that is closed with something
   * unread is reset: the refusal might be lost. So what comes is read for a moment, and forgotten.
   */
  private void closeOnceRead() {
    phase = Phase.CLOSED;
    countAnswered();
    countSent();
    channel.writeAndFlush(out(), channel.voidPromise());
    out = Optional.empty();
    channel.channel().config().setAutoRead(true);
    setDeadline(TO_BE_HEARD, channel::close);
  }

  private void closeAfterWriting() {
    phase = Phase.CLOSED;
    countAnswered();
    countSent();
    setDeadline(LINGER, channel::close);
    if (out.isPresent()) {
      ByteBuf last = out.get();
      out = Optional.empty();
      channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    } else {
      channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("{}: {}", client, cause.getMessage());
    } else {
      LOG.error("{}: closed because of an error of ours", client, cause);
    }
    drop();
  }

  private ByteBuf out() {
    if (out.isEmpty()) {
      out = Optional.of(channel.alloc().buffer(INITIAL_BUFFER));
    }
    return out.get();
  }
}
