package troupe.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;

/** Whole elections, with notifications in many orders, some of them twice. */
class AgreementTest {
  private static final ElectionSettings SETTINGS =
      new ElectionSettings(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(30));

  private record InFlight(ServerId from, ServerId to, Election.PeerMessage message) {}

  private static final class Server {
    final ServerId id;
    final Vote own;
    final RecordedTimers timers = new RecordedTimers();
    final BehaviorTestKit<Election.Command> election;
    final TestInbox<Election.Elected> elected = TestInbox.create();

    Server(Ensemble ensemble, Vote own, Links peers) {
      this.id = ensemble.self();
      this.own = own;
      this.election = BehaviorTestKit.create(timers.elect(ensemble, peers, SETTINGS));
    }
  }

  private final Map<ServerId, Server> servers = new HashMap<>();
  private final List<InFlight> network = new ArrayList<>();

  private void found(int size, Random random) {
    List<Ensemble.Member> members = IntStream.rangeClosed(1, size)
        .mapToObj(id -> new Ensemble.Member(new ServerId(id), "host", id)).toList();
    for (Ensemble.Member member : members) {
      ServerId id = member.id();
      Vote own = new Vote(id, random.nextInt(2), new Zxid(random.nextInt(2), random.nextInt(2)));
      servers.put(id, new Server(Ensemble.ofMajority(id, members), own,
          (to, message) -> network.add(new InFlight(id, to, (Election.PeerMessage) message))));
    }
  }

  private static void look(Server server) {
    server.election.run(new Election.FindLeader(Optional.of(server.own), server.elected.getRef()));
  }

  /** Until nothing is on its way any more. What one server tells another arrives in order, as Artery has it. */
  private void deliverAll(Random random) {
    while (!network.isEmpty()) {
      InFlight drawn = network.get(random.nextInt(network.size()));
      InFlight next = network.stream()
          .filter(any -> any.from().equals(drawn.from()) && any.to().equals(drawn.to())).findFirst().orElseThrow();
      if (random.nextInt(5) != 0) { // otherwise it comes once more
        network.remove(next);
      }
      servers.get(next.to()).election.run(next.message());
    }
  }

  private static void elapseFinalizeWait(Server server) {
    if (server.timers.isTimerActive(new Election.FinalizeWaitElapsed())) {
      server.timers.elapse(new Election.FinalizeWaitElapsed(), server.election);
    }
  }

  private static ServerId leaderOf(Server server) {
    assertTrue(server.elected.hasMessages(), "server " + server.id + " found no leader");
    return server.elected.receiveMessage().leader();
  }

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void allElectTheBestVoteAndWhoeverComesLaterJoins(int seed) {
    Random random = new Random(seed);
    int size = 3 + random.nextInt(3);
    found(size, random);
    List<Server> present = new ArrayList<>(servers.values());
    Server late = present.remove(random.nextInt(size));
    present.forEach(AgreementTest::look);
    deliverAll(random);
    present.forEach(AgreementTest::elapseFinalizeWait);
    ServerId best = present.stream().map(server -> server.own)
        .reduce((a, b) -> a.beats(b) ? a : b).orElseThrow().leader();
    for (Server server : present) {
      assertEquals(best, leaderOf(server), "server " + server.id);
    }
    look(late); // even if its vote would have won
    deliverAll(random);
    assertEquals(best, leaderOf(late));
  }
}
