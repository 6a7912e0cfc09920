package troupe.shell;

/** What a command ends with, as an exit code. */
final class Exit {
  static final int DONE = 0;

  /** The server has answered, with a refusal. */
  static final int REFUSED = 1;

  /** The command, or what it was given, makes no sense; the server was not asked. */
  static final int WRONG = 2;

  /** No server, no answer in time, or the session has ended. */
  static final int NO_CONNECTION = 3;

  private Exit() {}
}
