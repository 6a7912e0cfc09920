package troupe.client;

/** What an {@link Operation} came to: every one is told of either. */
public sealed interface Result<R extends Answer> {
  record Done<R extends Answer>(R answer) implements Result<R> {}

  record Failed<R extends Answer>(Failure failure) implements Result<R> {}
}
