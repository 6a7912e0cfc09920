package troupe.client;

/** What a session tells of itself; the first thing a subscriber hears is how it is at that moment. */
public sealed interface SessionEvent {
  /** It has not reached any server yet, and has nothing to lose. */
  record Connecting() implements SessionEvent {}

  /**
   * It has a server: for the first time, or again, and then nothing was lost.
   *
   * @param server the server's address
   */
  record Connected(SessionId session, String server) implements SessionEvent {}

  /**
   * Its server does not answer, and it looks for another. What it is asked waits. Its ephemeral znodes may be taken from
   * it, and others hold what it held, before it can hear of that: whoever must not go on with a lost lock pauses now.
   */
  record Suspended(String reason) implements SessionEvent {}

  /** It is over, with its ephemeral znodes. What was asked and not answered may have been done or not. */
  record Expired() implements SessionEvent {}

  /** It was closed by its owner, or cannot be opened at all; the failure says which. */
  record Ended(Failure failure) implements SessionEvent {}
}
