package troupe.tree;

/**
 * Something that watchers may be waiting for.
 *
 * @param acl the node's ACL: only who may read it is told
 */
public record NodeEvent(Kind kind, String path, Acl acl) {
  /** What happened; a child's coming or going is {@code CHILDREN_CHANGED} at its parent. */
  public enum Kind {
    CREATED,
    DELETED,
    DATA_CHANGED,
    CHILDREN_CHANGED
  }
}
