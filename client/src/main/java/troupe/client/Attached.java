package troupe.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.protocol.ClientProtocol;
import troupe.protocol.ClientProtocol.Connect;
import troupe.protocol.Inbox;
import troupe.protocol.Outbox;
import troupe.protocol.ProtocolException;
import troupe.protocol.wire.AnswerMessage;
import troupe.protocol.wire.ClientEnvelope;
import troupe.protocol.wire.Credit;
import troupe.protocol.wire.OpenStream;
import troupe.protocol.wire.RequestMessage;
import troupe.protocol.wire.ServerEnvelope;
import troupe.protocol.wire.StreamMessage;
import troupe.protocol.wire.Welcome;

/**
 * The session has a server. Becomes {@link Seeking} when that is silent for two fifths of the session's timeout, cannot be
 * reached by Pekko Cluster's word, or loses a message; {@link Over} when the session is closed.
 */
final class Attached {
  /** In a session's timeout. Whoever asks nothing is heard of once a beat. */
  private static final int BEATS = 10;
  private static final int SILENT_BEATS = 4;
  private static final long MAX_ANSWER_BYTES = 1L << 30;
  /** Bytes from the server after which it is told that they have come. */
  private static final long UNACKNOWLEDGED = 1 << 20;

  private final Agenda agenda;
  private final ActorRef<Connect> reception;
  private final ActorRef<ClientProtocol.FromServer> ears;
  private final long connection;
  private final Welcome welcome;
  private final String server;
  private final Inbox inbox = new Inbox(MAX_ANSWER_BYTES);
  private final Outbox outbox;
  private final Set<Long> openStreams = new HashSet<>();
  private boolean sendDue;
  private boolean saidSomething;
  private int silentBeats;
  private long unacknowledged;

  Attached(
      Agenda agenda,
      ActorRef<Connect> reception,
      ActorRef<ClientProtocol.FromServer> ears,
      ClientProtocol.Welcomed welcomed) {
    this.agenda = agenda;
    this.reception = reception;
    this.ears = ears;
    this.connection = welcomed.connection();
    this.welcome = welcomed.welcome();
    this.server = welcomed.server().path().address().hostPort();
    this.outbox = new Outbox(connection, welcomed.server());
  }

  Behavior<Session.Command> enter() {
    agenda.begin(welcome);
    agenda.context().getLog().info("session {} is with {}", agenda.session().orElseThrow(), server);
    agenda.timers().startTimerWithFixedDelay(
        new Session.Beat(), Duration.ofMillis(Math.max(1, agenda.timeoutMillis() / BEATS)));
    send();
    agenda.tell(new SessionEvent.Connected(agenda.session().orElseThrow(), server));
    return agenda.behave(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.FromOwner fromOwner -> {
        agenda.take(fromOwner);
        sendSoon();
        yield Behaviors.same();
      }
      case Session.SendDue due -> {
        sendDue = false;
        send();
        yield Behaviors.same();
      }
      case Session.Heard heard when heard.message().connection() != connection -> Behaviors.same();
      case Session.Heard heard -> {
        silentBeats = 0;
        yield switch (heard.message()) {
          case ClientProtocol.Frame frame -> onFrame(frame);
          case ClientProtocol.TurnedAway turned -> seek(turned.explanation());
          case ClientProtocol.Welcomed again -> Behaviors.same();
        };
      }
      case Session.Found found -> {
        boolean wasListed = agenda.servers().isListed(reception);
        agenda.servers().found(found.listing());
        yield wasListed && !agenda.servers().isListed(reception)
            ? seek(server + " cannot be reached")
            : Behaviors.same();
      }
      case Session.Beat beat -> {
        if (++silentBeats > SILENT_BEATS) {
          yield seek(server + " has been silent for " + agenda.timeoutMillis() * SILENT_BEATS / BEATS + " ms");
        }
        if (!saidSomething || silentBeats > 1) { // an envelope without requests is answered at once
          say(ClientEnvelope.newBuilder());
        }
        saidSomething = false;
        yield Behaviors.same();
      }
      case Session.AnswerDue late -> Behaviors.same();
      case Session.RetryDue late -> Behaviors.same();
      case Session.PatienceElapsed late -> Behaviors.same();
      case Session.Forgotten early -> Behaviors.same();
    };
  }

  // To the server.

  /** Everything that is in the mailbox by now goes in one message. */
  private void sendSoon() {
    if (!sendDue) {
      sendDue = true;
      agenda.context().getSelf().tell(new Session.SendDue());
    }
  }

  private void send() {
    ClientEnvelope.Builder envelope = ClientEnvelope.newBuilder();
    int bytes = addStreams(envelope);
    while (agenda.outstanding() < welcome.getMaxOutstanding()) {
      Optional<RequestMessage> request = agenda.next(welcome.getMaxRequestBytes());
      if (request.isEmpty()) {
        break;
      }
      envelope.addRequests(request.get());
      bytes = sayIfFull(envelope, bytes + request.get().getSerializedSize());
    }
    if (bytes > 0) {
      say(envelope);
    }
  }

  /** How many bytes are in it afterwards. */
  private int sayIfFull(ClientEnvelope.Builder envelope, int bytes) {
    if (bytes < Outbox.PART) {
      return bytes;
    }
    say(envelope);
    envelope.clear();
    return 0;
  }

  /** How many bytes are in it afterwards. */
  private int addStreams(ClientEnvelope.Builder envelope) {
    int bytes = 0;
    for (ChangeBuffer stream : agenda.streams()) {
      if (stream.isOver()) {
        continue;
      }
      if (openStreams.add(stream.id())) {
        OpenStream open = stream.open();
        envelope.addOpen(open);
        bytes = sayIfFull(envelope, bytes + open.getSerializedSize());
      } else {
        int more = stream.moreCredit();
        if (more > 0) {
          Credit credit = Credit.newBuilder().setStream(stream.id()).setMore(more).build();
          envelope.addCredits(credit);
          bytes = sayIfFull(envelope, bytes + credit.getSerializedSize());
        }
      }
    }
    for (long open : Set.copyOf(openStreams)) {
      if (agenda.stream(open).isEmpty()) {
        openStreams.remove(open);
        envelope.addClose(open);
        bytes = sayIfFull(envelope, bytes + Long.BYTES);
      }
    }
    return bytes;
  }

  private void say(ClientEnvelope.Builder envelope) {
    saidSomething = true;
    unacknowledged = 0;
    outbox.send(envelope.setReceived(inbox.received()).setSeen(agenda.seen()).build().toByteString());
  }

  // From the server.

  private Behavior<Session.Command> onFrame(ClientProtocol.Frame frame) {
    try {
      Optional<ByteString> envelope = inbox.take(frame);
      unacknowledged += frame.content().size();
      return envelope.isPresent() ? onEnvelope(ServerEnvelope.parseFrom(envelope.get())) : acknowledge();
    } catch (ProtocolException | InvalidProtocolBufferException e) {
      return seek("what " + server + " said cannot be taken: " + e.getMessage());
    }
  }

  private Behavior<Session.Command> onEnvelope(ServerEnvelope envelope) {
    for (AnswerMessage answer : envelope.getAnswersList()) {
      if (agenda.answer(answer)) {
        say(ClientEnvelope.newBuilder().setLeaves(true));
        Failure failure = new Failure(ErrorCode.SESSION_CLOSED, "the session has been closed by its owner");
        return new Over(agenda, failure).enter(new SessionEvent.Ended(failure));
      }
    }
    for (StreamMessage message : envelope.getStreamsList()) {
      agenda.stream(message.getStream()).ifPresent(stream -> agenda.sawChangesUpTo(stream.take(message)));
    }
    if (!envelope.getLeaves().isEmpty()) {
      return seek(server + " says: " + envelope.getLeaves());
    }
    sendSoon(); // there may be room for more
    return acknowledge();
  }

  /** The server stops to answer where too much is on the way. */
  private Behavior<Session.Command> acknowledge() {
    if (unacknowledged > UNACKNOWLEDGED) {
      say(ClientEnvelope.newBuilder());
    }
    return Behaviors.same();
  }

  private Behavior<Session.Command> seek(String why) {
    agenda.context().getLog().info("session {} looks for another server: {}", agenda.session().orElseThrow(), why);
    agenda.timers().cancelAll();
    outbox.send(ClientEnvelope.newBuilder().setLeaves(true).setSeen(agenda.seen()).build().toByteString());
    agenda.tell(new SessionEvent.Suspended(why));
    return Seeking.again(agenda, reception, ears).enter();
  }
}
