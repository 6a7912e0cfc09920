package troupe.session;

import java.util.List;
import troupe.tree.Request;

/** The way from sessions to the leader, which keeps their order. Called by actors; must not block. */
public interface Proposer {
  /** What these come to is delivered to their sessions. */
  void submit(List<Request> requests);

  /** {@link Watches.Sync} comes back, in the order of commits. */
  void sync(long session, int cxid);
}
