package troupe.tree;

/** Why a request failed, with the number that ZooKeeper's clients know it by. Source: KeeperException.Code. */
public enum ErrorCode {
  OK(0),
  RUNTIME_INCONSISTENCY(-2),
  MARSHALLING_ERROR(-5),
  UNIMPLEMENTED(-6),
  BAD_ARGUMENTS(-8),
  NO_NODE(-101),
  NO_AUTH(-102),
  BAD_VERSION(-103),
  NO_CHILDREN_FOR_EPHEMERALS(-108),
  NODE_EXISTS(-110),
  NOT_EMPTY(-111),
  SESSION_EXPIRED(-112),
  INVALID_ACL(-114),
  AUTH_FAILED(-115),
  SESSION_MOVED(-118),
  NO_WATCHER(-121),
  RECONFIG_DISABLED(-123),
  QUOTA_EXCEEDED(-125),
  THROTTLED_OP(-127);

  private static final ErrorCode[] ALL = values();

  private final int wire;

  ErrorCode(int wire) {
    this.wire = wire;
  }

  /** The number on the wire and in the log. */
  public int wire() {
    return wire;
  }

  /** @throws IllegalArgumentException for a number that no code here has */
  public static ErrorCode of(int wire) {
    for (ErrorCode code : ALL) {
      if (code.wire == wire) {
        return code;
      }
    }
    throw new IllegalArgumentException("no error code " + wire);
  }
}
