package troupe.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void everySectionHasATitleOfItsOwnSinceResultsAreFiledUnderIt() {
    Duration second = Duration.ofSeconds(1);
    Settings settings = new Settings(1, second, second, 16, 64, 100, 1_000, 1_000, 1);
    List<String> titles = Arrays.stream(Workload.values())
        .flatMap(workload -> workload.sections(settings).stream())
        .map(Section::title)
        .toList();
    assertEquals(titles.size(), titles.stream().distinct().count(), titles::toString);
  }
}
