package troupe.broadcast;

import troupe.persistence.TransactionLog;

/** What nobody asked for is a bug, and ends whoever gets it. */
final class LogReplies {
  private LogReplies() {}

  static IllegalStateException unexpected(TransactionLog.Reply reply) {
    return new IllegalStateException("nobody asked the log for " + reply);
  }
}
