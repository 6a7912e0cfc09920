package troupe.persistence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The format of LevelDB's write-ahead log, and the judgement on one.
 *
 * <p>A log is a row of blocks of 32 KiB. A record that does not fit into what is left of a block goes on in the next
 * one, as fragments. A fragment is a masked CRC-32C of type and data, the length of the data (two bytes), its type, the
 * data; all little endian. Fewer than seven bytes at the end of a block stay unused. Source: LevelDB's log_format.md.
 *
 * <p>One thing is ours: the last byte of a record is never zero ({@link StoredValue}), so where zeros begin before a
 * fragment is over, it is unfinished.
 */
final class WriteAheadLog {
  static final int BLOCK = 32 * 1024;
  static final int HEADER = 7;
  static final byte FULL = 1;
  static final byte FIRST = 2;
  static final byte MIDDLE = 3;
  static final byte LAST = 4;
  /** What a disk writes whole. A part of a record that never got there reads as zeros of at least this size. */
  private static final int SECTOR = 512;
  private static final int CRC_MASK = 0xa282ead8; // LevelDB masks: a CRC of data that holds CRCs is a weak one

  private final byte[] log;
  /** Behind this there are only zeros. */
  private final int written;

  private WriteAheadLog(byte[] log) {
    this.log = log;
    int end = log.length;
    while (end > 0 && log[end - 1] == 0) {
      end--;
    }
    this.written = end;
  }

  /** What to do with a log. */
  sealed interface Verdict {}

  /**
   * Every record is there.
   *
   * @param end where the last one ends; behind it are at most zeros
   */
  record Whole(int end) implements Verdict {}

  /**
   * The last record is unfinished, as a crash leaves it.
   *
   * @param end where the last finished one ends: cut here
   */
  record Torn(int end, String reason) implements Verdict {}

  /** What no crash of ours does. */
  record Corrupt(int offset, String reason) implements Verdict {}

  static Verdict judge(byte[] log) {
    return new WriteAheadLog(log).judge();
  }

  private Verdict judge() {
    int finished = 0; // end of the last record of which all fragments were seen
    boolean inside = false;
    int position = 0;
    while (true) {
      if (leftInBlock(position) < HEADER) {
        position += leftInBlock(position);
      }
      if (position >= written) {
        return inside ? new Torn(finished, "a record without its last part") : new Whole(finished);
      }
      if (!isSound(position, lengthAt(position))) {
        return judgeDamage(position, finished);
      }
      byte type = typeAt(position);
      boolean begins = type == FULL || type == FIRST;
      if (begins == inside) {
        return new Corrupt(position, inside ? "a record begins inside another" : "part of a record without its begin");
      }
      inside = type == FIRST || type == MIDDLE;
      position += HEADER + lengthAt(position);
      if (!inside) {
        finished = position;
      }
    }
  }

  private Verdict judgeDamage(int position, int finished) {
    Optional<Integer> next = nextBegin(position + 1);
    if (next.isPresent()) {
      return new Corrupt(position, "unreadable, yet a record follows at offset " + next.get());
    }
    if (isWholeButForItsLength(position)) {
      return new Corrupt(position, "the length in the header of the last record is wrong");
    }
    if (position + HEADER + (long) lengthAt(position) > written) {
      return new Torn(finished, "the last record ends early");
    }
    if (missesASector(position, position + HEADER + lengthAt(position))) {
      return new Torn(finished, "the last record has parts that never reached the disk");
    }
    return new Corrupt(position, "checksum mismatch in the last record, all of which is there");
  }

  /** The first offset from which a whole fragment of the kinds that begin a record can be read. */
  private Optional<Integer> nextBegin(int from) {
    // Every offset is tried: where the damaged fragment ends is what cannot be known.
    for (int position = from; position + HEADER <= written; position++) {
      if (leftInBlock(position) >= HEADER
          && (typeAt(position) == FULL || typeAt(position) == FIRST)
          && isSound(position, lengthAt(position))) {
        return Optional.of(position);
      }
    }
    return Optional.empty();
  }

  /** Such a fragment seems unfinished, but was acknowledged. */
  private boolean isWholeButForItsLength(int position) {
    return isSound(position, written - position - HEADER);
  }

  /** Whether zeros stand where this fragment should, up to the end of a sector. */
  private boolean missesASector(int from, int to) {
    for (int start = from; start < to; start = (start / SECTOR + 1) * SECTOR) {
      if (isZero(start, Math.min((start / SECTOR + 1) * SECTOR, log.length))) {
        return true;
      }
    }
    return false;
  }

  private boolean isZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (log[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isSound(int position, int length) {
    if (length < 0 || position + HEADER + length > log.length || HEADER + length > leftInBlock(position)) {
      return false;
    }
    byte type = typeAt(position);
    return type >= FULL && type <= LAST && crcAt(position) == maskedCrc(log, position + HEADER - 1, 1 + length);
  }

  /** @param from where the type is; the data follows it */
  static int maskedCrc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }

  private static int leftInBlock(int position) {
    return BLOCK - position % BLOCK;
  }

  private int crcAt(int position) {
    return ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN).getInt(position);
  }

  /** Bytes behind the end of the file read as zeros: a header may be cut, too. */
  private int lengthAt(int position) {
    return byteAt(position + 4) | byteAt(position + 5) << 8;
  }

  private byte typeAt(int position) {
    return (byte) byteAt(position + 6);
  }

  private int byteAt(int offset) {
    return offset < log.length ? log[offset] & 0xff : 0;
  }
}
