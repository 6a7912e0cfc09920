package troupe.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.pekko.actor.Cancellable;
import org.junit.jupiter.api.Test;

class KernelTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static List<Integer> order(long seed) {
    List<Integer> order = new ArrayList<>();
    InKernel.run(seed, kernel -> {
      IntStream.range(0, 6).forEach(i -> kernel.execute(kernel.outside(), () -> order.add(i)));
      kernel.after(SECOND, kernel::end);
    });
    return order;
  }

  @Test
  void theSeedDecidesWhatRunsFirst() {
    assertEquals(order(1), order(1));
    Set<List<Integer>> orders = new HashSet<>();
    IntStream.range(0, 20).forEach(seed -> orders.add(order(seed)));
    assertTrue(orders.size() > 15, () -> orders.size() + " orders from 20 seeds");
  }

  @Test
  void timePassesOnlyWhenNothingIsLeftToDo() {
    List<String> said = new ArrayList<>();
    InKernel.run(1, kernel -> {
      kernel.after(SECOND.multipliedBy(2), () -> said.add("at " + kernel.now()));
      kernel.after(SECOND, () -> kernel.execute(kernel.outside(), () -> said.add("at " + kernel.now())));
      Cancellable cancelled = kernel.after(SECOND, () -> said.add("never"));
      cancelled.cancel();
      kernel.after(SECOND.multipliedBy(3), kernel::end);
    });
    assertEquals(List.of("at 1000000000", "at 2000000000"), said);
  }

  @Test
  void whoWaitsInTheMiddleOfATaskKeepsNobodyFromWorking() {
    List<String> said = new ArrayList<>();
    InKernel.run(1, kernel -> {
      kernel.execute(kernel.outside(), () -> {
        kernel.sleep(SECOND.multipliedBy(2));
        said.add("woken at " + kernel.now());
        kernel.end();
      });
      kernel.after(SECOND, () -> said.add("meanwhile"));
    });
    assertEquals(List.of("meanwhile", "woken at 2000000000"), said);
  }

  @Test
  void whatIsHeldGoesOnLaterAndWhatHasEndedNever() {
    List<String> said = new ArrayList<>();
    InKernel.run(1, kernel -> {
      Lane held = new Lane(kernel, "held");
      Lane ended = new Lane(kernel, "ended");
      held.execute(() -> said.add("held, at " + kernel.now()));
      ended.execute(() -> said.add("never"));
      kernel.after(SECOND, ended, () -> said.add("never"));
      held.hold();
      ended.end();
      kernel.after(SECOND, held::release);
      kernel.after(SECOND.multipliedBy(2), kernel::end);
    });
    assertEquals(List.of("held, at 1000000000"), said);
  }

  @Test
  void whoWaitsInALifeThatEndsIsSentToItsEnd() {
    List<Throwable> met = new ArrayList<>();
    InKernel.run(1, kernel -> {
      Lane lane = new Lane(kernel, "short");
      lane.execute(() -> {
        try {
          kernel.sleep(SECOND.multipliedBy(5));
        } catch (Kernel.PowerCut e) {
          met.add(e);
          throw e;
        }
      });
      kernel.after(SECOND, () -> {
        lane.end();
        kernel.end();
      });
    });
    assertEquals(1, met.size());
  }

  @Test
  void nobodyFromOutsideTakesPart() {
    Kernel kernel = new Kernel(new SplittableRandom(1));
    assertThrows(IllegalStateException.class, () -> kernel.execute(kernel.outside(), () -> {}));
  }

  @Test
  void aWorldThatGetsNowhereEnds() {
    AssertionError error = assertThrows(AssertionError.class, () -> InKernel.run(1, kernel -> forEver(kernel)));
    assertInstanceOf(IllegalStateException.class, error.getCause());
  }

  private static void forEver(Kernel kernel) {
    kernel.execute(kernel.outside(), () -> forEver(kernel));
  }
}
