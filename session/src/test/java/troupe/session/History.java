package troupe.session;

import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;
import troupe.tree.Acl;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;
import troupe.tree.Transaction;

/** What a leader makes of requests, without the leader: one transaction after the other, from epoch 1 on. */
final class History {
  static final Password PASSWORD = new Password(1, 2);
  static final List<Identity> IDENTITIES = List.of(new Identity("ip", "127.0.0.1"));
  static final int TIMEOUT = 4000;
  static final long OTHER = 99;

  private final List<Applied> all = new ArrayList<>();
  private DataTree tree = DataTree.initial();
  private Zxid next = new Zxid(0, 1);

  History() {
    open(OTHER);
    next = new Zxid(1, 1);
    all.clear();
  }

  DataTree tree() {
    return tree;
  }

  /** Every transaction of epoch 1 so far. */
  List<Applied> all() {
    return all;
  }

  Applied add(Request request) {
    Transaction transaction = new Transaction(next, request.requester().session(), request.cxid(), 1,
        tree.prepare(request.operation(), request.requester(), true));
    Applied applied = tree.apply(transaction);
    tree = applied.tree();
    next = next.next();
    all.add(applied);
    return applied;
  }

  Applied add(long session, int cxid, Operation operation) {
    return add(new Request(new Requester(session, IDENTITIES), cxid, operation));
  }

  /** Asked for by some session that is connected elsewhere. */
  Applied add(Operation operation) {
    return add(OTHER, 0, operation);
  }

  Applied open(long session) {
    return add(session, 0, new Operation.OpenSession(TIMEOUT, PASSWORD));
  }

  static Operation create(String path) {
    return create(path, 0);
  }

  static Operation create(String path, int flags) {
    return new Operation.Create(path, new byte[0], Acl.OPEN.entries(), flags, Operation.Create.Kind.PLAIN, -1);
  }

  static Operation set(String path) {
    return new Operation.SetData(path, new byte[] {1}, -1);
  }

  static Operation delete(String path) {
    return new Operation.Delete(path, -1);
  }
}
