package troupe.tree;

import java.util.List;

/** What a request comes to, decided once by the leader and done alike by every server. */
public sealed interface Change {

  /** @param owner see {@link Owner} */
  record CreateNode(String path, byte[] data, Acl acl, long owner) implements Change {}

  record DeleteNode(String path) implements Change {}

  /** @param version the version that the data has from now on */
  record SetNodeData(String path, byte[] data, int version) implements Change {}

  /** @param version the version that the ACL has from now on */
  record SetNodeAcl(String path, Acl acl, int version) implements Change {}

  /** A check within a multi held. */
  record Checked() implements Change {}

  record Several(List<Change> changes) implements Change {
    public Several {
      changes = List.copyOf(changes);
    }
  }

  record SessionOpened(SessionInfo session) implements Change {}

  /** @param ephemerals the paths that go with it: exactly those that it owns */
  record SessionClosed(List<String> ephemerals) implements Change {
    public SessionClosed {
      ephemerals = List.copyOf(ephemerals);
    }
  }

  /** The session's client has come to another server: those that it was at before are to see it in the history. */
  Change MOVED = new Failed(ErrorCode.SESSION_MOVED);

  /** Nothing but a zxid: clients and learners see that a request was here. */
  record Failed(ErrorCode reason) implements Change {}

  /** @param reasons OK for the operations before the one that failed, {@code RUNTIME_INCONSISTENCY} for those after */
  record SeveralFailed(List<ErrorCode> reasons) implements Change {
    public SeveralFailed {
      reasons = List.copyOf(reasons);
    }
  }
}
