package troupe.session;

import java.util.List;
import java.util.stream.Stream;
import troupe.tree.Identity;

/**
 * Who a client is by what it has proved so far. There is a limit, far beyond what anybody has a use for: each of its writes
 * takes them all to the leader.
 */
public final class ProvedIdentities {
  private static final int MOST = 100;
  private static final int MOST_CHARACTERS = 16 << 10;

  private List<Identity> all = List.of();

  /** Whether the limit allows for these as well. */
  public boolean fit(List<Identity> proved) {
    List<Identity> together = with(proved);
    return together.size() <= MOST
        && together.stream().mapToInt(identity -> identity.id().length()).sum() <= MOST_CHARACTERS;
  }

  /** @return whether it was not known already */
  public boolean add(List<Identity> proved) {
    int before = all.size();
    all = with(proved);
    return all.size() > before;
  }

  /** In the order in which they were proved; does not change any more. */
  public List<Identity> all() {
    return all;
  }

  private List<Identity> with(List<Identity> proved) {
    return Stream.concat(all.stream(), proved.stream()).distinct().toList();
  }
}
