package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.leader.Participant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Curator's elections among several clients. */
class CuratorElectionTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  @Test
  void aLatchHasOneLeaderAndTheNextOneFollows() throws Exception {
    List<LeaderLatch> latches = latches("/latch");
    LeaderLatch first = leaderOf(latches);
    assertEquals(
        Set.of("0", "1", "2"),
        first.getParticipants().stream().map(Participant::getId).collect(Collectors.toSet()));
    for (LeaderLatch latch : latches) {
      assertEquals(first.getId(), latch.getLeader().getId());
    }

    first.close();
    latches.remove(first);
    LeaderLatch second = leaderOf(latches);
    second.close();
    latches.remove(second);
    assertEquals(latches.getFirst(), leaderOf(latches));
    latches.getFirst().close();
  }

  @Test
  void aLatchHasOneLeaderAgainAfterARestart() throws Exception {
    List<LeaderLatch> latches = latches("/latch-restart");
    leaderOf(latches);
    node.restart();
    LeaderLatch leader = leaderOf(latches);
    leader.close();
    latches.remove(leader);
    leaderOf(latches);
    for (LeaderLatch latch : latches) {
      latch.close();
    }
  }

  @Test
  void aSelectorLetsEachLeadAndNeverTwoAtOnce() throws Exception {
    var leading = new AtomicInteger();
    Map<String, Integer> turns = new ConcurrentHashMap<>();
    Set<Integer> leadersAtOnce = ConcurrentHashMap.newKeySet();
    var selectors = new ArrayList<LeaderSelector>();
    for (String id : List.of("a", "b", "c")) {
      var selector = new LeaderSelector(node.curator(), "/selector", new LeaderSelectorListenerAdapter() {
        @Override
        public void takeLeadership(CuratorFramework curator) {
          leadersAtOnce.add(leading.incrementAndGet());
          turns.merge(id, 1, Integer::sum);
          leading.decrementAndGet();
        }
      });
      selector.autoRequeue();
      selector.start();
      selectors.add(selector);
    }
    Await.until("each has led twice", () -> turns.size() == 3 && turns.values().stream().allMatch(n -> n >= 2));
    selectors.forEach(LeaderSelector::close);
    assertEquals(Set.of(1), leadersAtOnce);
  }

  private static List<LeaderLatch> latches(String path) throws Exception {
    var latches = new ArrayList<LeaderLatch>();
    for (int i = 0; i < 3; i++) {
      var latch = new LeaderLatch(node.curator(), path, "" + i);
      latch.start();
      latches.add(latch);
    }
    Await.until("all take part", () -> latches.getFirst().getParticipants().size() == 3);
    return latches;
  }

  /** The one that leads, once there is one and all agree. */
  private static LeaderLatch leaderOf(List<LeaderLatch> latches) {
    Await.until("one leads", () -> {
      List<LeaderLatch> leaders = latches.stream().filter(LeaderLatch::hasLeadership).toList();
      assertTrue(leaders.size() <= 1, () -> "leaders: " + leaders.stream().map(LeaderLatch::getId).toList());
      return leaders.size() == 1 && leaders.getFirst().getId().equals(latches.getLast().getLeader().getId());
    });
    return latches.stream().filter(LeaderLatch::hasLeadership).findFirst().orElseThrow();
  }
}
