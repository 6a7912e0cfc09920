package troupe.ensemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnsembleTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);

  private static Ensemble.Member member(ServerId id) {
    return new Ensemble.Member(id, "host-" + id, 2888);
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
    assertEquals(65535, new Ensemble.Member(ONE, "host", 65535).port());
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
