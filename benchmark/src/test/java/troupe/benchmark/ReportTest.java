package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Figure SPEED = Figure.OPERATIONS_PER_SECOND;

  @Test
  void ratiosAreTakenWithinARoundAndTheirMedianAfterwards() {
    // In each round the machine is another one; the ratio of the medians would be 300 / 200.
    Report report = new Report(List.of(
        speed(1, Product.TROUPE, 300), speed(1, Product.ZOOKEEPER, 100),
        speed(2, Product.ZOOKEEPER, 200), speed(2, Product.TROUPE, 100),
        speed(3, Product.TROUPE, 800), speed(3, Product.ZOOKEEPER, 400)));
    assertEquals(Optional.of(new Spread(2, 0.5, 3)), report.ratios("get", SPEED));
    assertEquals(Optional.of(new Spread(300, 100, 800)), report.values("get", SPEED, Product.TROUPE));
  }

  @Test
  void aRoundThatLacksAServerHasNoRatio() {
    Report report = new Report(List.of(
        speed(1, Product.TROUPE, 300), speed(2, Product.ZOOKEEPER, 100),
        speed(3, Product.TROUPE, 150), speed(3, Product.ZOOKEEPER, 100)));
    assertEquals(Optional.of(new Spread(1.5, 1.5, 1.5)), report.ratios("get", SPEED));
  }

  @Test
  void thereIsNoRatioToNothing() {
    Report report = new Report(List.of(speed(1, Product.TROUPE, 300), speed(1, Product.ZOOKEEPER, 0)));
    assertEquals(Optional.empty(), report.ratios("get", SPEED));
  }

  @Test
  void sectionsDoNotMix() {
    Report report = new Report(List.of(
        new Result(1, "set", Product.TROUPE, Map.of(SPEED, 7.0)), speed(1, Product.TROUPE, 300)));
    assertEquals(Optional.of(new Spread(7, 7, 7)), report.values("set", SPEED, Product.TROUPE));
  }

  @Test
  void aTableHasTheMediansAndTheRatioAndADashForWhatIsMissing() {
    Report report = new Report(List.of(
        new Result(1, "get", Product.TROUPE, Map.of(SPEED, 45_000.0, Figure.HEAP_MIB, 20.25)),
        new Result(1, "get", Product.ZOOKEEPER, Map.of(SPEED, 30_000.0))));
    List<String> lines = report.text().lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
    assertTrue(lines.contains("get"), report::text);
    assertTrue(lines.contains("throughput op/s 45,000 30,000 1.50 (1.50 .. 1.50)"), report::text);
    assertTrue(lines.contains("live heap after GC MiB 20.3 - -"), report::text);
  }

  private static Result speed(int round, Product product, double value) {
    return new Result(round, "get", product, Map.of(SPEED, value));
  }
}
