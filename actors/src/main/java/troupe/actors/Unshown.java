package troupe.actors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import troupe.persistence.Recovery;
import troupe.session.ChangeHistory;
import troupe.tree.Applied;
import troupe.tree.DataTree;

/** Looks on while a tree is recovered: keeps what the clients who wait have not been shown, and tells the change history. */
final class Unshown implements Recovery.Listener {
  /** Each holds a tree, though most of it is the same; whoever has missed more begins anew. */
  private static final int MOST = 50_000;

  private final OptionalLong shown;
  private final ChangeHistory changes;
  private final List<Applied> unshown = new ArrayList<>();
  private boolean isWhole;

  /**
   * @param shown the zxid up to which they have; none if nobody waits
   * @param changes no role runs while the server recovers, so nobody else writes there then
   */
  Unshown(OptionalLong shown, ChangeHistory changes) {
    this.shown = shown;
    this.changes = changes;
  }

  @Override
  public void begins(DataTree tree) {
    changes.begin(tree.lastZxidNumber());
    unshown.clear();
    isWhole = shown.isPresent() && tree.lastZxidNumber() <= shown.getAsLong();
  }

  @Override
  public void applied(Applied applied) {
    changes.append(applied);
    if (isWhole && applied.tree().lastZxidNumber() > shown.getAsLong()) {
      unshown.add(applied);
      isWhole = unshown.size() <= MOST;
    }
  }

  /** None if it is too much, or something is missing in between: another server's snapshot has taken its place. */
  Optional<List<Applied>> all() {
    return isWhole ? Optional.of(List.copyOf(unshown)) : Optional.empty();
  }
}
