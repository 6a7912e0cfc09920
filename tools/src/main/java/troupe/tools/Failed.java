package troupe.tools;

/** It was asked for rightly, and did not succeed; the message is one line. */
final class Failed extends RuntimeException {
  private static final long serialVersionUID = 1;

  Failed(String message) {
    super(message.replaceAll("\\s*\\R\\s*", " "));
  }

  Failed(String message, Throwable cause) {
    this(message);
    initCause(cause);
  }
}
