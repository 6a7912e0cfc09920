package troupe.client;

/**
 * A stream of changes was asked for, or had to go on, from before the beginning of the servers' history. What happened
 * in between can be found only by reading the znodes themselves; a new stream begins where that reading was.
 */
public final class CompactedException extends TroupeException {
  private static final long serialVersionUID = 1L;

  private final long oldest;

  CompactedException(String path, long after, long oldest) {
    super(new Failure(ErrorCode.COMPACTED, "the changes of " + path + " after 0x" + Long.toHexString(after)
        + " are forgotten; those after 0x" + Long.toHexString(oldest) + " are known"));
    this.oldest = oldest;
  }

  /** The zxid after which changes are known. */
  public long oldest() {
    return oldest;
  }
}
