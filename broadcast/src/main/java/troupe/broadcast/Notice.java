package troupe.broadcast;

import troupe.tree.ErrorCode;

/** What a leader tells one session in the order of its commits, without a transaction. */
public sealed interface Notice {
  long session();

  int cxid();

  /** A sync: all that was committed when the leader got it has been delivered. */
  record Synced(long session, int cxid) implements Notice {}

  /** A request that was not taken up: it has no place in history and may be tried again. */
  record Refused(long session, int cxid, ErrorCode reason) implements Notice {}
}
