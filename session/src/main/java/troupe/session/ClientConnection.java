package troupe.session;

import org.apache.pekko.actor.typed.ActorRef;
import troupe.tree.NodeEvent;
import troupe.tree.Password;

/**
 * A session's way to its client. Called by the session's actor only, which runs on the connection's own executor; must
 * not block.
 */
public interface ClientConnection {
  /**
   * The session is open, or open again.
   *
   * @param session takes the client's requests from now on, and wants to hear when the connection is gone
   */
  void opened(ActorRef<Session.Command> session, long id, int timeout, Password password);

  /** There is no such session, or not for this client. The connection ends. May be called from any thread. */
  void refused();

  /**
   * The answer to the oldest request that has none yet.
   *
   * @param zxid the state that it was answered from, or that it led to
   */
  void answer(long zxid, Answer answer);

  /** @param zxid the transaction that did it; -1 where the client is told what it missed */
  void event(long zxid, NodeEvent.Kind kind, String path);

  /** Whether the client has left, though the session's actor may not know yet. */
  boolean isGone();

  /** Nothing more comes for now: what has been said so far is to go out. */
  void flush();

  /** Whether so much waits for the client to take it that no further read should be answered for now. */
  boolean isFull();

  /**
   * The session has ended, or lives elsewhere; what has been said goes out first. May be called from any thread, and
   * more than once.
   */
  void close(String reason);
}
