package troupe.session;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ServingModelTest {
  private static final int RUNS = 250;

  @Test
  void clientsGetWhatTheyArePromisedHoweverTheActorsTakeTurns() {
    LongStream.range(0, RUNS).forEach(ServingModel::run);
  }
}
