package troupe.persistence;

import java.nio.file.Path;

/**
 * The log on disk is not what was written. The server must not go on: what it would believe, others may know better.
 * The message names the place, and what an operator can do.
 */
public final class CorruptJournalException extends RuntimeException {
  private static final String ADVICE = "; this server must not vote with it. Keep a copy of the directory, check the"
      + " disk, then empty the directory: the server takes the state from the others of its ensemble. A server without"
      + " others needs a backup";

  public CorruptJournalException(Path directory, String persistenceId, long sequenceNr, String damage) {
    this(directory, damage + " (" + persistenceId + ", sequence number " + sequenceNr + ")");
  }

  CorruptJournalException(Path directory, String persistenceId, long sequenceNr, String damage, Throwable cause) {
    this(directory, persistenceId, sequenceNr, damage);
    initCause(cause);
  }

  /** @param place the directory, or the file */
  CorruptJournalException(Path place, String damage) {
    super("corrupt journal " + place + ": " + damage + ADVICE);
  }

  private CorruptJournalException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same damage, where a copy was read: it is in what was copied. */
  CorruptJournalException in(Path original, Path copy) {
    return new CorruptJournalException(getMessage().replace(copy.toString(), original.toString()), this);
  }
}
