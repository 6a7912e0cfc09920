package troupe.ensemble;

/**
 * A transaction's place in history: its epoch, then its number within the epoch. Zxid order is delivery order.
 *
 * @param epoch the leader's epoch, 0 before there ever was a leader
 * @param counter 0 for the epoch's own beginning, then 1, 2, ... without a hole
 */
public record Zxid(long epoch, long counter) implements Comparable<Zxid> {
  /** Before the first transaction of the first epoch. */
  public static final Zxid ZERO = new Zxid(0, 0);

  private static final long MAX = 0xFFFF_FFFFL; // each half is 32 unsigned bits on the wire

  public Zxid {
    if (epoch < 0 || epoch > MAX || counter < 0 || counter > MAX) {
      throw new IllegalArgumentException("not a zxid: epoch " + epoch + ", counter " + counter);
    }
  }

  /** The zxid that ZooKeeper writes as this number. */
  public static Zxid of(long wire) {
    return new Zxid(wire >>> 32, wire & MAX);
  }

  /** This zxid as ZooKeeper writes it: the epoch in the high half, the counter in the low one. */
  public long toLong() {
    return epoch << 32 | counter;
  }

  /** The next transaction of the same epoch. */
  public Zxid next() {
    return new Zxid(epoch, counter + 1);
  }

  /** Whether this transaction directly follows {@code previous}: the next of its epoch, or the first of a later one. */
  public boolean follows(Zxid previous) {
    return epoch == previous.epoch ? counter == previous.counter + 1 : epoch > previous.epoch && counter == 1;
  }

  public boolean isAfter(Zxid other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Zxid other) {
    return Long.compareUnsigned(toLong(), other.toLong());
  }

  /** As ZooKeeper logs it, such as {@code 0x100000007}. */
  @Override
  public String toString() {
    return "0x" + Long.toHexString(toLong());
  }
}
