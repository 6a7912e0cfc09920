package troupe.protocol;

/** The other side, or the link to it, does not keep to the protocol: the connection is over. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
