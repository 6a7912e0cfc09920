package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Ensemble.Member;
import troupe.ensemble.Ensemble.Role;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;

class EnsembleSettingsTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);

  @Test
  void withoutServersThisOneIsTheEnsemble() {
    assertEquals(Ensemble.alone(TWO), ensemble(2, ""));
  }

  @Test
  void idHostAndPortAreEnough() {
    Ensemble ensemble = ensemble(2, "{id = 1, host = a, port = 1}, {id = 2, host = b, port = 2}");
    assertEquals(TWO, ensemble.self());
    assertEquals(new Member(ONE, Role.VOTER, "a", 1, 1001), ensemble.member(ONE));
    assertEquals(new Quorum.Majority(Set.of(ONE, TWO)), ensemble.quorum());
  }

  @Test
  void anObserverAndAnotherLifeLineCanBeSaid() {
    Ensemble ensemble = ensemble(2,
        "{id = 1, host = a, port = 1}, {id = 2, host = b, port = 2, life-line-port = 9, role = observer}");
    assertEquals(new Member(TWO, Role.OBSERVER, "b", 2, 9), ensemble.member(TWO));
    assertEquals(Set.of(ONE), ensemble.voters());
  }

  @Test
  void weightsMakeAWeightedQuorum() {
    Ensemble ensemble = ensemble(1, "{id = 1, host = a, port = 1, weight = 3}, {id = 2, host = b, port = 2}");
    assertTrue(ensemble.quorum().isReachedBy(Set.of(ONE)));
    assertFalse(ensemble.quorum().isReachedBy(Set.of(TWO)));
  }

  @Test
  void groupsMakeAHierarchicalQuorum() {
    Ensemble ensemble = ensemble(1, """
        {id = 1, host = a, port = 1, group = east}, {id = 2, host = b, port = 2, group = west},
        {id = 3, host = c, port = 3, group = north}, {id = 4, host = d, port = 4, group = north, weight = 5}
        {id = 5, host = e, port = 5, role = observer}
        """);
    assertTrue(ensemble.quorum().isReachedBy(Set.of(ONE, TWO)));
    assertFalse(ensemble.quorum().isReachedBy(Set.of(ONE, THREE)));
    assertTrue(ensemble.quorum().isReachedBy(Set.of(ONE, new ServerId(4))));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "{id=1, host=a, port=1}, {id=1, host=b, port=1}           | server id 1 is used 2 times",
    "{id=2, host=a, port=1}, {id=3, host=b, port=1}           | this server's id is 1, which is none of [2, 3]",
    "{id=1, host=a, port=1}, {id=2, host=A, port=1}           | servers 1 and 2 are both at a:1",
    "{id=1, host=a, port=1}, {id=2, host=a, port=1001}        | servers 1 and 2 are both at a:1001",
    "{id=1, host=a, port=1, life-line-port=1}, {id=2, host=b, port=1} | server 1 has 1 for both of its ports",
    "{id=1, host=a, port=1, role=observer}                    | needs at least one voter",
    "{id=1, host=a, port=1, role=leader}                      | role is leader, it has to be voter or observer",
    "{id=1, host=a, port=0}                                   | port is 0, but the other servers have to know it",
    "{id=1, host=a, port=70000}                               | 70000 is not a port",
    "{id=1, host=a}                                           | No configuration setting found for key 'port'",
    "{id=one, host=a, port=1}                                 | id has type STRING rather than NUMBER",
    "{id=300, host=a, port=1}                                 | a server id is 1 to 254, not 300",
    "{id=1, host=a, prot=1}                                   | a server has no prot",
    "{id=1, host=a, port=1, group=x}, {id=2, host=b, port=1}  | server 2 is in no group, while others are",
    "{id=1, host=a, port=1}, {id=2, host=b, port=1, role=observer, weight=1} | server 2 is an observer",
    "{id=1, host=a, port=1, weight=-1}                        | the weight of server 1 is -1",
    "{id=1, host=a, port=1, weight=0}                         | since none of them has a weight",
  })
  void whatMakesNoEnsembleIsRefusedWithTheKeyAndTheReason(String servers, String why) {
    String message = assertThrows(IllegalArgumentException.class, () -> ensemble(1, servers)).getMessage();
    assertTrue(message.contains("troupe.ensemble.servers: "), message);
    assertTrue(message.contains(why), message);
  }

  private static Ensemble ensemble(int self, String servers) {
    return EnsembleSettings.from(
        ConfigFactory.parseString("server-id = " + self + ", ensemble.servers = [" + servers + "]"));
  }
}
