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
 */
record Resuming(Session.Setup setup, Password password, List<Identity> identities, int claim) {

  Behavior<Session.Command> enter() {
    setup.proposer().claim(setup.id(), claim, password);
    return listen(0);
  }

  private Behavior<Session.Command> listen(long received) {
    return Behaviors.receiveMessage(message -> onMessage(message, received));
  }

  private Behavior<Session.Command> onMessage(Session.Command message, long received) {
    return switch (message) {
      case Session.Deliveries deliveries -> onDeliveries(deliveries.deliveries(), received + 1);
      case Session.Requests early ->
          throw new IllegalStateException(
              "requests of session 0x" + Long.toHexString(setup.id()) + " before it is open");
      case Session.Drained early -> Behaviors.same();
      case Session.Disconnected gone -> Behaviors.stopped();
      case Session.Leave leave -> setup.leave(leave.reason());
      case Session.Identified identified ->
          new Resuming(setup, password, identified.identities(), claim).listen(received);
    };
  }

  private Behavior<Session.Command> onDeliveries(List<Delivery> deliveries, long received) {
    Optional<DataTree> decided = Optional.empty();
    for (Delivery delivery : deliveries) {
      switch (delivery) {
        case Delivery.Synced synced when synced.cxid() == claim -> decided = Optional.of(synced.tree());
        // What earlier connections sent; there is nobody any more to hear it.
        case Delivery.Synced old -> {}
        case Delivery.Completed old -> {}
        case Delivery.Refused old -> {}
        case Delivery.Event e -> throw unexpected(e);
        case Delivery.MissedEvent e -> throw unexpected(e);
        case Delivery.Answered a -> throw unexpected(a);
        case Delivery.Registered r -> throw unexpected(r);
      }
    }
    return decided.isPresent() ? decide(decided.get(), received) : listen(received);
  }

  private Behavior<Session.Command> decide(DataTree tree, long received) {
    Optional<SessionInfo> session = tree.session(setup.id());
    if (session.isEmpty() || !session.get().password().equals(password)) {
      setup.connection().refused();
      return Behaviors.stopped();
    }
    setup.tracker().tell(new SessionTracker.Resumed(setup.id(), setup.timeout()));
    setup.opened(password);
    return new Serving(setup, identities, received).enter();
  }

  private static IllegalStateException unexpected(Delivery delivery) {
    return new IllegalStateException("a session without watches or requests got " + delivery);
  }
}
