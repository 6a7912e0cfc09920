package troupe.simulation;

/** A promise was broken: what was found, with the numbers. */
final class Violation extends RuntimeException {
  Violation(String what) {
    super(what);
  }
}
