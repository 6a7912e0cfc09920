package troupe.ensemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.ensemble.Ensemble.Role;

class EnsembleTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);

  private static Ensemble.Member member(ServerId id) {
    return new Ensemble.Member(id, "host-" + id, 2888);
  }

  private static Ensemble.Member observer(ServerId id) {
    return new Ensemble.Member(id, Role.OBSERVER, "host-" + id, 2888, 3888);
  }

  @Test
  void everyMemberVotesAndPeersAreTheOthers() {
    Ensemble ensemble = Ensemble.ofMajority(TWO, List.of(member(ONE), member(TWO), member(THREE)));
    assertEquals(List.of(ONE, THREE), ensemble.peers());
    assertFalse(ensemble.quorum().isReachedBy(Set.of(TWO)));
    assertTrue(ensemble.quorum().isReachedBy(Set.of(ONE, THREE)));
  }

  @Test
  void aServerAloneIsItsOwnQuorumAndHasNoPeers() {
    Ensemble ensemble = Ensemble.alone(TWO);
    assertEquals(List.of(), ensemble.peers());
    assertFalse(ensemble.quorum().isReachedBy(Set.of()));
    assertTrue(ensemble.quorum().isReachedBy(Set.of(TWO)));
  }

  @Test
  void anIdIsUsedOnce() {
    String message = assertThrows(IllegalArgumentException.class,
        () -> Ensemble.ofMajority(ONE, List.of(member(ONE), member(TWO), member(TWO)))).getMessage();
    assertTrue(message.contains("2"), message);
  }

  @Test
  void whoeverLooksIsAMember() {
    String message = assertThrows(IllegalArgumentException.class,
        () -> Ensemble.ofMajority(THREE, List.of(member(ONE), member(TWO)))).getMessage();
    assertTrue(message.contains("3"), message);
  }

  @Test
  void aMemberCanBeReached() {
    assertThrows(IllegalArgumentException.class, () -> new Ensemble.Member(ONE, " ", 2888));
    assertThrows(IllegalArgumentException.class, () -> new Ensemble.Member(ONE, "host", -1));
    assertThrows(IllegalArgumentException.class, () -> new Ensemble.Member(ONE, "host", 65536));
    assertThrows(IllegalArgumentException.class, () -> new Ensemble.Member(ONE, Role.VOTER, "host", 1, 65536));
    assertEquals(65535, new Ensemble.Member(ONE, Role.VOTER, "host", 65535, 1).port());
    assertEquals(3888, new Ensemble.Member(ONE, "host", 2888).lifeLinePort());
  }

  @Test
  void anObserverIsAPeerButNoVoter() {
    Ensemble ensemble = Ensemble.ofMajority(THREE, List.of(member(ONE), member(TWO), observer(THREE)));
    assertEquals(Set.of(ONE, TWO), ensemble.voters());
    assertEquals(Role.OBSERVER, ensemble.role());
    assertEquals(Role.VOTER, ensemble.member(ONE).role());
    assertFalse(ensemble.quorum().isReachedBy(Set.of(ONE, THREE)));
    assertEquals(List.of(ONE, TWO), ensemble.peers());
  }

  @Test
  void observersAloneAreNoEnsemble() {
    assertThrows(IllegalArgumentException.class, () -> Ensemble.ofMajority(ONE, List.of(observer(ONE))));
  }

  @Test
  void aQuorumIsMadeOfExactlyTheVoters() {
    List<Ensemble.Member> members = List.of(member(ONE), member(TWO), observer(THREE));
    for (Set<ServerId> others : List.of(Set.of(ONE), Set.of(ONE, TWO, THREE))) {
      String message = assertThrows(IllegalArgumentException.class,
          () -> new Ensemble(ONE, members, new Quorum.Majority(others))).getMessage();
      assertTrue(message.contains("[1, 2]"), message);
    }
  }

  @Test
  void votersWithoutAnyWeightAreRefused() {
    Quorum weightless = new Quorum.Weighted(Map.of(ONE, 0, TWO, 0));
    assertThrows(IllegalArgumentException.class,
        () -> new Ensemble(ONE, List.of(member(ONE), member(TWO)), weightless));
  }

  @Test
  void twoServersAtOneAddressAreRefused() {
    assertRefused("servers 1 and 2 are both at zoo:3888",
        List.of(new Ensemble.Member(ONE, "zoo", 2888), new Ensemble.Member(TWO, "ZOO", 3888)));
    assertRefused("server 1 has 2888 for both of its ports",
        List.of(new Ensemble.Member(ONE, Role.VOTER, "zoo", 2888, 2888), member(TWO)));
    assertEquals(2, Ensemble.ofMajority(ONE, List.of(
        new Ensemble.Member(ONE, "zoo", 2888), new Ensemble.Member(TWO, "zoo", 2889))).members().size());
  }

  private static void assertRefused(String why, List<Ensemble.Member> members) {
    assertEquals(why,
        assertThrows(IllegalArgumentException.class, () -> Ensemble.ofMajority(ONE, members)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 255, 256})
  void anIdThatDoesNotFitASessionIdIsRefused(int value) {
    assertThrows(IllegalArgumentException.class, () -> new ServerId(value));
  }

  @Test
  void idsAreOrderedByNumber() {
    assertTrue(new ServerId(254).compareTo(new ServerId(1)) > 0);
    assertTrue(new ServerId(9).compareTo(new ServerId(10)) < 0); // and not as texts
    assertEquals(0, ONE.compareTo(new ServerId(1)));
  }
}
