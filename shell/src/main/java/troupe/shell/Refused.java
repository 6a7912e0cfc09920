package troupe.shell;

/** What the server has told stands against it, where no error code of its own says so. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refused(String message) {
    super(message);
  }
}
