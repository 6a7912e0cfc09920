package troupe.persistence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys in LevelDB. Those of events are the number of their persistence id and their sequence number, big endian:
 * LevelDB's order is theirs, and tables of a log that only grows never overlap, so LevelDB moves them down its levels
 * without rewriting them. All other keys, in a database of their own, are a letter for their kind and a name.
 */
final class Key {
  private static final byte DELETED = 'd';
  /** Ends the key of an event, so that a batch of deletions ends in a byte that is not zero: see StoredValue. */
  private static final byte EVENT = 'e';
  private static final byte FORMAT = 'f';
  private static final byte NAMED = 'n';
  private static final byte PERSISTENCE_ID = 'p';

  private Key() {}

  static byte[] format() {
    return new byte[] {FORMAT};
  }

  static byte[] event(int id, long sequenceNr) {
    return ByteBuffer.allocate(Integer.BYTES + Long.BYTES + 1).putInt(id).putLong(sequenceNr).put(EVENT).array();
  }

  static boolean isEventOf(int id, byte[] key) {
    return ByteBuffer.wrap(key).getInt() == id;
  }

  static long sequenceNrOf(byte[] eventKey) {
    return ByteBuffer.wrap(eventKey).getLong(Integer.BYTES);
  }

  /** Up to which sequence number the events are deleted. */
  static byte[] deletedTo(int id) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put(DELETED).putInt(id).array();
  }

  /** The number of a persistence id; the prefix of all of them for an empty one. */
  static byte[] persistenceId(String persistenceId) {
    return text(PERSISTENCE_ID, persistenceId);
  }

  /** A named value; the prefix of several for the begin of a name. */
  static byte[] named(String name) {
    return text(NAMED, name);
  }

  static String textOf(byte[] key) {
    return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
  }

  private static byte[] text(byte kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + bytes.length).put(kind).put(bytes).array();
  }
}
