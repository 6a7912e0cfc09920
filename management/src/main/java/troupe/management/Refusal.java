package troupe.management;

/** What was asked for cannot be done; the message is for whoever asked. */
final class Refusal extends RuntimeException {
  private final int status;

  /**
   * @param status of HTTP
   * @param why what is wrong, and what to do
   */
  Refusal(int status, String why) {
    super(why, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
