package troupe.broadcast;

import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.tree.Change;
import troupe.tree.DataTree;
import troupe.tree.Password;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;

/** A history for tests: batches with the digests of the trees that they lead to. */
final class Batches {
  private DataTree tree = DataTree.initial();

  DataTree tree() {
    return tree;
  }

  Zxid last() {
    return tree.lastZxid();
  }

  /** The next batch of an epoch. */
  Batch next(long epoch, int transactions) {
    List<Transaction> all = new ArrayList<>();
    for (int i = 0; i < transactions; i++) {
      Zxid zxid = last().epoch() == epoch ? last().next() : new Zxid(epoch, 1);
      Transaction transaction = new Transaction(
          zxid, 7, 0, 0, new Change.SessionOpened(new SessionInfo(1000, new Password(1, zxid.counter()))));
      tree = tree.apply(transaction).tree();
      all.add(transaction);
    }
    return Batch.of(all, tree.digest());
  }

  Batch next(long epoch) {
    return next(epoch, 1);
  }
}
