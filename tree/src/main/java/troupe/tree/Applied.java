package troupe.tree;

import java.util.List;

/**
 * A transaction done.
 *
 * @param tree the tree after it
 * @param outcome the answer for the client that asked
 * @param events what watchers are told, in this order
 */
public record Applied(Transaction transaction, DataTree tree, Outcome outcome, List<NodeEvent> events) {}
