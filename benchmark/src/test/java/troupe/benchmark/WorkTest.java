package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class WorkTest {
  private static final double PRECISION = 0.001; // three digits

  @Test
  void ratesAndCostsAreThoseOfOneOperation() {
    Histogram latencies = new Histogram(3);
    for (int micros = 1; micros <= 1_000; micros++) {
      latencies.recordValue(TimeUnit.MICROSECONDS.toNanos(micros));
    }
    Spending spent = new Spending(Duration.ofMillis(20), Duration.ofMillis(30), Duration.ofMillis(150), 4_000);
    Map<Figure, Double> figures = new Work(Duration.ofMillis(500), latencies).figures(spent, 2);
    assertEquals(2_000, figures.get(Figure.OPERATIONS_PER_SECOND));
    assertEquals(20, figures.get(Figure.CPU_MICROS_PER_OPERATION));
    assertEquals(4, figures.get(Figure.WRITTEN_BYTES_PER_OPERATION));
    assertEquals(10, figures.get(Figure.OTHERS_PERCENT));
    assertEquals(500, figures.get(Figure.P50_MICROS), 500 * PRECISION);
    assertEquals(990, figures.get(Figure.P99_MICROS), 990 * PRECISION);
    assertEquals(999, figures.get(Figure.P999_MICROS), 999 * PRECISION);
  }

  @Test
  void noOperationIsNoWork() {
    Histogram none = new Histogram(3);
    assertThrows(IllegalArgumentException.class, () -> new Work(Duration.ofSeconds(1), none));
  }
}
