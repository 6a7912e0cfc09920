package troupe.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.cluster.typed.Cluster;
import troupe.protocol.ClientProtocol;
import troupe.protocol.ClientProtocol.Connect;
import troupe.protocol.wire.Handshake;
import troupe.protocol.wire.SessionMessage;

/**
 * The session has no server. Becomes {@link Attached} when one welcomes it, {@link Over} when one says that there is no such
 * session.
 *
 * <p>Servers are tried one after the other; see {@link Servers#drawn}.
 */
final class Seeking {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration SHORTEST_PATIENCE = Duration.ofMillis(500);

  private final Agenda agenda;
  private final ActorRef<ClientProtocol.FromServer> ears;
  private final List<ActorRef<Connect>> untried = new ArrayList<>();
  private Optional<ActorRef<Connect>> asked = Optional.empty();
  private long connection;
  private Duration pause = FIRST_PAUSE;
  private String lastRefusal = "nothing";

  private Seeking(Agenda agenda, ActorRef<ClientProtocol.FromServer> ears) {
    this.agenda = agenda;
    this.ears = ears;
    untried.addAll(agenda.servers().drawn());
  }

  static Seeking first(Agenda agenda) {
    return new Seeking(
        agenda, agenda.context().messageAdapter(ClientProtocol.FromServer.class, Session.Heard::new));
  }

  /** @param lost the server that does not answer any more: it is tried last */
  static Seeking again(Agenda agenda, ActorRef<Connect> lost, ActorRef<ClientProtocol.FromServer> ears) {
    Seeking seeking = new Seeking(agenda, ears);
    if (seeking.untried.remove(lost)) {
      seeking.untried.add(lost);
    }
    return seeking;
  }

  Behavior<Session.Command> enter() {
    tryNext();
    return agenda.behave(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.FromOwner fromOwner -> {
        agenda.take(fromOwner);
        yield agenda.isClosing() && agenda.session().isEmpty() ? closeUnopened() : Behaviors.same();
      }
      case Session.Found found -> {
        onFound(found.listing());
        yield Behaviors.same();
      }
      case Session.AnswerDue due -> {
        lastRefusal = "no answer";
        tryNext();
        yield Behaviors.same();
      }
      case Session.RetryDue due -> {
        untried.addAll(agenda.servers().drawn());
        tryNext();
        yield Behaviors.same();
      }
      case Session.Heard heard when heard.message().connection() != connection -> Behaviors.same();
      case Session.Heard heard -> switch (heard.message()) {
        case ClientProtocol.Welcomed welcomed -> {
          agenda.timers().cancelAll();
          yield new Attached(agenda, asked.orElseThrow(), ears, welcomed).enter();
        }
        case ClientProtocol.TurnedAway turned -> onTurnedAway(turned);
        case ClientProtocol.Frame early -> Behaviors.same();
      };
      case Session.PatienceElapsed elapsed when agenda.lastTold() instanceof SessionEvent.Connecting -> giveUp();
      case Session.PatienceElapsed late -> Behaviors.same();
      case Session.SendDue late -> Behaviors.same();
      case Session.Beat late -> Behaviors.same();
      case Session.Forgotten early -> Behaviors.same();
    };
  }

  /** Whoever is asked at the moment keeps the word, unless it was listed and is not any more. */
  private void onFound(Receptionist.Listing listing) {
    boolean wasListed = asked.filter(agenda.servers()::isListed).isPresent();
    agenda.servers().found(listing);
    untried.clear();
    untried.addAll(agenda.servers().drawn());
    if (asked.isEmpty() || wasListed && !agenda.servers().isListed(asked.get())) {
      tryNext();
    }
  }

  private void tryNext() {
    agenda.timers().cancel(new Session.AnswerDue());
    agenda.timers().cancel(new Session.RetryDue());
    connection = ThreadLocalRandom.current().nextLong();
    if (untried.isEmpty()) {
      asked = Optional.empty();
      agenda.timers().startSingleTimer(new Session.RetryDue(), pause);
      pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
      return;
    }
    ActorRef<Connect> server = untried.removeFirst();
    asked = Optional.of(server);
    server.tell(new Connect(connection, ears, handshake()));
    agenda.timers().startSingleTimer(new Session.AnswerDue(), patience(server));
  }

  /** Who is not listed may not be there at all, which nobody says. */
  private Duration patience(ActorRef<Connect> server) {
    Duration timeout = Duration.ofMillis(agenda.timeoutMillis());
    Duration patience = agenda.servers().isListed(server) ? timeout.multipliedBy(2).dividedBy(5) : timeout.dividedBy(10);
    return patience.compareTo(SHORTEST_PATIENCE) < 0 ? SHORTEST_PATIENCE : patience;
  }

  private Handshake handshake() {
    Handshake.Builder handshake = Handshake.newBuilder()
        .setTimeout((int) agenda.settings().timeout().toMillis())
        .setLastZxid(agenda.lastZxid())
        .addAllAuths(agenda.auths());
    agenda.session().ifPresent(session -> handshake.setSession(SessionMessage.newBuilder()
        .setId(session.id()).setPasswordHigh(session.passwordHigh()).setPasswordLow(session.passwordLow())));
    return handshake.build();
  }

  private Behavior<Session.Command> onTurnedAway(ClientProtocol.TurnedAway turned) {
    return switch (turned.refusal()) {
      case EXPIRED -> {
        Failure failure = agenda.isClosing()
            ? new Failure(ErrorCode.SESSION_CLOSED, "the session has been closed by its owner")
            : new Failure(ErrorCode.SESSION_EXPIRED, "the session has expired");
        yield new Over(agenda, failure)
            .enter(agenda.isClosing() ? new SessionEvent.Ended(failure) : new SessionEvent.Expired());
      }
      case FOREIGN -> {
        Failure failure = new Failure(
            ErrorCode.FOREIGN_SESSION, "session " + agenda.session().orElseThrow() + " has another password");
        yield new Over(agenda, failure).enter(new SessionEvent.Ended(failure));
      }
      case OTHER, UNRECOGNIZED -> {
        lastRefusal = turned.explanation();
        tryNext();
        yield Behaviors.same();
      }
    };
  }

  private Behavior<Session.Command> closeUnopened() {
    Failure failure = new Failure(ErrorCode.SESSION_CLOSED, "the session has been closed by its owner");
    return new Over(agenda, failure).enter(new SessionEvent.Ended(failure));
  }

  private Behavior<Session.Command> giveUp() {
    Failure failure = new Failure(ErrorCode.NO_SERVER, "no Troupe server has let the session in within "
        + agenda.settings().connectTimeout().toMillis() + " ms. Known are: " + agenda.servers() + "; the last said: "
        + lastRefusal + ". Are these the servers' addresses (troupe-client.servers), and can they reach "
        + Cluster.get(agenda.context().getSystem()).selfMember().address().hostPort()
        + " (pekko.remote.artery.canonical)?");
    return new Over(agenda, failure).enter(new SessionEvent.Ended(failure));
  }
}
