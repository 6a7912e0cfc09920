package troupe.tree;

import java.util.ArrayList;
import java.util.List;
import troupe.ensemble.Zxid;

/** A tree that goes from one transaction to the next, as on a server alone, and what tests ask of it. */
final class Trees {
  /** A session of server 1, there from the beginning. */
  static final long SESSION = 1L << 56 | 1;

  /** A session that is there from the beginning, of a server whose sessions have negative ids. */
  static final long OTHER = 200L << 56 | 7;

  /** A session that nobody opened. */
  static final long NOBODY = 1L << 56 | 99;

  static final Requester CLIENT = new Requester(SESSION, List.of());

  /** The server's clock at zxid 0; it goes on by a second with each transaction. */
  static final long BEGINNING = 1_700_000_000_000L;

  private DataTree tree = DataTree.initial();
  private Zxid next = new Zxid(1, 1);

  Trees() {
    for (long session : new long[] {SESSION, OTHER}) {
      perform(new Requester(session, List.of()), new Operation.OpenSession(30_000, new Password(session, 1)));
    }
  }

  DataTree tree() {
    return tree;
  }

  /** What the next transaction will be called. */
  Zxid next() {
    return next;
  }

  /** The zxid of the last transaction, as in a stat. */
  long zxid() {
    return tree.lastZxidNumber();
  }

  /** The time of the last transaction. */
  long now() {
    return BEGINNING + tree.lastZxid().counter() * 1000;
  }

  Transaction transaction(long session, Change change) {
    return new Transaction(next, session, 5, BEGINNING + next.counter() * 1000, change);
  }

  Applied apply(Transaction transaction) {
    Applied applied = tree.apply(transaction);
    tree = applied.tree();
    next = transaction.zxid().next();
    return applied;
  }

  Applied perform(Requester requester, Operation operation) {
    return apply(transaction(requester.session(), tree.prepare(operation, requester, true)));
  }

  /** For the client of {@link #SESSION}. */
  Outcome perform(Operation operation) {
    return perform(CLIENT, operation).outcome();
  }

  Trees create(String... paths) {
    for (String path : paths) {
      succeed(Trees.creation(path, 0));
    }
    return this;
  }

  Trees delete(String... paths) {
    for (String path : paths) {
      succeed(new Operation.Delete(path, -1));
    }
    return this;
  }

  Trees succeed(Operation operation) {
    if (perform(operation) instanceof Outcome.Failed failed) {
      throw new AssertionError(operation + " fails with " + failed.reason());
    }
    return this;
  }

  Znode node(String path) {
    return tree.find(path).orElseThrow(() -> new AssertionError("no " + path));
  }

  Stat stat(String path) {
    return node(path).stat();
  }

  static Operation.Create creation(String path, int flags) {
    return new Operation.Create(path, path.getBytes(), Acl.OPEN.entries(), flags, Operation.Create.Kind.PLAIN, -1);
  }

  static Operation.Create container(String path) {
    return new Operation.Create(path, new byte[0], Acl.OPEN.entries(), 4, Operation.Create.Kind.CONTAINER, -1);
  }

  static Operation.Create ttlNode(String path, long ttl) {
    return new Operation.Create(path, new byte[0], Acl.OPEN.entries(), 5, Operation.Create.Kind.TTL, ttl);
  }

  /** The same tree, put together again from what it shows of itself: as a snapshot and its recovery do. */
  static DataTree rebuilt(DataTree tree) {
    TreeBuilder builder = new TreeBuilder();
    tree.forEachSession(builder::session);
    tree.forEachNode((depth, name, node) -> builder.node(depth, name, new Znode(
        node.data(), node.acl(), node.czxid(), node.mzxid(), node.pzxid(), node.ctime(), node.mtime(), node.owner(),
        node.version(), node.creations(), node.aversion())));
    return builder.build(tree.lastZxid());
  }

  static List<String> paths(DataTree tree) {
    List<String> paths = new ArrayList<>();
    List<String> branch = new ArrayList<>();
    tree.forEachNode((depth, name, node) -> {
      while (branch.size() > depth) {
        branch.removeLast();
      }
      branch.add(depth == 0 ? "" : branch.getLast() + "/" + name);
      paths.add(depth == 0 ? "/" : branch.getLast());
    });
    return paths;
  }
}
