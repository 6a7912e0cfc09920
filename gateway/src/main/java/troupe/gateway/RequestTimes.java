package troupe.gateway;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import troupe.metrics.Counts;
import troupe.metrics.Distribution;

/**
 * How long requests took, by operation: those of all connections of one event loop, which is the only writer. A request
 * costs no object here and no lock (benchmark/MEASUREMENTS.md).
 */
final class RequestTimes {
  private static final int CODES = 128; // all operations that a client may ask for are below; -11 takes the place of 0

  /** Of one operation: all of the time, and its two parts. */
  static final class Operation {
    private final Distribution took = Distribution.ofTimes();
    private final Distribution waited = Distribution.ofTimes();
    private final Distribution served = Distribution.ofTimes();

    Counts took() {
      return took.counts();
    }

    Counts waited() {
      return waited.counts();
    }

    Counts served() {
      return served.counts();
    }
  }

  private final AtomicReferenceArray<Operation> operations = new AtomicReferenceArray<>(CODES);

  /**
   * A request has been answered.
   *
   * @param nanos since it arrived
   * @param waited how many of these it had to wait for the answer before it, of the same connection
   */
  void answered(int op, long nanos, long waited) {
    Operation operation = operation(op == OpCode.CLOSE_SESSION ? 0 : op);
    operation.took.record(nanos);
    operation.waited.record(waited);
    operation.served.record(nanos - waited);
  }

  private Operation operation(int index) {
    Operation known = operations.getPlain(index);
    if (known == null) {
      known = new Operation();
      operations.setRelease(index, known);
    }
    return known;
  }

  /** Of all operations that were asked for so far, by their code. */
  void forEach(BiConsumer<Integer, Operation> action) {
    for (int index = 0; index < CODES; index++) {
      Operation operation = operations.getAcquire(index);
      if (operation != null) {
        action.accept(index == 0 ? OpCode.CLOSE_SESSION : index, operation);
      }
    }
  }
}
