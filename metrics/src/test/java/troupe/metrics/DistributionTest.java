package troupe.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void everyValueIsInTheFirstCellWhoseBoundIsNotBelowIt() {
    for (Bounds bounds : new Bounds[] {Bounds.TIMES, Bounds.SIZES}) {
      for (int i = 0; i < bounds.size(); i++) {
        assertEquals(i, bounds.indexOf(bounds.get(i)));
        assertEquals(i + 1, bounds.indexOf(bounds.get(i) + 1));
      }
      assertEquals(0, bounds.indexOf(0));
      assertEquals(0, bounds.indexOf(-5)); // a clock that went back is no reason to fail
      assertEquals(bounds.size(), bounds.indexOf(Long.MAX_VALUE));
      Random random = new Random(1);
      for (int i = 0; i < 100_000; i++) {
        long value = random.nextLong() >>> random.nextInt(1, 64);
        long below = LongStream.range(0, bounds.size()).filter(at -> bounds.get((int) at) < value).count();
        assertEquals(below, bounds.indexOf(value), () -> "of " + value);
      }
    }
  }

  @Test
  void theBoundsOfTimesThatAreServedAreThoseThatPeopleExpect() {
    assertEquals(
        "10000 25000 50000 100000 250000 500000 1000000 2500000 5000000 10000000 25000000 50000000 100000000 250000000"
            + " 500000000 1000000000 2500000000 5000000000 10000000000",
        String.join(" ", Arrays.stream(Bounds.TIMES.served()).mapToObj(Bounds.TIMES::get)
            .map(String::valueOf).toList()));
  }

  @Test
  void aQuantileIsNearerThanAQuarter() {
    Random random = new Random(7);
    Distribution times = Distribution.ofTimes();
    long[] all = random.longs(10_000, 2_000, 50_000_000).sorted().toArray();
    for (long each : all) {
      times.record(each);
    }
    for (double part : new double[] {0.1, 0.5, 0.9, 0.99, 0.999}) {
      double exact = all[(int) (part * all.length)];
      double told = times.counts().quantile(part);
      assertTrue(Math.abs(told - exact) < exact / 4, part + " is " + exact + ", not " + told);
    }
    assertEquals(all.length, times.counts().total());
    assertEquals(LongStream.of(all).sum(), times.counts().sum());
  }

  @Test
  void whereThereIsNothingThereIsNoQuantile() {
    assertTrue(Double.isNaN(Distribution.ofTimes().counts().quantile(0.5)));
  }

  @Test
  void whatIsAboveTheLastBoundCountsToo() {
    Distribution sizes = Distribution.ofSizes();
    sizes.record(Long.MAX_VALUE / 2);
    assertEquals(1, sizes.counts().total());
    assertEquals(500_000_000, sizes.counts().quantile(0.5));
  }

  @Test
  void timesAndSizesAreNotAddedUp() {
    Counts times = Counts.noTimes();
    assertThrows(IllegalArgumentException.class, () -> times.plus(Distribution.ofSizes().counts()));
  }
}
