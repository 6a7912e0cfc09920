package troupe.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import troupe.conformance.EnsembleFault.Struck;

/** Three servers keep every promise, whatever happens to one of them, or to all. */
class EnsembleFaultTest {
  private static final int SOME = 300; // writes: enough to meet a fault, few enough for a build

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 0);

  @ParameterizedTest
  @EnumSource
  void promisesAreKept(EnsembleFault fault) throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    assumeTrue(fault.isPermitted(servers), "not permitted on this machine, see above");
    try (EnsembleTrial trial = EnsembleTrial.begin(servers, fault.name(), System.nanoTime())) {
      trial.awaitWrites(SOME);
      Struck struck = fault.strike(servers);
      trial.awaitWrites(SOME);
      struck.end();
      servers.awaitServing();
      trial.awaitWrites(SOME);
      System.out.println(fault + ": " + trial.judge());
    }
  }

  @Test
  void aLeaderThatReachesNoMajorityIsReplacedAndLeadsNoMore() {
    EnsembleUnderTest servers = ensemble.servers();
    assumeTrue(servers.cables().isPresent(), "not permitted on this machine, see above");
    int leader = servers.awaitLeader();
    Struck struck = EnsembleFault.LEADER_CUT_OFF.strike(servers);
    Await.until("one of the others leads, and only they serve", () -> servers.modes().keySet()
        .equals(servers.others(leader)) && servers.modes().containsValue("leader"));
    struck.end();
    Await.untilEqual("it follows", "follower", () -> servers.modes().getOrDefault(leader, "nothing yet"));
  }
}
