package troupe.session;

import java.util.List;
import troupe.tree.Password;
import troupe.tree.Request;

/** The way from sessions to the leader, which keeps their order. Called by actors; must not block. */
public interface Proposer {
  /** What these come to is delivered to their sessions. */
  void submit(List<Request> requests);

  /** {@link Watches.Sync} comes back, in the order of commits. */
  void sync(long session, int cxid);

  /** As a sync, but not before it is sure that nothing was committed by anybody newer than the leader that is asked. */
  void readIndex(long session, int cxid);

  /**
   * The session lives at this server from now on, if that is its password: what its client sent through another one
   * and is still under way there is refused. {@link Watches.Sync} comes back, either way.
   */
  void claim(long session, int cxid, Password password);

  /**
   * The session has lived at this server under an earlier leader, and does so still; unless its client has come to another
   * server since, of which {@link Watches.Moved} tells. {@link Watches.Sync} comes back, either way.
   */
  void keep(long session, int cxid, Password password);
}
