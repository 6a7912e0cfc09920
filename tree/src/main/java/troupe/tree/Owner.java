package troupe.tree;

/**
 * The owner of a znode, one number as in ZooKeeper: 0 for a plain node, a session id for an ephemeral one, and two
 * ranges that no session id has for containers and TTL nodes. Source: ZooKeeper's EphemeralType.
 */
public final class Owner {
  /** A node that stays. */
  public static final long NONE = 0;

  /** A container. */
  public static final long CONTAINER = Long.MIN_VALUE;

  /** The longest time to live in milliseconds, some 34 years. */
  public static final long MAX_TTL = 0xFF_FFFF_FFFFL;

  private static final long TTL_MASK = 0xFF00_0000_0000_0000L;

  private Owner() {}

  /** The owner of a TTL node that lives for so many milliseconds after its data was last set. */
  static long ofTtl(long millis) {
    if (!isTtlValid(millis)) {
      throw new IllegalArgumentException("a time to live is 1 to " + MAX_TTL + " ms, not " + millis);
    }
    return TTL_MASK | millis;
  }

  static boolean isTtlValid(long millis) {
    return millis > 0 && millis <= MAX_TTL;
  }

  /** Whether it is that of a TTL node. */
  public static boolean isTtl(long owner) {
    return (owner & TTL_MASK) == TTL_MASK;
  }

  /** How many milliseconds a TTL node lives. */
  public static long ttl(long owner) {
    return owner & MAX_TTL;
  }

  /** Whether it is a session's id. */
  public static boolean isSession(long owner) {
    return owner != NONE && owner != CONTAINER && !isTtl(owner);
  }
}
