package troupe.broadcast;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.tree.Applied;

/** Those to whom a replica delivers, all in one order. Called by the replica's actor; must not block. */
public interface Audience {
  /** What this server's tree was made from is committed, all of it; told before anything that was committed later. */
  void confirmed();

  /** These have been committed, in this order, and nothing in between. */
  void delivered(List<Applied> applied);

  /** Everything that the leader had been given before this has been delivered. */
  void delivered(Notice notice);

  /** Tells them something, once all that was delivered before can be seen. */
  <T> void delivered(ActorRef<T> to, T message);
}
