package troupe.broadcast;

import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.tree.Acl;
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
      Zxid zxid = following(epoch);
      all.add(applied(zxid, new Change.SessionOpened(new SessionInfo(1000, new Password(1, zxid.counter())))));
    }
    return Batch.of(all, tree.digest());
  }

  /** The next batch of an epoch, with a znode of so many bytes. */
  Batch withData(long epoch, int bytes) {
    Zxid zxid = following(epoch);
    return Batch.of(
        List.of(applied(zxid, new Change.CreateNode("/" + zxid.counter(), new byte[bytes], Acl.OPEN, 0))),
        tree.digest());
  }

  private Zxid following(long epoch) {
    return last().epoch() == epoch ? last().next() : new Zxid(epoch, 1);
  }

  private Transaction applied(Zxid zxid, Change change) {
    Transaction transaction = new Transaction(zxid, 7, 0, 0, change);
    tree = tree.apply(transaction).tree();
    return transaction;
  }

  Batch next(long epoch) {
    return next(epoch, 1);
  }
}
