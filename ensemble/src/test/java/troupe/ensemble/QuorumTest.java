package troupe.ensemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumTest {
  private static Set<ServerId> servers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(ServerId::new).collect(Collectors.toSet());
  }

  private static List<Set<ServerId>> subsets(int voters) {
    List<Set<ServerId>> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << voters; bits++) {
      int chosen = bits;
      subsets.add(IntStream.rangeClosed(1, voters)
          .filter(id -> (chosen >> id - 1 & 1) != 0).mapToObj(ServerId::new).collect(Collectors.toSet()));
    }
    return subsets;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void anyTwoQuorumsShareAServer(int voters) {
    Quorum quorum = new Quorum.Majority(servers(1, voters));
    List<Set<ServerId>> quorums = subsets(voters).stream().filter(quorum::isReachedBy).toList();
    assertFalse(quorums.isEmpty());
    for (Set<ServerId> one : quorums) {
      for (Set<ServerId> other : quorums) {
        assertFalse(Collections.disjoint(one, other), one + " and " + other);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "5, 3", "6, 4", "7, 4"})
  void aQuorumIsTheSmallestMajority(int voters, int needed) {
    Quorum quorum = new Quorum.Majority(servers(1, voters));
    for (Set<ServerId> subset : subsets(voters)) {
      assertEquals(subset.size() >= needed, quorum.isReachedBy(subset), subset.toString());
    }
  }

  @Test
  void serversWithoutAVoteCountForNothing() {
    Quorum quorum = new Quorum.Majority(servers(1, 3));
    assertFalse(quorum.isReachedBy(servers(4, 9)));
    assertFalse(quorum.isReachedBy(servers(3, 9)));
    assertTrue(quorum.isReachedBy(servers(2, 9)));
  }

  @Test
  void needsAVoterAndCannotBeChangedAfterwards() {
    assertThrows(IllegalArgumentException.class, () -> new Quorum.Majority(Set.of()));
    Set<ServerId> voters = new HashSet<>(servers(1, 3));
    Quorum quorum = new Quorum.Majority(voters);
    voters.retainAll(servers(1, 1));
    assertFalse(quorum.isReachedBy(servers(1, 1)));
  }
}
