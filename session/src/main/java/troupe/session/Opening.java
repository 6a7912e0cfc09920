package troupe.session;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;

/**
 * The session is being written to the log. Becomes {@link Serving} when that is committed.
 *
 * @param received deliveries so far
 * @param leader who was asked last
 * @param leaderless whether that leader has been lost
 */
record Opening(
    Session.Setup setup,
    Password password,
    List<Identity> identities,
    long received,
    Optional<Leadership> leader,
    boolean leaderless) {
  private static final int CXID = 0; // as in ZooKeeper: the client did not number its handshake

  static Behavior<Session.Command> begin(Session.Setup setup, Password password, List<Identity> identities) {
    return new Opening(setup, password, identities, 0, Optional.empty(), false).listen();
  }

  private Behavior<Session.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Session.Command> onMessage(Session.Command message) {
    return switch (message) {
      case Session.Deliveries deliveries ->
          new Opening(setup, password, identities, received + 1, leader, leaderless)
              .onDeliveries(deliveries.deliveries());
      case Session.Requests early ->
          throw new IllegalStateException(
              "requests of session 0x" + Long.toHexString(setup.id()) + " before it is open");
      case Session.Drained early -> Behaviors.same();
      // Nobody can show the password, so the session goes when its time is over.
      case Session.Disconnected gone -> Behaviors.stopped();
      case Session.Leave leave -> setup.leave(leave.reason());
      case Session.Identified identified ->
          new Opening(setup, password, identified.identities(), received, leader, leaderless).listen();
    };
  }

  private Behavior<Session.Command> onDeliveries(List<Delivery> deliveries) {
    return switch (deliveries.getFirst()) {
      case Delivery.Led led -> ask(led.by());
      case Delivery.Leaderless lost -> new Opening(setup, password, identities, received, leader, true).listen();
      case Delivery.Completed completed -> {
        setup.opened(password);
        yield new Serving(setup, password, identities, leader.orElseThrow(), leaderless, received)
            .enter(deliveries.subList(1, deliveries.size()));
      }
      case Delivery.Moved moved -> setup.leave("its session has moved to another server");
      case Delivery.Refused refused -> setup.leave("no new sessions for now: " + refused.reason());
      case Delivery.Event e -> throw unexpected(e);
      case Delivery.MissedEvent e -> throw unexpected(e);
      case Delivery.Synced s -> throw unexpected(s);
      case Delivery.Answered a -> throw unexpected(a);
      case Delivery.Registered r -> throw unexpected(r);
    };
  }

  private Behavior<Session.Command> ask(Leadership by) {
    if (setup.connection().isGone()) {
      return Behaviors.stopped();
    }
    if (leader.isPresent() && leader.get().epoch() == by.epoch()) {
      return setup.leave("it was asked for before, and may yet be opened");
    }
    by.proposer().submit(List.of(new Request(
        new Requester(setup.id(), identities), CXID, new Operation.OpenSession(setup.timeout(), password))));
    return new Opening(setup, password, identities, received, Optional.of(by), false).listen();
  }

  private static IllegalStateException unexpected(Delivery delivery) {
    return new IllegalStateException("a session that is not open yet got " + delivery);
  }
}
