package troupe.session;

import java.util.List;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.ErrorCode;
import troupe.tree.NodeEvent;

/** What the registry hands to a session, all in the order of commits. */
sealed interface Delivery {
  /** A watch has fired. */
  record Event(long zxid, NodeEvent event) implements Delivery {}

  /** Something that the client missed while it was away; it is told whoever it is, as in ZooKeeper. */
  record MissedEvent(NodeEvent.Kind kind, String path) implements Delivery {}

  /** A request of this session, or its end, was committed. */
  record Completed(Applied applied) implements Delivery {}

  /** @param tree the committed tree at this place in the order */
  record Synced(int cxid, DataTree tree) implements Delivery {}

  /** @param tree the committed tree at this place in the order */
  record Refused(int cxid, ErrorCode reason, DataTree tree) implements Delivery {}

  /** There is a leader: the first one, or another, or that one again. What earlier ones committed has been told. */
  record Led(Leadership by) implements Delivery {}

  /** There is no leader any more. What comes before {@link Led} tells what had been committed until then. */
  record Leaderless() implements Delivery {}

  /** The session's client is at another server. */
  record Moved() implements Delivery {}

  /** To a {@link ClientRequest.WatchRequest}. */
  record Answered(Answer answer, DataTree tree) implements Delivery {}

  /**
   * Watches of reads are registered: from here on events come.
   *
   * @param missed what has happened to them since they were read; some of it may have been told for an earlier watch
   */
  record Registered(List<Event> missed) implements Delivery {
    public Registered {
      missed = List.copyOf(missed);
    }
  }
}
