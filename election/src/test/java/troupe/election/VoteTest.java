package troupe.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;

class VoteTest {
  private static Vote vote(int leader, long epoch, long lastEpoch, long lastCounter) {
    return new Vote(new ServerId(leader), epoch, new Zxid(lastEpoch, lastCounter));
  }

  @Test
  void theEpochCountsFirstThenTheHistoryThenTheId() {
    List<Vote> ascending = List.of(
        vote(9, 1, 9, 9), vote(1, 2, 0, 0), vote(9, 2, 1, 9), vote(1, 2, 2, 1), vote(2, 2, 2, 1), vote(1, 2, 2, 2),
        vote(1, 3, 1, 1), vote(2, 3, 0xFFFF_FFFFL, 0)); // the last is negative on the wire
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        assertEquals(i > j, ascending.get(i).beats(ascending.get(j)), ascending.get(i) + ", " + ascending.get(j));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void ofTwoVotesOneBeatsTheOtherAndTheBestBeatsAll(long seed) {
    Random random = new Random(seed);
    List<Vote> votes = IntStream.range(0, 60).mapToObj(i -> vote(
        1 + random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3))).distinct().toList();
    for (Vote a : votes) {
      assertFalse(a.beats(a));
      for (Vote b : votes) {
        assertTrue(a.equals(b) || a.beats(b) ^ b.beats(a), a + ", " + b);
        for (Vote c : votes) {
          assertTrue(!a.beats(b) || !b.beats(c) || a.beats(c), a + ", " + b + ", " + c);
        }
      }
    }
  }

  @Test
  void theNewestVoteOfAServerCountsAndOnlyEqualVotesCountTogether() {
    ServerId one = new ServerId(1);
    ServerId two = new ServerId(2);
    ServerId three = new ServerId(3);
    Ensemble ensemble = Ensemble.ofMajority(one, List.of(
        new Ensemble.Member(one, "h", 1), new Ensemble.Member(two, "h", 2), new Ensemble.Member(three, "h", 3)));
    Vote a = vote(1, 1, 1, 1);
    Vote sameLeader = vote(1, 1, 1, 2);
    Ballots ballots = Ballots.NONE.with(one, a).with(two, sameLeader).with(two, a);
    assertTrue(ballots.elect(a, ensemble));
    assertFalse(ballots.elect(sameLeader, ensemble));
    assertFalse(ballots.with(two, sameLeader).elect(a, ensemble));
    assertEquals(Set.of(one, two), ballots.supporters(a));
    assertEquals(Set.of(three), ballots.with(three, sameLeader).supporters(sameLeader));
  }

  @Test
  void anObserversBallotElectsNobody() {
    ServerId one = new ServerId(1);
    ServerId observer = new ServerId(2);
    Ensemble ensemble = Ensemble.ofMajority(one, List.of(
        new Ensemble.Member(one, "h", 1),
        new Ensemble.Member(observer, Ensemble.Role.OBSERVER, "h", 2, 3)));
    Vote vote = vote(1, 1, 1, 1);
    assertFalse(Ballots.NONE.with(observer, vote).elect(vote, ensemble));
    assertTrue(Ballots.NONE.with(one, vote).elect(vote, ensemble));
  }
}
