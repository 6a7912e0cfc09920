package troupe.tree;

import troupe.ensemble.Zxid;

/**
 * A change and its place in history.
 *
 * @param zxid its place
 * @param session the id of the session that asked, 0 for the server itself
 * @param cxid the number that the client gave its request; an answer is found by session and cxid
 * @param time the leader's clock, in milliseconds since 1970
 */
public record Transaction(Zxid zxid, long session, int cxid, long time, Change change) {}
