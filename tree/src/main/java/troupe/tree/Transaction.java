package troupe.tree;

import java.util.OptionalInt;
import troupe.ensemble.Zxid;

/**
 * A change and its place in history.
 *
 * @param zxid its place
 * @param session the id of the session that asked, 0 for the server itself
 * @param cxid the number that the client gave its request; an answer is found by session and cxid
 * @param time the leader's clock, in milliseconds since 1970
 * @param heardUpTo as in {@link Request}: where it is given, the outcome is kept
 */
public record Transaction(Zxid zxid, long session, int cxid, long time, Change change, OptionalInt heardUpTo) {
  public Transaction(Zxid zxid, long session, int cxid, long time, Change change) {
    this(zxid, session, cxid, time, change, OptionalInt.empty());
  }
}
