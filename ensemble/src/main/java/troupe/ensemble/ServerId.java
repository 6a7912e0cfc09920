package troupe.ensemble;

/**
 * A server of the ensemble. Its number is also the first byte of the session ids that it hands out, and 255 there
 * would mean a TTL node, which is why it ends at 254.
 */
public record ServerId(int value) implements Comparable<ServerId> {
  /** The largest id, as in ZooKeeper with extended types. */
  public static final int MAX = 254;

  public ServerId {
    if (value < 1 || value > MAX) {
      throw new IllegalArgumentException("a server id is 1 to " + MAX + ", not " + value);
    }
  }

  @Override
  public int compareTo(ServerId other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
