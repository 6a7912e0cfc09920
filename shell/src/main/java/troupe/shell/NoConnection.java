package troupe.shell;

/** No server can be asked. */
final class NoConnection extends Exception {
  private static final long serialVersionUID = 1;

  NoConnection(String message) {
    super(message);
  }
}
