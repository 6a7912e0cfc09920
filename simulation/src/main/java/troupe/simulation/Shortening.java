package troupe.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds out which misfortunes it takes for a world to go wrong, by sparing it more and more of them (delta debugging,
 * Zeller).
 */
final class Shortening {
  private final World.Result failed;
  private final Turns turns;
  private int runsLeft;

  private Shortening(World.Result failed, Turns turns, int runs) {
    this.failed = failed;
    this.turns = turns;
    this.runsLeft = runs;
  }

  /**
   * Misfortunes without which the same thing goes wrong.
   *
   * @param runs how many worlds to try at most
   */
  static Set<Integer> needless(World.Result failed, Turns turns, int runs) {
    return new Shortening(failed, turns, runs).needless();
  }

  private Set<Integer> needless() {
    List<Integer> needed = IntStream.range(0, failed.misfortunes()).boxed().collect(Collectors.toCollection(ArrayList::new));
    Set<Integer> spared = new TreeSet<>();
    for (int size = (needed.size() + 1) / 2; size > 0; size = size == 1 ? 0 : (size + 1) / 2) {
      // The last ones first: what came after the harm was done is never needed.
      for (int end = needed.size(); end > 0 && runsLeft > 0; end -= size) {
        List<Integer> some = needed.subList(Math.max(0, end - size), Math.min(end, needed.size()));
        Set<Integer> more = new TreeSet<>(spared);
        more.addAll(some);
        runsLeft--;
        if (isTheSame(new World(failed.seed(), more, line -> {}, false).run(turns))) {
          spared = more;
          some.clear();
        }
      }
    }
    return spared;
  }

  private boolean isTheSame(World.Result other) {
    return other.failure().isPresent() && whatWentWrong(other).equals(whatWentWrong(failed));
  }

  /** Without the numbers in it, which may be others. */
  private static String whatWentWrong(World.Result result) {
    return result.failure().orElseThrow().toString().replaceAll("(0x)?[0-9a-f]*[0-9][0-9a-f]*", "#");
  }
}
