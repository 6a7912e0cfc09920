package troupe.tree;

/**
 * An operation on its way to the leader.
 *
 * @param cxid the number that the client gave it
 */
public record Request(Requester requester, int cxid, Operation operation) {}
