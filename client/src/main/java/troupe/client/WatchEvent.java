package troupe.client;

/**
 * One change. Changes come in the order in which they happened, each once and none left out; those of one transaction have
 * the same zxid.
 *
 * @param zxid the transaction that did it
 * @param index its place among the changes of that transaction
 */
public record WatchEvent(long zxid, int index, Kind kind, String path) {
  /** What happened to the znode. */
  public enum Kind {
    CREATED,
    DATA_CHANGED,
    DELETED
  }
}
