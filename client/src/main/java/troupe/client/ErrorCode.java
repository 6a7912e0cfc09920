package troupe.client;

/** Why something was not done. */
public enum ErrorCode {
  /** There is no such znode, or no parent for a new one. */
  NO_NODE,
  /** There is such a znode already. */
  NODE_EXISTS,
  /** The znode has another version than the one demanded. */
  BAD_VERSION,
  /** A znode with children is not deleted. */
  NOT_EMPTY,
  /** An ephemeral znode has no children. */
  NO_CHILDREN_FOR_EPHEMERALS,
  /** The ACL does not allow it. */
  NO_AUTH,
  /** The credentials are not understood. */
  AUTH_FAILED,
  /** An ACL that is empty or makes no sense. */
  INVALID_ACL,
  /** Arguments that make no sense, such as a path without a slash at its beginning. */
  BAD_ARGUMENTS,
  /** More than one request may carry. */
  TOO_LARGE,
  /** Not executed, as the servers have too much to do or too little room; it may be asked again. */
  THROTTLED,
  /** The servers do not offer it, or not with their settings. */
  UNIMPLEMENTED,
  /** The quota of a subtree is used up. */
  QUOTA_EXCEEDED,
  /** Another operation of the same transaction failed. */
  ROLLED_BACK,
  /** The session is over: it was silent for longer than its timeout, or was ended by an operator. */
  SESSION_EXPIRED,
  /** The session was closed by its owner. */
  SESSION_CLOSED,
  /** The session is not the one of who showed this password. */
  FOREIGN_SESSION,
  /** The cluster has no Troupe server, or none has answered. */
  NO_SERVER,
  /** The history of changes does not go back so far. */
  COMPACTED,
  /** Something that this version of the library does not know. */
  UNKNOWN
}
