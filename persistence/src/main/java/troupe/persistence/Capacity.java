package troupe.persistence;

/** What tells how full the journal's disk is. */
@FunctionalInterface
public interface Capacity {
  /** How much room the disk has, beside what the journal may still write of what it has acknowledged already. */
  Room room();

  /** The same as the last write found it, which costs nothing: the disk is asked before each. */
  default Room roomAtLastWrite() {
    return room();
  }
}
