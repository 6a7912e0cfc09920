package troupe.persistence;

/** Another process, or another server in this one, works in the directory. */
public final class DirectoryInUseException extends RuntimeException {
  DirectoryInUseException(String message) {
    super(message);
  }

  DirectoryInUseException(String message, Throwable cause) {
    super(message, cause);
  }
}
