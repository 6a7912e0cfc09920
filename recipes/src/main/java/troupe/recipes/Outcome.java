package troupe.recipes;

import troupe.client.Failure;

/** What a recipe's actor answers to who asked for something: every one is told of either. */
public sealed interface Outcome<T> {
  record Done<T>(T value) implements Outcome<T> {}

  record Failed<T>(Failure failure) implements Outcome<T> {}
}
