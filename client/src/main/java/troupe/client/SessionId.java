package troupe.client;

/**
 * A session's name, and what proves that it is one's own: whoever has both can continue it.
 *
 * @param passwordHigh half of the password
 * @param passwordLow the other half
 */
public record SessionId(long id, long passwordHigh, long passwordLow) {
  /** A secret is not logged. */
  @Override
  public String toString() {
    return "0x" + Long.toHexString(id);
  }
}
