package troupe.persistence;

/** How much room the journal's disk has left. */
public enum Room {
  /** As much as anybody needs. */
  ENOUGH,
  /**
   * The reserve has been touched: nothing that grows the tree is to be written any more. Sessions may still come and
   * go, since without them nobody could read or clean up.
   */
  RESERVE,
  /** Nothing more may be written. */
  NONE
}
