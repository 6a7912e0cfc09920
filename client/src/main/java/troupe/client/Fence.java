package troupe.client;

/**
 * A token that a holder of a lock or of a leadership hands on with what it does, so that others can tell it from a former
 * holder who does not know yet that he is one: tokens of later holders are larger.
 *
 * <p>A third party checks it in either of two ways. A store that takes only what carries a token at least as large as the
 * largest it has seen needs nothing but {@link #zxid}. And whoever has a session asks {@link TroupeClient#isHeld}, which
 * tells whether the holder's znode is there at that moment.
 *
 * @param path of the holder's znode
 * @param zxid the transaction that created that znode, as an unsigned number
 */
public record Fence(String path, long zxid) implements Comparable<Fence> {
  /** Whether the holder of this token came after the holder of that one. */
  public boolean isAfter(Fence other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Fence other) {
    return Long.compareUnsigned(zxid, other.zxid);
  }
}
