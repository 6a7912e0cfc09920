package troupe.tree;

import java.nio.ByteBuffer;

/** What proves that a client owns a session: 16 random bytes, replicated, so that every server can check them. */
public record Password(long high, long low) {
  /** Bytes on the wire. */
  public static final int LENGTH = 16;

  /** @throws IllegalArgumentException unless there are 16 bytes */
  public static Password of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a session password has " + LENGTH + " bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Password(buffer.getLong(), buffer.getLong());
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(LENGTH).putLong(high).putLong(low).array();
  }

  /** A secret is not logged. */
  @Override
  public String toString() {
    return "Password";
  }
}
