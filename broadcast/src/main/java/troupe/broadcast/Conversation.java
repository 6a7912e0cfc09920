package troupe.broadcast;

/**
 * One attempt of one learner to follow one leader. Messages of an earlier one are told from those of this one by it.
 *
 * <p>Links may lose messages, and Zab assumes that they do not. So each message of a conversation has a number: what
 * comes twice is dropped, and a gap ends the conversation. The learner then begins another one, from its log.
 *
 * @param id drawn by the learner
 */
public record Conversation(long id) {
  /** What a message's number says. */
  enum Order {
    NEXT,
    REPEATED,
    AFTER_A_GAP
  }

  /** Counts the messages of the other side. */
  static final class Inbox {
    private long last;

    Order take(long number) {
      if (number <= last) {
        return Order.REPEATED;
      }
      if (number > last + 1) {
        return Order.AFTER_A_GAP;
      }
      last = number;
      return Order.NEXT;
    }
  }
}
