package troupe.persistence;

import troupe.tree.DataTree;

/**
 * A tree, and where the journal has the batch that led to it.
 *
 * @param position sequence number in the journal, 0 before the first batch
 */
public record TreeAt(DataTree tree, long position) {}
