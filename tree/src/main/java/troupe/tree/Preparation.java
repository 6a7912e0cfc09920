package troupe.tree;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import troupe.ensemble.Zxid;

/**
 * Decides requests. Where several things are wrong with one, the order of the checks is ZooKeeper's, since clients see
 * which comes first. Source: PrepRequestProcessor.pRequest2Txn.
 */
final class Preparation {
  /** Says no; caught in {@link #prepare}, so that each check reads as one line. Costs no stack trace. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode reason;

    Refusal(ErrorCode reason) {
      super(reason.name(), null, false, false);
      this.reason = reason;
    }
  }

  private static final int EPHEMERAL_FLAG = 1;
  private static final int SEQUENTIAL_FLAG = 2;
  private static final int TTL_FLAGS = 5;
  private static final int SEQUENTIAL_TTL_FLAGS = 6;
  private static final int ANY_VERSION = -1;
  /** Lines of an ACL that stand for what the requester has proved: each {@code auth} makes one of each proof. */
  private static final int MOST_FROM_AUTH = 1000;

  private final Requester requester;
  private final boolean extendedTypes;

  Preparation(Requester requester, boolean extendedTypes) {
    this.requester = requester;
    this.extendedTypes = extendedTypes;
  }

  Change prepare(DataTree tree, Operation operation) {
    try {
      return switch (operation) {
        case Operation.Create create -> create(tree, create);
        case Operation.Delete delete -> delete(tree, delete);
        case Operation.SetData set -> setData(tree, set);
        case Operation.SetAcl set -> setAcl(tree, set);
        case Operation.Check check -> check(tree, check);
        case Operation.Multi multi -> multi(tree, multi);
        case Operation.OpenSession open ->
            new Change.SessionOpened(new SessionInfo(open.timeout(), open.password()));
        case Operation.CloseSession close -> new Change.SessionClosed(tree.ephemeralsOf(requester.session()));
        case Operation.DeleteContainer delete -> deleteContainer(tree, delete);
        case Operation.Refused refused -> throw new Refusal(refused.reason());
      };
    } catch (Refusal refusal) {
      return new Change.Failed(refusal.reason);
    }
  }

  private Change create(DataTree tree, Operation.Create create) throws Refusal {
    int flags = create.flags();
    if (flags < 0 || flags > SEQUENTIAL_TTL_FLAGS) {
      throw new Refusal(ErrorCode.BAD_ARGUMENTS);
    }
    boolean ttlFlags = flags == TTL_FLAGS || flags == SEQUENTIAL_TTL_FLAGS;
    boolean sequential = flags == SEQUENTIAL_TTL_FLAGS || flags < TTL_FLAGS - 1 && (flags & SEQUENTIAL_FLAG) != 0;
    boolean ephemeral = flags < TTL_FLAGS - 1 && (flags & EPHEMERAL_FLAG) != 0;
    if (ttlFlags && !extendedTypes) {
      throw new Refusal(ErrorCode.UNIMPLEMENTED);
    }
    boolean ttlNode = create.kind() == Operation.Create.Kind.TTL;
    if ((ttlFlags || ttlNode) && !Owner.isTtlValid(create.ttl()) || !ttlFlags && create.ttl() >= 0) {
      throw new Refusal(ErrorCode.BAD_ARGUMENTS);
    }
    requireSession(tree);
    String path = create.path();
    requirePresent(path);
    if (path.indexOf('/') < 0 || path.indexOf('\0') >= 0) {
      throw new Refusal(ErrorCode.BAD_ARGUMENTS);
    }
    Acl acl = expanded(create.acl());
    Znode parent = existing(tree, Paths.parent(path));
    permit(parent, Permissions.CREATE);
    if (sequential) {
      path += suffix(parent.creations());
    }
    requireValid(path);
    if (Paths.isTooDeep(path)) {
      throw new Refusal(ErrorCode.BAD_ARGUMENTS);
    }
    if (tree.find(path).isPresent()) {
      throw new Refusal(ErrorCode.NODE_EXISTS);
    }
    if (Owner.isSession(parent.owner())) {
      throw new Refusal(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS);
    }
    long owner = switch (create.kind()) {
      case CONTAINER -> Owner.CONTAINER;
      case TTL -> Owner.ofTtl(create.ttl());
      case PLAIN -> ephemeral ? requester.session() : Owner.NONE;
    };
    return new Change.CreateNode(path, create.data(), acl, owner);
  }

  private Change delete(DataTree tree, Operation.Delete delete) throws Refusal {
    requireSession(tree);
    Znode parent = existing(tree, parentOfDeletable(delete.path()));
    permit(parent, Permissions.DELETE);
    Znode node = existing(tree, delete.path());
    nextVersion(node.version(), delete.version());
    requireNoChildren(node);
    return new Change.DeleteNode(delete.path());
  }

  private Change deleteContainer(DataTree tree, Operation.DeleteContainer delete) throws Refusal {
    parentOfDeletable(delete.path());
    Znode node = existing(tree, delete.path());
    requireNoChildren(node);
    if (Owner.isSession(node.owner())) {
      throw new Refusal(ErrorCode.BAD_VERSION);
    }
    return new Change.DeleteNode(delete.path());
  }

  private Change setData(DataTree tree, Operation.SetData set) throws Refusal {
    requireSession(tree);
    requireValid(set.path());
    Znode node = existing(tree, set.path());
    permit(node, Permissions.WRITE);
    return new Change.SetNodeData(set.path(), set.data(), nextVersion(node.version(), set.version()));
  }

  private Change setAcl(DataTree tree, Operation.SetAcl set) throws Refusal {
    requireSession(tree);
    requireValid(set.path());
    Acl acl = expanded(set.acl());
    Znode node = existing(tree, set.path());
    permit(node, Permissions.ADMIN);
    return new Change.SetNodeAcl(set.path(), acl, nextVersion(node.aversion(), set.version()));
  }

  private Change check(DataTree tree, Operation.Check check) throws Refusal {
    requireSession(tree);
    requireValid(check.path());
    Znode node = existing(tree, check.path());
    permit(node, Permissions.READ);
    nextVersion(node.version(), check.version());
    return new Change.Checked();
  }

  /** Each operation is decided in the tree that those before it leave. */
  private Change multi(DataTree tree, Operation.Multi multi) {
    // The zxid and the time of the real transaction are not known here, and no check looks at them.
    Transaction trial = new Transaction(Zxid.of(tree.lastZxidNumber()), requester.session(), 0, 0, new Change.Checked());
    TreeEdit edit = new TreeEdit(tree, trial);
    List<Change> changes = new ArrayList<>();
    for (Operation operation : multi.operations()) {
      Change change = prepare(edit.tree(), operation);
      if (change instanceof Change.Failed failed) {
        if (failed.reason() == ErrorCode.MARSHALLING_ERROR) {
          return failed; // an operation that cannot be understood is no operation of a multi
        }
        return new Change.SeveralFailed(reasons(multi.operations().size(), changes.size(), failed.reason()));
      }
      edit.apply(change);
      changes.add(change);
    }
    return new Change.Several(changes);
  }

  private static List<ErrorCode> reasons(int operations, int failedAt, ErrorCode reason) {
    List<ErrorCode> reasons = new ArrayList<>(operations);
    for (int i = 0; i < operations; i++) {
      reasons.add(i < failedAt ? ErrorCode.OK : i == failedAt ? reason : ErrorCode.RUNTIME_INCONSISTENCY);
    }
    return reasons;
  }

  private void requireSession(DataTree tree) throws Refusal {
    if (tree.session(requester.session()).isEmpty()) {
      throw new Refusal(ErrorCode.SESSION_EXPIRED);
    }
  }

  @SuppressWarnings("StringEquality") // it is that one string, and not one that looks like it
  private static void requirePresent(String string) throws Refusal {
    if (string == Operation.MISSING) {
      throw new Refusal(ErrorCode.MARSHALLING_ERROR);
    }
  }

  private static void requireValid(String path) throws Refusal {
    if (!Paths.isValid(path)) {
      throw new Refusal(ErrorCode.BAD_ARGUMENTS);
    }
  }

  private static void requireNoChildren(Znode node) throws Refusal {
    if (node.childCount() > 0) {
      throw new Refusal(ErrorCode.NOT_EMPTY);
    }
  }

  private static Znode existing(DataTree tree, String path) throws Refusal {
    Optional<Znode> node = tree.find(path);
    if (node.isEmpty()) {
      throw new Refusal(ErrorCode.NO_NODE);
    }
    return node.get();
  }

  private void permit(Znode node, int permissions) throws Refusal {
    if (!node.acl().permits(permissions, requester.identities())) {
      throw new Refusal(ErrorCode.NO_AUTH);
    }
  }

  /** ZooKeeper's own nodes cannot be deleted. */
  private static String parentOfDeletable(String path) throws Refusal {
    requirePresent(path);
    boolean special = switch (path) {
      case "/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config" -> true;
      default -> false;
    };
    if (special || path.indexOf('/') < 0 || path.indexOf('\0') >= 0) {
      throw new Refusal(ErrorCode.BAD_ARGUMENTS);
    }
    return Paths.parent(path);
  }

  private static int nextVersion(int version, int expected) throws Refusal {
    if (expected != ANY_VERSION && expected != version) {
      throw new Refusal(ErrorCode.BAD_VERSION);
    }
    return version + 1;
  }

  /** Without duplicates, and with {@code auth} replaced by what the requester has proved. */
  private Acl expanded(List<Acl.Entry> entries) throws Refusal {
    if (entries.equals(Acl.OPEN.entries())) {
      return Acl.OPEN;
    }
    if (entries.isEmpty()) {
      throw new Refusal(ErrorCode.INVALID_ACL);
    }
    Set<Acl.Entry> distinct = new LinkedHashSet<>(entries);
    List<Acl.Entry> expanded = new ArrayList<>();
    int fromAuth = 0;
    for (Acl.Entry entry : distinct) {
      if (entry.who().scheme().equals("auth")) {
        List<Identity> proved = requester.identities().stream().filter(Schemes::isAuthenticated).toList();
        fromAuth += proved.size();
        if (proved.isEmpty() || fromAuth > MOST_FROM_AUTH) {
          throw new Refusal(ErrorCode.INVALID_ACL);
        }
        proved.forEach(identity -> expanded.add(new Acl.Entry(entry.permissions(), identity)));
      } else {
        if (!Schemes.isKnown(entry.who().scheme())) {
          throw new Refusal(ErrorCode.INVALID_ACL);
        }
        requirePresent(entry.who().id());
        if (!Schemes.isValid(entry.who())) {
          throw new Refusal(ErrorCode.INVALID_ACL);
        }
        expanded.add(entry);
      }
    }
    return Acl.of(expanded);
  }

  /** Ten digits; beyond 2^31 the counter is negative, as clients of ZooKeeper know it. */
  private static String suffix(int creations) {
    return String.format(Locale.ENGLISH, "%010d", creations);
  }
}
