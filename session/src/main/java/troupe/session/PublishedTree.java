package troupe.session;

import troupe.tree.DataTree;

/** The committed tree of this server, for whoever wants to read it. Written by {@link Watches} alone. */
public final class PublishedTree {
  private volatile DataTree tree;

  public PublishedTree(DataTree tree) {
    this.tree = tree;
  }

  public DataTree get() {
    return tree;
  }

  void publish(DataTree next) {
    tree = next;
  }
}
