package troupe.simulation;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** What happens in a world, line by line, for people. */
final class Story {
  private final Kernel kernel;
  private final Consumer<String> told;
  private final boolean everything;

  /**
   * @param told takes each line
   * @param everything whether also what clients ask and hear, and each task, is wanted
   */
  Story(Kernel kernel, Consumer<String> told, boolean everything) {
    this.kernel = kernel;
    this.told = told;
    this.everything = everything;
    if (everything) {
      kernel.onTask((lane, work) -> tell("    " + lane + " runs " + Kernel.describe(work)));
    }
  }

  void tell(String what) {
    told.accept("%10.4f s  %s".formatted(kernel.now() / 1e9, what));
  }

  /** What only a full trace has. */
  void detail(Supplier<String> what) {
    if (everything) {
      tell(what.get());
    }
  }
}
