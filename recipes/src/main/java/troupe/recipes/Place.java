package troupe.recipes;

/** Where a {@link Claim} has its znode. */
sealed interface Place permits Line, Place.Name {
  /** At a name of its own, which one session at a time can have. */
  record Name(String path) implements Place {}
}
