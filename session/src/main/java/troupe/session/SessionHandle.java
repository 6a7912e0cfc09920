package troupe.session;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A connected session as the watch registry knows it.
 *
 * <p>The count is what keeps "the event before the state" without a lock: the registry announces a delivery before it
 * publishes the tree that the delivery tells of, and the session, having read a published tree, answers from it only
 * when everything announced has reached it.
 */
final class SessionHandle {
  private final long id;
  private final ActorRef<Session.Command> session;
  private final AtomicLong announced = new AtomicLong();

  SessionHandle(long id, ActorRef<Session.Command> session) {
    this.id = id;
    this.session = session;
  }

  long id() {
    return id;
  }

  ActorRef<Session.Command> session() {
    return session;
  }

  /** By the registry: there will be a {@link Session.Deliveries}. */
  void announce() {
    announced.setRelease(announced.getPlain() + 1); // only the registry writes it
  }

  long announced() {
    return announced.getAcquire();
  }

  void tell(Session.Deliveries deliveries) {
    session.tell(deliveries);
  }

  /** The same in every run, unlike that of an identity: the order of a simulated world depends on it. */
  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }
}
