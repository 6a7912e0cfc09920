package troupe.client;

/** Of which znodes a stream of changes tells. */
public enum WatchScope {
  /** The one at the path. */
  NODE,
  /** Those directly below it, and not itself. */
  CHILDREN,
  /** The one at the path, and all below it. */
  SUBTREE
}
