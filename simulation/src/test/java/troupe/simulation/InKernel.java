package troupe.simulation;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Runs a test's tasks in a kernel of their own, and fails with what goes wrong there. */
final class InKernel {
  private InKernel() {}

  /** @param first may start others; the last of them has to call {@link Kernel#end} */
  static Kernel run(long seed, Consumer<Kernel> first) {
    Kernel kernel = new Kernel(new SplittableRandom(seed));
    try (Turns turns = new Turns()) {
      turns.run(kernel, () -> first.accept(kernel));
    }
    kernel.failure().ifPresent(failure -> {
      throw new AssertionError(failure.getMessage(), failure);
    });
    return kernel;
  }
}
