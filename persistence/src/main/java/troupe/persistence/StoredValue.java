package troupe.persistence;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a value lies in LevelDB: its bytes, their CRC-32C together with the key's (so that a value under another's key
 * is found out), and a byte that is not zero. That byte ends every record of the write-ahead log, which is how
 * {@link WriteAheadLog} tells a record from room set aside.
 */
final class StoredValue {
  static final int OVERHEAD = Integer.BYTES + 1;
  private static final byte END = 0x5a;

  private StoredValue() {}

  static byte[] seal(byte[] key, ByteString content) {
    byte[] stored = new byte[content.size() + OVERHEAD];
    content.copyTo(stored, 0);
    ByteBuffer.wrap(stored).putInt(content.size(), checksum(key, stored, content.size()));
    stored[stored.length - 1] = END;
    return stored;
  }

  /** Empty if this is not what was sealed. The content shares the array, which nobody may change any more. */
  static Optional<ByteString> open(byte[] key, byte[] stored) {
    int size = stored.length - OVERHEAD;
    boolean sound = size >= 0
        && stored[stored.length - 1] == END
        && ByteBuffer.wrap(stored).getInt(size) == checksum(key, stored, size);
    return sound ? Optional.of(UnsafeByteOperations.unsafeWrap(stored, 0, size)) : Optional.empty();
  }

  private static int checksum(byte[] key, byte[] content, int size) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(content, 0, size);
    return (int) crc.getValue();
  }
}
