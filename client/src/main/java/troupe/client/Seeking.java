package troupe.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.protocol.ClientProtocol;
import troupe.protocol.ClientProtocol.Connect;
import troupe.protocol.wire.Handshake;
import troupe.protocol.wire.SessionMessage;

/**
 * The session has no server. Becomes {@link Attached} when one welcomes it, {@link Over} when one says that there is no such
 * session.
 *
 * <p>Servers are tried one after the other, in an order drawn by lot, so that clients spread.
 */
final class Seeking {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration SHORTEST_PATIENCE = Duration.ofMillis(500);

  private final Agenda agenda;
  private final ActorRef<ClientProtocol.FromServer> ears;
  private Set<ActorRef<Connect>> servers;
  private final List<ActorRef<Connect>> untried = new ArrayList<>();
  private Optional<ActorRef<Connect>> asked = Optional.empty();
  private long connection;
  private Duration pause = FIRST_PAUSE;
  private String lastRefusal = "";

  private Seeking(Agenda agenda, Set<ActorRef<Connect>> servers, ActorRef<ClientProtocol.FromServer> ears) {
    this.agenda = agenda;
    this.servers = servers;
    this.ears = ears;
  }

  static Seeking first(Agenda agenda) {
    return new Seeking(
        agenda, Set.of(), agenda.context().messageAdapter(ClientProtocol.FromServer.class, Session.Heard::new));
  }

  /** @param lost the server that does not answer any more: it is tried last */
  static Seeking again(
      Agenda agenda, Set<ActorRef<Connect>> servers, ActorRef<Connect> lost, ActorRef<ClientProtocol.FromServer> ears) {
    Seeking seeking = new Seeking(agenda, servers, ears);
    seeking.begin();
    if (seeking.untried.remove(lost)) {
      seeking.untried.addFirst(lost);
    }
    return seeking;
  }

  Behavior<Session.Command> enter() {
    tryNext();
    return Behaviors.receiveMessage(this::onMessage);
  }

  private void begin() {
    untried.clear();
    untried.addAll(servers);
    Collections.shuffle(untried, ThreadLocalRandom.current());
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.FromOwner fromOwner -> {
        agenda.take(fromOwner);
        yield agenda.isClosing() && agenda.session().isEmpty() ? closeUnopened() : Behaviors.same();
      }
      case Session.Found found -> {
        onFound(new HashSet<>(found.listing().getServiceInstances(ClientProtocol.RECEPTION)));
        yield Behaviors.same();
      }
      case Session.AnswerDue due -> {
        lastRefusal = "no answer";
        tryNext();
        yield Behaviors.same();
      }
      case Session.RetryDue due -> {
        begin();
        tryNext();
        yield Behaviors.same();
      }
      case Session.Heard heard when heard.message().connection() != connection -> Behaviors.same();
      case Session.Heard heard -> switch (heard.message()) {
        case ClientProtocol.Welcomed welcomed -> {
          agenda.timers().cancelAll();
          yield new Attached(agenda, servers, asked.orElseThrow(), ears, welcomed).enter();
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

  private void onFound(Set<ActorRef<Connect>> found) {
    Set<ActorRef<Connect>> before = servers;
    servers = found;
    untried.retainAll(found);
    found.stream().filter(server -> !before.contains(server)).forEach(untried::add);
    if (asked.isEmpty() || !found.contains(asked.get())) {
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
    ActorRef<Connect> server = untried.removeLast();
    asked = Optional.of(server);
    server.tell(new Connect(connection, ears, handshake()));
    Duration patience = Duration.ofMillis(agenda.timeoutMillis() * 2L / 5);
    agenda.timers().startSingleTimer(
        new Session.AnswerDue(), patience.compareTo(SHORTEST_PATIENCE) < 0 ? SHORTEST_PATIENCE : patience);
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
    Failure failure = new Failure(ErrorCode.NO_SERVER, servers.isEmpty()
        ? "the cluster of " + agenda.context().getSystem().address() + " has no Troupe server within "
            + agenda.settings().connectTimeout().toMillis() + " ms: does it have the servers' addresses "
            + "(troupe-client.servers, or the cluster's seed nodes), and can they reach it at its own?"
        : "none of " + servers.size() + " Troupe servers let it in within "
            + agenda.settings().connectTimeout().toMillis() + " ms; the last said: " + lastRefusal);
    return new Over(agenda, failure).enter(new SessionEvent.Ended(failure));
  }
}
