package troupe.tree;

import java.util.List;

/** What a client, or the server for it, asks to change. Nothing here has been checked yet. */
public sealed interface Operation {
  /**
   * What stands for a string that the request does not have, a path or the id in an ACL; compared by identity. It is
   * not the same as an empty one: which check such a request fails at, and so with which error, differs.
   */
  String MISSING = new String("\0");

  /**
   * Create a node.
   *
   * @param flags ZooKeeper's create mode, 0 to 6: ephemeral, sequential and so on
   * @param kind which of the create requests it was: it, not the flags, makes a container or a TTL node
   * @param ttl milliseconds to live; negative unless it is a TTL node
   */
  record Create(String path, byte[] data, List<Acl.Entry> acl, int flags, Kind kind, long ttl) implements Operation {
    /** Which of the create requests. */
    public enum Kind {
      PLAIN,
      CONTAINER,
      TTL
    }

    public Create {
      acl = List.copyOf(acl);
    }
  }

  /** @param version the data version it must have, or -1 for any */
  record Delete(String path, int version) implements Operation {}

  /** @param version the data version it must have, or -1 for any */
  record SetData(String path, byte[] data, int version) implements Operation {}

  /** @param version the ACL version it must have, or -1 for any */
  record SetAcl(String path, List<Acl.Entry> acl, int version) implements Operation {
    public SetAcl {
      acl = List.copyOf(acl);
    }
  }

  /** Only within a multi: fails unless the node has this data version; -1 asks for its existence. */
  record Check(String path, int version) implements Operation {}

  /** All or nothing. */
  record Multi(List<Operation> operations) implements Operation {
    public Multi {
      operations = List.copyOf(operations);
    }
  }

  /**
   * Begin a session.
   *
   * @param timeout milliseconds, already negotiated
   * @param password what the client shows when it comes back
   */
  record OpenSession(int timeout, Password password) implements Operation {}

  /** End the session and its ephemeral nodes. */
  record CloseSession() implements Operation {}

  /** The server's own: remove a container or TTL node that has had its time, if it is still empty. */
  record DeleteContainer(String path) implements Operation {}

  /** A request that makes no sense but takes its place in history, as it does in ZooKeeper. */
  record Refused(ErrorCode reason) implements Operation {}
}
