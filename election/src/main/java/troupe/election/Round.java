package troupe.election;

/** An election round of one server: ZooKeeper's logical clock. Never a Zab epoch. */
public record Round(long number) implements Comparable<Round> {
  /** Before the first election. */
  static final Round NONE = new Round(0);

  public Round next() {
    return new Round(number + 1);
  }

  @Override
  public int compareTo(Round other) {
    return Long.compare(number, other.number);
  }
}
