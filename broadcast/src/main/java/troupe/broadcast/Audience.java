package troupe.broadcast;

import java.util.List;
import troupe.tree.Applied;

/** Those to whom a replica delivers, all in one order. Called by the replica's actor; must not block. */
public interface Audience {
  /** These have been committed, in this order, and nothing in between. */
  void delivered(List<Applied> applied);

  /** Everything that the leader had been given before this has been delivered. */
  void delivered(Notice notice);
}
