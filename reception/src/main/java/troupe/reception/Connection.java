package troupe.reception;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.actors.Server;
import troupe.protocol.ClientProtocol;
import troupe.protocol.Inbox;
import troupe.protocol.Outbox;
import troupe.protocol.ProtocolException;
import troupe.protocol.wire.AddAuthRequest;
import troupe.protocol.wire.AnswerMessage;
import troupe.protocol.wire.ClientEnvelope;
import troupe.protocol.wire.Credit;
import troupe.protocol.wire.Handshake;
import troupe.protocol.wire.OpenStream;
import troupe.protocol.wire.Refusal;
import troupe.protocol.wire.RequestMessage;
import troupe.protocol.wire.RequestMessage.RequestCase;
import troupe.protocol.wire.ServerEnvelope;
import troupe.protocol.wire.SessionMessage;
import troupe.protocol.wire.StreamMessage;
import troupe.protocol.wire.Welcome;
import troupe.session.Answer;
import troupe.session.ClientConnection;
import troupe.session.ClientRequest;
import troupe.session.Digests;
import troupe.session.ProvedIdentities;
import troupe.session.Session;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.KeptOutcomes;
import troupe.tree.NodeEvent;
import troupe.tree.Password;

/**
 * One connection of an actor-based client, from its greeting to its end: towards its session what a connection of the
 * client port is. It runs on the thread of its session, which calls it directly.
 *
 * <p>What arrives together is handed to the session together, and what the session says in one go leaves in one go. A
 * write that its client asks for again, on another connection, is recognised by its number and answered from what the
 * tree keeps of it.
 */
final class Connection implements ClientConnection {
  /** All that this actor understands. */
  sealed interface Command {}

  record Received(ClientProtocol.Frame frame) implements Command {}

  /** There is a newer tree. */
  record Published() implements Command {}

  /** Time to see whether the client was heard of. */
  record Beat() implements Command {}

  /** There is a session. */
  record Opened(ActorRef<Session.Command> session, long id, int timeout, Password password) implements Command {}

  /** The session does not want this client. */
  record NotWanted() implements Command {}

  record End(String reason) implements Command {}

  /** @param known the answer, where it need not be asked for */
  private record Pending(RequestCase asked, boolean write, Optional<AnswerMessage> known) {}

  private record Unread(long frame, int bytes) {}

  private static final int BEATS = 4; // in a session's timeout
  private static final int ENVELOPE_OVERHEAD = 1 << 16;
  private static final int EVENTS = 256; // of a stream in one go

  private final ActorContext<Command> context;
  private final ActorRef<Command> self;
  private final TimerScheduler<Command> timers;
  private final Reception.House house;
  private final Server.Serving serving;
  private final ClientProtocol.Connect connect;
  private final Inbox inbox;
  private final Outbox outbox;
  private final ProvedIdentities identities = new ProvedIdentities();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final List<ClientRequest> arrived = new ArrayList<>();
  private final Map<Long, Changes> streams = new HashMap<>();
  private final Deque<Unread> unread = new ArrayDeque<>();

  private Optional<ActorRef<Session.Command>> session = Optional.empty();

  /** The session, perhaps a little earlier: before this actor has heard of it, it may stop. */
  private Optional<ActorRef<Session.Command>> toLeave = Optional.empty();

  private KeptOutcomes kept = KeptOutcomes.NONE;
  private ServerEnvelope.Builder out = ServerEnvelope.newBuilder();
  private int outBytes;
  private long unreadBytes;
  private boolean wasFull;
  private boolean observes;

  /** The number of the newest write that this connection was asked for. */
  private long lastWrite;

  private long seen;
  private int arrivedWrites;
  private int pendingWrites;
  private int silentBeats;

  /** The session does not know it yet, and may answer still. */
  private boolean stopped;

  private Connection(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Reception.House house,
      Server.Serving serving,
      ClientProtocol.Connect connect) {
    this.context = context;
    this.self = context.getSelf();
    this.timers = timers;
    this.house = house;
    this.serving = serving;
    this.connect = connect;
    this.inbox = new Inbox((long) house.settings().maxRequestBytes() + Outbox.PART + ENVELOPE_OVERHEAD);
    this.outbox = new Outbox(connect.connection(), connect.client());
  }

  /** @param loop the dispatcher that it runs on: its session is to run there too */
  static Behavior<Command> create(
      Reception.House house, Server.Serving serving, ClientProtocol.Connect connect, Props loop) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      Connection connection = new Connection(context, timers, house, serving, connect);
      connection.begin(loop);
      return Behaviors.receive(Command.class)
          .onMessage(Command.class, connection::onMessage)
          .onSignal(PostStop.class, stopped -> connection.onStop())
          .build();
    }));
  }

  private void begin(Props loop) {
    Handshake handshake = connect.handshake();
    handshake.getAuthsList().stream().map(this::proved).filter(identities::fit).forEach(identities::add);
    int timeout = handshake.getTimeout() < 0 ? Integer.MAX_VALUE : handshake.getTimeout();
    if (handshake.hasSession()) {
      SessionMessage earlier = handshake.getSession();
      Password password = new Password(earlier.getPasswordHigh(), earlier.getPasswordLow());
      serving.sessions().tell(
          new Sessions.Resume(earlier.getId(), password, timeout, this, identities.all(), loop));
    } else {
      serving.sessions().tell(new Sessions.Open(timeout, this, identities.all(), loop));
    }
  }

  private Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case Received received -> {
        silentBeats = 0;
        yield onFrame(received.frame());
      }
      case Published published -> {
        tellChanges();
        flush();
        yield Behaviors.same();
      }
      case Beat beat -> ++silentBeats > BEATS ? end("nothing was heard of its client") : Behaviors.same();
      case Opened opened -> {
        begin(opened);
        yield Behaviors.same();
      }
      case NotWanted not -> {
        boolean known = serving.published().get().session(connect.handshake().getSession().getId()).isPresent();
        connect.client().tell(new ClientProtocol.TurnedAway(
            connect.connection(),
            known ? Refusal.FOREIGN : Refusal.EXPIRED,
            known ? "the session has another password" : "there is no such session"));
        yield Behaviors.stopped();
      }
      case End end -> end(end.reason());
    };
  }

  private Behavior<Command> end(String reason) {
    context.getLog().debug("connection of {}: {}", connect.client(), reason);
    if (session.isPresent()) {
      out.setLeaves(reason);
      send();
    } else {
      connect.client().tell(new ClientProtocol.TurnedAway(connect.connection(), Refusal.OTHER, reason));
    }
    return Behaviors.stopped();
  }

  private Behavior<Command> onStop() {
    stopped = true;
    toLeave.ifPresent(actor -> actor.tell(new Session.Disconnected()));
    house.outstandingWrites().addAndGet(-pendingWrites);
    return Behaviors.same();
  }

  // From the client.

  private Behavior<Command> onFrame(ClientProtocol.Frame frame) {
    try {
      Optional<ByteString> envelope = inbox.take(frame);
      return envelope.isPresent() ? onEnvelope(ClientEnvelope.parseFrom(envelope.get())) : Behaviors.same();
    } catch (ProtocolException | InvalidProtocolBufferException e) {
      return end("what its client said cannot be taken: " + e.getMessage());
    }
  }

  private Behavior<Command> onEnvelope(ClientEnvelope envelope) throws ProtocolException {
    takeReceived(envelope.getReceived());
    seen = Math.max(seen, envelope.getSeen());
    boolean confirmed = false;
    for (RequestMessage request : envelope.getRequestsList()) {
      confirmed = take(request, confirmed);
    }
    // A linearizable read is two requests to its session.
    if (pending.size() > 2 * house.settings().maxOutstandingPerConnection()) {
      throw new ProtocolException("more than " + house.settings().maxOutstandingPerConnection()
          + " requests without an answer (troupe.client.max-outstanding-per-connection)");
    }
    handOver();
    envelope.getOpenList().forEach(this::open);
    for (Credit credit : envelope.getCreditsList()) {
      Optional.ofNullable(streams.get(credit.getStream())).ifPresent(stream -> stream.allow(credit.getMore()));
    }
    envelope.getCloseList().forEach(streams::remove);
    tellChanges();
    if (envelope.getRequestsCount() == 0) { // it wants to be heard of, and to hear of us
      session.ifPresent(actor -> actor.tell(new Session.Requests(List.of())));
      streams.values().forEach(this::tellReached);
      flush();
      send();
    } else {
      flush();
    }
    if (envelope.getLeaves()) {
      return Behaviors.stopped();
    }
    return Behaviors.same();
  }

  private void takeReceived(long received) {
    while (!unread.isEmpty() && unread.peek().frame() <= received) {
      unreadBytes -= unread.poll().bytes();
    }
    if (wasFull && !isFull()) {
      wasFull = false;
      session.ifPresent(actor -> actor.tell(new Session.Drained()));
    }
  }

  /**
   * @param confirmed whether a linearizable read came before in this envelope: what holds for that one, which has had to
   *     wait for the leader's word, holds for all behind it, since none of them is asked later
   * @return whether one has come by now
   */
  private boolean take(RequestMessage request, boolean confirmed) throws ProtocolException {
    RequestCase asked = request.getRequestCase();
    long now = serving.published().get().lastZxidNumber();
    if (asked == RequestCase.ADD_AUTH) {
      authenticate(request.getAddAuth(), now);
      return confirmed;
    }
    ClientRequest read = RequestReader.read(request, seen);
    boolean write = read instanceof ClientRequest.Write;
    if (write && request.getWrite() == 0 || !write && request.getWrite() != 0) {
      throw new ProtocolException("writes have numbers, and nothing else has: " + asked);
    }
    if (write && isKnown(request)) {
      return confirmed;
    }
    if (request.getSerializedSize() > house.settings().maxRequestBytes()) { // a write has its number all the same
      know(asked, AnswerWriter.tooLarge(now));
      return confirmed;
    }
    boolean linearizable = request.getLinearizable() && !confirmed;
    if (linearizable) {
      pending.add(new Pending(RequestCase.REQUEST_NOT_SET, false, Optional.empty()));
      arrived.add(new ClientRequest.ReadIndex(0));
    }
    pending.add(new Pending(asked, write, Optional.empty()));
    arrived.add(read);
    arrivedWrites += write ? 1 : 0;
    return confirmed || linearizable;
  }

  /** Whether that write was asked for before, on another connection, and what became of it is known. */
  private boolean isKnown(RequestMessage request) throws ProtocolException {
    long number = request.getWrite();
    boolean next = lastWrite == 0 || number == lastWrite + 1;
    if (!next || number <= seen || number - seen > house.settings().maxOutstandingPerConnection()) {
      throw new ProtocolException(
          "a write with the number " + number + " after " + lastWrite + ", when " + seen + " was heard of");
    }
    lastWrite = number;
    Optional<KeptOutcomes.Kept> before = kept.get((int) number);
    if (before.isPresent()) {
      know(request.getRequestCase(), AnswerWriter.outcome(before.get().zxid(), before.get().outcome()));
      return true;
    }
    if (kept.size() > 0 && (int) number - kept.last() < 0) {
      // It was refused, and those behind it were not: it must not be done now.
      know(request.getRequestCase(),
          AnswerWriter.failed(serving.published().get().lastZxidNumber(), ErrorCode.THROTTLED_OP));
      return true;
    }
    return false;
  }

  private void know(RequestCase asked, AnswerMessage answer) {
    pending.add(new Pending(asked, false, Optional.of(answer)));
    answerKnown();
  }

  private void authenticate(AddAuthRequest auth, long now) {
    List<Identity> proved = proved(auth);
    if (proved.isEmpty() || !identities.fit(proved)) {
      know(RequestCase.ADD_AUTH, AnswerWriter.failed(now, ErrorCode.AUTH_FAILED));
      return;
    }
    if (identities.add(proved)) {
      release(); // what came before was asked by who the client was before
      session.ifPresent(actor -> actor.tell(new Session.Identified(identities.all())));
    }
    know(RequestCase.ADD_AUTH, AnswerWriter.done(now));
  }

  private List<Identity> proved(AddAuthRequest auth) {
    return auth.getScheme().equals("digest")
        ? Digests.identities(auth.getCredentials().toByteArray(), house.settings().superDigest())
        : List.of();
  }

  /** Writes beyond what all clients together may have under way wait here, as long as others of this client are. */
  private void handOver() {
    if (pendingWrites == 0 || house.outstandingWrites().get() <= house.settings().maxOutstanding()) {
      release();
    }
  }

  private void release() {
    if (!arrived.isEmpty() && session.isPresent()) {
      pendingWrites += arrivedWrites;
      house.outstandingWrites().addAndGet(arrivedWrites);
      arrivedWrites = 0;
      session.get().tell(new Session.Requests(List.copyOf(arrived)));
      arrived.clear();
    }
  }

  // Streams of changes.

  private void open(OpenStream open) {
    if (streams.size() >= house.settings().maxOutstandingPerConnection()) {
      add(StreamMessage.newBuilder().setStream(open.getStream()).setRefused(ErrorCode.THROTTLED_OP.wire()).build());
      return;
    }
    Optional<Changes> stream =
        Changes.open(open, serving.changes(), serving.published().get().lastZxidNumber());
    if (stream.isEmpty()) {
      add(compacted(open.getStream()));
      return;
    }
    streams.put(open.getStream(), stream.get());
    tellReached(stream.get());
    if (!observes) {
      observes = true;
      serving.watches().tell(new Watches.Observe(
          context.messageAdapter(Watches.Published.class, published -> new Published())));
    }
  }

  /** So that who waits long for anything to happen is not sent back to a place that has been forgotten meanwhile. */
  private void tellReached(Changes stream) {
    stream.reached(serving.published().get().lastZxidNumber()).ifPresent(this::add);
  }

  private void tellChanges() {
    long last = serving.published().get().lastZxidNumber();
    for (Changes stream : List.copyOf(streams.values())) {
      if (stream.isLost()) {
        streams.remove(stream.id());
        add(compacted(stream.id()));
        continue;
      }
      Optional<StreamMessage> changes = isFull() ? Optional.empty() : stream.next(last, identities.all(), EVENTS);
      while (changes.isPresent()) {
        add(changes.get());
        changes = isFull() ? Optional.empty() : stream.next(last, identities.all(), EVENTS);
      }
    }
  }

  private StreamMessage compacted(long stream) {
    return StreamMessage.newBuilder().setStream(stream).setCompacted(serving.changes().since().zxid()).build();
  }

  private void add(StreamMessage message) {
    out.addStreams(message);
    said(message.getSerializedSize());
  }

  private void begin(Opened opened) {
    session = Optional.of(opened.session());
    // Nothing that the session had under way elsewhere is so any more: what it was asked to do is in here, or was not done.
    kept = serving.published().get().outcomesOf(opened.id());
    timers.startTimerWithFixedDelay(new Beat(), Duration.ofMillis(Math.max(1, opened.timeout() / BEATS)));
    connect.client().tell(new ClientProtocol.Welcomed(
        connect.connection(),
        context.messageAdapter(ClientProtocol.Frame.class, Received::new),
        Welcome.newBuilder()
            .setSession(SessionMessage.newBuilder()
                .setId(opened.id())
                .setPasswordHigh(opened.password().high())
                .setPasswordLow(opened.password().low()))
            .setTimeout(opened.timeout())
            .setMaxOutstanding(house.settings().maxOutstandingPerConnection())
            .setMaxRequestBytes(house.settings().maxRequestBytes())
            .setLastWrite(kept.last())
            .build()));
  }

  // ClientConnection: called by the session's actor, on this thread, if nothing else is said. But not by this actor: what
  // needs its context has to be a message.

  @Override
  public void opened(ActorRef<Session.Command> actor, long id, int timeout, Password password) {
    if (stopped) {
      actor.tell(new Session.Disconnected());
      return;
    }
    toLeave = Optional.of(actor);
    self.tell(new Opened(actor, id, timeout, password));
  }

  @Override
  public boolean isGone() {
    return stopped;
  }

  /** From any thread. */
  @Override
  public void refused() {
    self.tell(new NotWanted());
  }

  @Override
  public void answer(long zxid, Answer answer) {
    if (stopped) {
      return;
    }
    Pending asked = pending.poll();
    if (asked.write()) {
      pendingWrites--;
      house.outstandingWrites().decrementAndGet();
    }
    if (asked.asked() != RequestCase.REQUEST_NOT_SET) { // that was the leader's word for a read behind it
      add(isTooLarge(answer) ? AnswerWriter.tooLarge(zxid) : AnswerWriter.write(asked.asked(), zxid, answer));
    }
    answerKnown();
  }

  /** The session says so itself of many reads, in ZooKeeper's words; for nothing else does it say that here. */
  private boolean isTooLarge(Answer answer) {
    return answer instanceof Answer.Failed failed && failed.reason() == ErrorCode.MARSHALLING_ERROR
        || AnswerWriter.size(answer) > house.settings().unreadLimit();
  }

  private void answerKnown() {
    while (!pending.isEmpty() && pending.peek().known().isPresent()) {
      add(pending.poll().known().get());
    }
  }

  private void add(AnswerMessage answer) {
    out.addAnswers(answer);
    said(answer.getSerializedSize());
  }

  /** Of what is watched here only streams tell. */
  @Override
  public void event(long zxid, NodeEvent.Kind kind, String path) {
    throw new IllegalStateException("nobody here has set a watch on " + path);
  }

  @Override
  public void flush() {
    if (stopped) {
      return;
    }
    if (outBytes > 0) {
      send();
    }
    handOver();
  }

  @Override
  public boolean isFull() {
    boolean full = unreadBytes + outBytes > house.settings().unreadHighWater();
    wasFull |= full;
    return full;
  }

  /** From any thread. */
  @Override
  public void close(String reason) {
    self.tell(new End(reason));
  }

  private void said(int bytes) {
    outBytes += bytes;
    if (outBytes >= Outbox.PART) {
      send();
    }
  }

  private void send() {
    ByteString envelope = out.build().toByteString();
    out = ServerEnvelope.newBuilder();
    outBytes = 0;
    unread.add(new Unread(outbox.send(envelope), envelope.size()));
    unreadBytes += envelope.size();
    if (unreadBytes > house.settings().unreadLimit()) {
      unreadBytes = 0; // once
      unread.clear();
      close("its client does not take what it is told");
    }
  }
}
