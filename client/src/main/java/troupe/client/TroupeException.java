package troupe.client;

/** A {@link Failure}, for those who wait for a future. */
public class TroupeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  public TroupeException(Failure failure) {
    super(failure.code() + ": " + failure.message());
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }

  public ErrorCode code() {
    return failure.code();
  }
}
