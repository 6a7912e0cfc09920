package troupe.node;

/**
 * What was asked for cannot be done as it was asked, and the person who asked can change it. The message is one line:
 * where, what, and what to do. Ends the program with exit code 2, without a stack trace.
 */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refused(String message) {
    super(message.replaceAll("\\s*\\R\\s*", " ")); // libraries explain themselves over several lines
  }
}
