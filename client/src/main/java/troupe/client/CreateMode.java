package troupe.client;

/** What kind of znode is created. */
public enum CreateMode {
  /** Stays until it is deleted. */
  PERSISTENT,
  /** The server appends a number to its name, ten digits, larger than that of any sibling before. */
  PERSISTENT_SEQUENTIAL,
  /** Ends with its session. */
  EPHEMERAL,
  /** Ends with its session, and has a number. */
  EPHEMERAL_SEQUENTIAL,
  /** Is deleted by the server once it has had children and has none any more. */
  CONTAINER
}
