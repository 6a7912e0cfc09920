package troupe.tree;

import java.util.OptionalInt;

/**
 * An operation on its way to the leader.
 *
 * @param cxid the number that the client gave it
 * @param heardUpTo from a client that asks again what it has had no answer to: it has heard what became of its write with
 *     this number and of all before; none: from any other
 */
public record Request(Requester requester, int cxid, Operation operation, OptionalInt heardUpTo) {
  public Request(Requester requester, int cxid, Operation operation) {
    this(requester, cxid, operation, OptionalInt.empty());
  }
}
