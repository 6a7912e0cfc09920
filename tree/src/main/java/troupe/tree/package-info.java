/**
 * The data tree: an immutable value, and the transactions that lead from one tree to the next.
 *
 * <p>Start at {@link troupe.tree.DataTree}. What a client may ask to change is an {@link troupe.tree.Operation}; whether
 * it may, and what that does, is decided by {@link troupe.tree.DataTree#prepare}, which yields a
 * {@link troupe.tree.Change}; a change with its place in history is a {@link troupe.tree.Transaction}, and
 * {@link troupe.tree.DataTree#apply} gives the next tree, the answer for the client and what watchers are told.
 * Knows {@code ensemble}; no Pekko, no bytes of the wire. Source: ZooKeeper's PrepRequestProcessor and DataTree.
 */
package troupe.tree;
