package troupe.session;

import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;

/** The session is being written to the log. Becomes {@link Serving} when that is committed. */
record Opening(Session.Setup setup, Password password, List<Identity> identities) {
  private static final int CXID = 0; // as in ZooKeeper: the client did not number its handshake

  Behavior<Session.Command> enter() {
    setup.proposer().submit(List.of(new Request(
        new Requester(setup.id(), identities), CXID, new Operation.OpenSession(setup.timeout(), password))));
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.Deliveries deliveries -> onDelivery(deliveries.deliveries().getFirst());
      case Session.Requests early ->
          throw new IllegalStateException(
              "requests of session 0x" + Long.toHexString(setup.id()) + " before it is open");
      case Session.Drained early -> Behaviors.same();
      // Nobody can show the password, so the session goes when its time is over.
      case Session.Disconnected gone -> Behaviors.stopped();
      case Session.Leave leave -> setup.leave(leave.reason());
      case Session.Identified identified -> new Opening(setup, password, identified.identities()).listen();
    };
  }

  private Behavior<Session.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Session.Command> onDelivery(Delivery delivery) {
    return switch (delivery) {
      case Delivery.Completed completed -> {
        setup.opened(password);
        yield new Serving(setup, identities, 1).enter();
      }
      case Delivery.Refused refused -> setup.leave("no new sessions for now: " + refused.reason());
      case Delivery.Event e -> throw unexpected(e);
      case Delivery.MissedEvent e -> throw unexpected(e);
      case Delivery.Synced s -> throw unexpected(s);
      case Delivery.Answered a -> throw unexpected(a);
      case Delivery.Registered r -> throw unexpected(r);
    };
  }

  private static IllegalStateException unexpected(Delivery delivery) {
    return new IllegalStateException("a session that is not open yet got " + delivery);
  }
}
