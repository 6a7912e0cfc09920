package troupe.shell;

import java.util.Optional;

/** What came of a command. */
sealed interface Outcome {
  Outcome DONE = new Done();

  /** @return one of {@link Exit} */
  int exitCode();

  /** It was done, and has said what there was to say. */
  record Done() implements Outcome {
    @Override
    public int exitCode() {
      return Exit.DONE;
    }
  }

  /**
   * It was not, or not all of it.
   *
   * @param command its name, without arguments: there may be a secret in them
   * @param error for programs: the name of ZooKeeper's error code, or one of ours
   * @param message for people
   */
  record Failed(int exitCode, String command, String error, String message, Optional<String> path) implements Outcome {
    static Failed wrong(String command, String message) {
      return new Failed(Exit.WRONG, command, "WRONGINPUT", message, Optional.empty());
    }

    static Failed noConnection(String command, String message) {
      return new Failed(Exit.NO_CONNECTION, command, "NOCONNECTION", message, Optional.empty());
    }
  }
}
