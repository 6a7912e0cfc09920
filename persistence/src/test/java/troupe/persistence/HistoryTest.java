package troupe.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.ensemble.Zxid;
import troupe.tree.Change;
import troupe.tree.Transaction;

class HistoryTest {
  private static Batch batch(long epoch, long counter) {
    return Batch.of(List.of(new Transaction(new Zxid(epoch, counter), 0, 0, 0, new Change.Checked())), 0);
  }

  private static SnapshotRef snapshot(int number) {
    return new SnapshotRef(new Zxid(1, number), number, "snapshot." + number, number);
  }

  @Test
  void aBatchFollowsWithoutAGapInAnEpochThatWasPromised() {
    History history = History.EMPTY.accepted(2).established(2).with(batch(2, 7));
    assertTrue(history.isFollowedBy(batch(2, 8)));
    assertTrue(history.accepted(3).isFollowedBy(batch(3, 1)));
    assertFalse(history.isFollowedBy(batch(3, 1)), "nobody was promised that");
    assertFalse(history.isFollowedBy(batch(2, 7)));
    assertFalse(history.isFollowedBy(batch(2, 9)));
    assertFalse(history.isFollowedBy(batch(3, 2)));
    assertFalse(history.isFollowedBy(batch(1, 8)));
  }

  /** Found by simulation: such a server could never follow again. */
  @Test
  void aLeaderWithoutFollowersLearnsLaterHowTheEpochBeforeItsOwnWentOn() {
    History history = History.EMPTY.accepted(2).established(2).with(batch(2, 7)).accepted(4).established(4);
    assertTrue(history.isFollowedBy(batch(2, 8)));
    assertTrue(history.isFollowedBy(batch(3, 1)));
    assertTrue(history.isFollowedBy(batch(4, 1)));
  }

  @Test
  void eachEventChangesItsOwnPart() {
    History history = History.EMPTY.accepted(5);
    assertEquals(new History(5, 0, Zxid.ZERO, List.of()), history);
    history = history.established(5);
    assertEquals(new History(5, 5, Zxid.ZERO, List.of()), history);
    history = history.with(batch(5, 1)).accepted(6);
    assertEquals(new History(6, 5, new Zxid(5, 1), List.of()), history);
    assertEquals(new History(6, 5, new Zxid(5, 1), List.of(snapshot(1))), history.with(snapshot(1), 3));
  }

  @Test
  void anEpochEstablishedIsAcceptedTooAndTakesNoPromiseBack() {
    assertEquals(new History(4, 4, Zxid.ZERO, List.of()), History.EMPTY.established(4));
    assertEquals(new History(9, 4, Zxid.ZERO, List.of()), History.EMPTY.accepted(9).established(4));
  }

  @Test
  void theNewestSnapshotsAreKeptOldestFirst() {
    History history = History.EMPTY;
    for (int i = 1; i <= 5; i++) {
      history = history.with(snapshot(i), 3);
    }
    assertEquals(List.of(snapshot(3), snapshot(4), snapshot(5)), history.snapshots());
    assertEquals(4, history.with(snapshot(6), Integer.MAX_VALUE).snapshots().size());
    assertEquals(List.of(snapshot(6)), history.with(snapshot(6), 1).snapshots());
  }
}
