package troupe.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Servers of the previous version and of this one are one ensemble, whoever leads, in both directions. */
class EnsembleUpgradeTest {
  private static final int SOME = 100;

  @Test
  void oneServerAfterTheOtherMayBeReplacedUnderLoadAndBackAgain() throws Exception {
    Optional<String> previous = PreviousVersion.build();
    assumeTrue(previous.isPresent(), "see above");
    try (EnsembleUnderTest servers = EnsembleUnderTest.start(
            Subject.PREVIOUS_TROUPE, SharedNode.freshHome(EnsembleUpgradeTest.class), 3, 0);
        EnsembleTrial trial = EnsembleTrial.begin(servers, "upgrade", System.nanoTime())) {
      trial.awaitWrites(SOME);
      for (int id : servers.ids()) {
        servers.replace(id, Subject.TROUPE);
        trial.awaitWrites(SOME);
      }
      servers.replace(servers.awaitLeader(), Subject.PREVIOUS_TROUPE);
      trial.awaitWrites(SOME);
      System.out.println("from " + previous.get() + " to this version and one back: " + trial.judge());
    }
  }
}
