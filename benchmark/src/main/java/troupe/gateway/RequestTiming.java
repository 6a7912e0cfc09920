package troupe.gateway;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs an event loop to put down how long a request took. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestTiming {
  private static final int[] OPERATIONS = {OpCode.GET_DATA, OpCode.SET_DATA, OpCode.EXISTS, OpCode.CREATE};
  private static final int DIFFERENT = 4096; // so many that no processor remembers where each of them goes

  private final RequestTimes times = new RequestTimes();
  private final long[] took = new long[DIFFERENT];
  private int next;

  /** From some microseconds to some milliseconds, most of them short. */
  @Setup
  public void draw() {
    Random random = new Random(1);
    for (int i = 0; i < took.length; i++) {
      took[i] = (long) (5_000 * Math.exp(random.nextGaussian() * 2));
    }
  }

  /** A request that waited for none before it. */
  @Benchmark
  public void alone() {
    int i = next++ & DIFFERENT - 1;
    times.answered(OPERATIONS[i & 3], took[i], 0);
  }

  /** One that waited for another. */
  @Benchmark
  public void behindAnother() {
    int i = next++ & DIFFERENT - 1;
    times.answered(OPERATIONS[i & 3], took[i], took[i] / 2);
  }
}
