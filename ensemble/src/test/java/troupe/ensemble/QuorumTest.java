package troupe.ensemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumTest {
  private static final int MOST_VOTERS = 7;

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
    assertAnyTwoShareAServer(new Quorum.Majority(servers(1, voters)), voters);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyTwoWeightedQuorumsShareAServer(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      int voters = 1 + random.nextInt(MOST_VOTERS);
      assertAnyTwoShareAServer(new Quorum.Weighted(weights(1, voters, random)), voters);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyTwoHierarchicalQuorumsShareAServer(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      List<Quorum.Weighted> groups = new ArrayList<>();
      int voters = 0;
      while (voters < MOST_VOTERS) {
        int last = Math.min(MOST_VOTERS, voters + 1 + random.nextInt(3));
        groups.add(new Quorum.Weighted(weights(voters + 1, last, random)));
        voters = last;
      }
      assertAnyTwoShareAServer(new Quorum.Hierarchical(groups), voters);
    }
  }

  /** The first of them has a weight, so that there is a quorum; the others may have none. */
  private static Map<ServerId, Integer> weights(int from, int to, Random random) {
    return servers(from, to).stream().collect(Collectors.toMap(
        Function.identity(), id -> id.value() == from ? 1 + random.nextInt(3) : random.nextInt(4)));
  }

  private static void assertAnyTwoShareAServer(Quorum quorum, int voters) {
    List<Set<ServerId>> quorums = subsets(voters).stream().filter(quorum::isReachedBy).toList();
    assertFalse(quorums.isEmpty(), quorum::toString);
    for (Set<ServerId> one : quorums) {
      for (Set<ServerId> other : quorums) {
        assertFalse(Collections.disjoint(one, other), quorum + ": " + one + " and " + other);
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

  @Test
  void weightCountsAndNotHeads() {
    Quorum quorum = new Quorum.Weighted(Map.of(server(1), 3, server(2), 1, server(3), 1, server(4), 0));
    assertTrue(quorum.isReachedBy(servers(1, 1)));
    assertFalse(quorum.isReachedBy(servers(2, 9)));
    assertEquals(servers(1, 4), quorum.voters());
  }

  @Test
  void halfOfTheWeightIsNoQuorum() {
    Quorum quorum = new Quorum.Weighted(Map.of(server(1), 2, server(2), 1, server(3), 1));
    assertFalse(quorum.isReachedBy(servers(1, 1)));
    assertFalse(quorum.isReachedBy(servers(2, 3)));
    assertTrue(quorum.isReachedBy(servers(1, 2)));
  }

  @Test
  void weightsMayBeLarge() {
    Quorum quorum = new Quorum.Weighted(Map.of(
        server(1), Integer.MAX_VALUE, server(2), Integer.MAX_VALUE, server(3), Integer.MAX_VALUE));
    assertFalse(quorum.isReachedBy(servers(1, 1)));
    assertTrue(quorum.isReachedBy(servers(1, 2)));
  }

  @Test
  void aMajorityInAMajorityOfGroupsIsAQuorum() {
    Quorum quorum = new Quorum.Hierarchical(List.of(group(1, 3), group(4, 6), group(7, 9)));
    assertTrue(quorum.isReachedBy(Set.of(server(1), server(2), server(5), server(6))));
    assertFalse(quorum.isReachedBy(Set.of(server(1), server(2), server(3), server(5), server(9))));
    assertFalse(quorum.isReachedBy(servers(1, 3)));
    assertEquals(servers(1, 9), quorum.voters());
  }

  @Test
  void aGroupWithoutWeightDoesNotCount() {
    Quorum.Weighted weightless = new Quorum.Weighted(Map.of(server(7), 0, server(8), 0));
    Quorum quorum = new Quorum.Hierarchical(List.of(group(1, 1), group(2, 2), group(3, 3), weightless));
    assertTrue(quorum.isReachedBy(servers(1, 2)));
    assertFalse(quorum.isReachedBy(Set.of(server(1), server(7), server(8))));
  }

  @Test
  void whatCanBeNoQuorumIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Quorum.Weighted(Map.of()));
    assertThrows(IllegalArgumentException.class, () -> new Quorum.Weighted(Map.of(server(1), -1)));
    assertThrows(IllegalArgumentException.class, () -> new Quorum.Hierarchical(List.of()));
    String message = assertThrows(IllegalArgumentException.class,
        () -> new Quorum.Hierarchical(List.of(group(1, 2), group(2, 3)))).getMessage();
    assertEquals("server 2 is in more than one group", message);
  }

  private static ServerId server(int id) {
    return new ServerId(id);
  }

  private static Quorum.Weighted group(int from, int to) {
    return new Quorum.Weighted(servers(from, to).stream().collect(Collectors.toMap(Function.identity(), id -> 1)));
  }
}
