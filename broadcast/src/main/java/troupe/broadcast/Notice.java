package troupe.broadcast;

import troupe.tree.ErrorCode;

/** What a leader tells one session in the order of its commits, without a transaction. */
public sealed interface Notice {
  long session();

  /** A sync: all that was committed when the leader got it has been delivered. */
  record Synced(long session, int cxid) implements Notice {}

  /** A request that was not taken up: it has no place in history and may be tried again. */
  record Refused(long session, int cxid, ErrorCode reason) implements Notice {}

  /** The session's client has come to another server: here it is over. */
  record Moved(long session) implements Notice {}
}
