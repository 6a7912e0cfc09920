package troupe.tools;

/** What was asked for cannot be done as it was asked; the message is one line and says what to do. */
final class WrongInput extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongInput(String message) {
    super(message.replaceAll("\\s*\\R\\s*", " "));
  }
}
