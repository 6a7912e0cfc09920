package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static troupe.conformance.ActorApplication.bytes;
import static troupe.conformance.ActorApplication.get;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import troupe.client.Answer;
import troupe.client.Consistency;
import troupe.client.TroupeClient;
import troupe.conformance.EnsembleFault.Struck;

/** Sessions of actors lose no write and do none twice, whatever happens to one of three servers, or to all. */
class ActorClientFaultTest {
  private static final int SOME = 300; // answers

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 0);

  private static ActorApplication application;

  @BeforeAll
  static void join() {
    application = ActorApplication.join(ensemble.servers());
  }

  @AfterAll
  static void leave() throws Exception {
    application.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"LEADER_KILLED", "FOLLOWER_KILLED", "ALL_KILLED", "LEADER_CUT_OFF"})
  void everyWriteIsDoneOnce(EnsembleFault fault) throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    assumeTrue(fault.isPermitted(servers), "not permitted on this machine, see above");
    try (ActorWork work = ActorWork.begin(application, fault.name())) {
      work.awaitAnswers(SOME);
      Struck struck = fault.strike(servers);
      work.awaitAnswers(SOME);
      struck.end();
      servers.awaitServing();
      work.awaitAnswers(SOME);
      System.out.println(fault + ": " + work.judge());
    }
  }

  /** Its own server has a state that it could read at once. */
  @Test
  void aLinearizableReadAtALeaderThatIsCutOffWaitsForTheLeaderThatIs() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    assumeTrue(servers.cables().isPresent(), "not permitted on this machine, see above");
    int leader = servers.awaitLeader();
    try (Client writer = Client.connect(servers.server(servers.follower()).address(), Client.SESSION_TIMEOUT_MILLIS)) {
      writer.create("/cut-off");
      TroupeClient reader = openAt(servers.peerAddresses().get(leader - 1));
      get(reader.getData("/cut-off", Consistency.LINEARIZABLE));
      Struck struck = EnsembleFault.LEADER_CUT_OFF.strike(servers);
      CompletionStage<Answer.Node> cutOff = reader.getData("/cut-off", Consistency.LINEARIZABLE);
      Await.until("the others take a write", () -> {
        try {
          writer.setData("/cut-off", bytes("new").toArray(), -1);
          return true;
        } catch (org.apache.zookeeper.KeeperException.ConnectionLossException notYet) {
          return false;
        }
      });
      CompletionStage<Answer.Node> behind = reader.getData("/cut-off", Consistency.LINEARIZABLE);
      assertEquals("new", get(behind).data().utf8String());
      assertTrue(get(cutOff).zxid() <= get(behind).zxid());
      struck.end();
      get(reader.close());
    }
  }

  private static TroupeClient openAt(String server) throws Exception {
    for (int tries = 0; tries < 100; tries++) { // servers are drawn by lot
      TroupeClient client = application.open();
      if (ActorApplication.server(client).endsWith(server)) {
        return client;
      }
      get(client.close());
    }
    throw new AssertionError("of 100 sessions none is with " + server);
  }
}
