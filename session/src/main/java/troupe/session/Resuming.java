package troupe.session;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.tree.DataTree;
import troupe.tree.Identity;
import troupe.tree.Password;
import troupe.tree.SessionInfo;

/**
 * A client is back and says who it was. Becomes {@link Serving} if, at a place in history that is decided now, the
 * session lives and this is its password.
 *
 * <p>That place is behind everything its earlier connection may have sent here, so that no late answer to that one is
 * taken for an answer to this one.
 *
 * @param claim the number by which this connection knows the answer to what it has asked itself
 * @param received deliveries so far
 * @param leader who was asked last
 */
record Resuming(
    Session.Setup setup,
    Password password,
    List<Identity> identities,
    int claim,
    long received,
    Optional<Leadership> leader) {

  static Behavior<Session.Command> begin(
      Session.Setup setup, Password password, List<Identity> identities, int claim) {
    return new Resuming(setup, password, identities, claim, 0, Optional.empty()).listen();
  }

  private Behavior<Session.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.Deliveries deliveries ->
          new Resuming(setup, password, identities, claim, received + 1, leader).onDeliveries(deliveries.deliveries());
      case Session.Requests early ->
          throw new IllegalStateException(
              "requests of session 0x" + Long.toHexString(setup.id()) + " before it is open");
      case Session.Drained early -> Behaviors.same();
      case Session.Disconnected gone -> Behaviors.stopped();
      case Session.Leave leave -> setup.leave(leave.reason());
      case Session.Identified identified ->
          new Resuming(setup, password, identified.identities(), claim, received, leader).listen();
    };
  }

  private Behavior<Session.Command> onDeliveries(List<Delivery> deliveries) {
    Optional<Leadership> asked = leader;
    Optional<DataTree> decided = Optional.empty();
    for (Delivery delivery : deliveries) {
      switch (delivery) {
        // Or it would take the session away from where its client, tired of waiting, has found a server.
        case Delivery.Led led when setup.connection().isGone() -> {
          return Behaviors.stopped();
        }
        case Delivery.Led led -> {
          led.by().proposer().claim(setup.id(), claim, password);
          asked = Optional.of(led.by());
        }
        case Delivery.Synced synced when synced.cxid() == claim -> decided = Optional.of(synced.tree());
        // What earlier connections sent; there is nobody any more to hear it.
        case Delivery.Synced old -> {}
        case Delivery.Completed old -> {}
        case Delivery.Refused old -> {}
        case Delivery.Moved old -> {}
        case Delivery.Leaderless leaderless -> {}
        case Delivery.Event e -> throw unexpected(e);
        case Delivery.MissedEvent e -> throw unexpected(e);
        case Delivery.Answered a -> throw unexpected(a);
        case Delivery.Registered r -> throw unexpected(r);
      }
    }
    return decided.isPresent()
        ? decide(decided.get())
        : new Resuming(setup, password, identities, claim, received, asked).listen();
  }

  private Behavior<Session.Command> decide(DataTree tree) {
    Optional<SessionInfo> session = tree.session(setup.id());
    if (session.isEmpty() || !session.get().password().equals(password)) {
      setup.connection().refused();
      return Behaviors.stopped();
    }
    Leadership by = leader.orElseThrow();
    by.tracker().tell(new SessionTracker.Resumed(setup.id(), setup.timeout()));
    setup.opened(password);
    return new Serving(setup, password, identities, by, false, received).enter(List.of());
  }

  private static IllegalStateException unexpected(Delivery delivery) {
    return new IllegalStateException("a session without watches or requests got " + delivery);
  }
}
