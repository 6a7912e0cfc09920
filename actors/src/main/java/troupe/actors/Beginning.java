package troupe.actors;

import java.util.List;
import java.util.Optional;
import troupe.persistence.History;
import troupe.persistence.TreeAt;
import troupe.tree.Applied;

/**
 * What a role begins with.
 *
 * @param history of the log
 * @param tree with all of that history
 * @param committed the newest tree that is known to be committed; none if none is
 * @param unshown what the clients who wait have not been shown of the tree; none if nobody could go on from there
 */
record Beginning(History history, TreeAt tree, Optional<TreeAt> committed, Optional<List<Applied>> unshown) {}
