package troupe.client;

import java.util.OptionalInt;

/**
 * Why something was not done, in full.
 *
 * @param message for people: what was asked, and what is wrong with it
 * @param operation of a transaction: which of its operations failed, from 0; nothing was done of the others
 */
public record Failure(ErrorCode code, String message, OptionalInt operation) {
  Failure(ErrorCode code, String message) {
    this(code, message, OptionalInt.empty());
  }
}
