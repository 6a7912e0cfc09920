package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.zookeeper.ZKUtil;
import troupe.conformance.EnsembleTree.Znode;

/** Sessions at work while something happens to the servers, and what is to be said of it afterwards. */
final class EnsembleTrial implements AutoCloseable {
  private static final int SESSIONS = 6;
  /** Longer than any fault lasts: who waits so long was forgotten, and is helped by the patience of its client only. */
  private static final Duration LONG = Duration.ofMillis(EnsembleUnderTest.LONGEST_SESSION_MILLIS / 2);

  private static final int DELETED_AT_ONCE = 1_000;
  private static final int MORTAL_TIMEOUT_MILLIS = 1_000; // two ticks: the shortest that a server grants

  private final EnsembleUnderTest ensemble;
  private final String root;
  private final LongAdder acknowledged = new LongAdder();
  private final List<HistorySession> sessions = new ArrayList<>();
  private final HistorySession mortal;

  /**
   * What came of a trial in which every promise was kept.
   *
   * @param answers to requests of all kinds
   * @param lost requests, of which nobody was told whether they took effect
   * @param longestGap between two acknowledged writes, of whatever sessions
   * @param longestSilence between two answers to one session, whichever it is
   * @param staleReads those that were old in spite of a sync, which ZooKeeper allows: {@link HistoryOfRegisters}
   * @param unanswered sessions that waited longer than any fault lasts, each with what it waited for
   */
  record Report(
      long answers,
      long lost,
      Duration longestGap,
      Duration longestSilence,
      int staleReads,
      List<String> unanswered) {
    @Override
    public String toString() {
      return "%d answers, %d requests lost, %d ms without a write, %d ms without an answer, %d stale reads after a sync"
          .formatted(answers, lost, longestGap.toMillis(), longestSilence.toMillis(), staleReads);
    }
  }

  private EnsembleTrial(EnsembleUnderTest ensemble, String root, SplittableRandom random) throws Exception {
    this.ensemble = ensemble;
    this.root = root;
    try (Client client = Client.connect(ensemble.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
      HistorySession.prepare(client, root);
    }
    mortal = connect("mortal", MORTAL_TIMEOUT_MILLIS);
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(connect("s" + i, EnsembleUnderTest.LONGEST_SESSION_MILLIS));
    }
    sessions.forEach(session -> session.load(random.split()));
  }

  /** Sessions on all servers begin to work, below a node of this name. */
  static EnsembleTrial begin(EnsembleUnderTest ensemble, String name, long seed) throws Exception {
    return new EnsembleTrial(ensemble, "/" + name, new SplittableRandom(seed));
  }

  private HistorySession connect(String name, int timeoutMillis) throws Exception {
    return HistorySession.connect(ensemble.connectString(), timeoutMillis, root, name, acknowledged);
  }

  /** Returns when so many more writes have been acknowledged. */
  void awaitWrites(int more) {
    long enough = acknowledged.sum() + more;
    Await.until(more + " more writes are acknowledged", () -> {
      sessions.forEach(HistorySession::isBack);
      return acknowledged.sum() >= enough;
    });
  }

  /**
   * Ends the work and holds the ensemble to its promises. All servers must serve again.
   *
   * @throws AssertionError with all that was violated
   */
  Report judge() throws Exception {
    mortal.vanish();
    var histories = new ArrayList<History.Session>();
    for (HistorySession session : sessions) {
      histories.add(session.finish());
    }
    SortedMap<String, Znode> tree = theOneTree();
    var history = new History(histories, tree.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(root + "/"))
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().node())));
    assertEquals(List.of(), history.violations());
    assertEquals(
        sessions.stream().collect(Collectors.toMap(HistorySession::ephemeral, HistorySession::id)),
        tree.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(root + "/live/"))
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().stat().getEphemeralOwner())),
        "ephemerals and the sessions that live");
    return new Report(
        history.answers().filter(answer -> !isLost(answer)).count(),
        history.answers().filter(EnsembleTrial::isLost).count(),
        longest(history.answers().filter(EnsembleTrial::isWritten)),
        history.sessions().stream()
            .map(session -> longest(session.answers().stream().filter(answer -> !isLost(answer))))
            .max(Comparator.naturalOrder()).orElseThrow(),
        HistoryOfRegisters.staleReads(history).size(),
        history.sessions().stream().flatMap(session -> unanswered(session, history).stream()).toList());
  }

  /** What every server has in the end. */
  private SortedMap<String, Znode> theOneTree() throws Exception {
    try (Client client = Client.connect(ensemble.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
      Await.until("the node of the session that went away goes too", () -> {
        client.fence();
        return !client.has(mortal.ephemeral());
      });
    }
    SortedMap<String, Znode> tree = EnsembleTree.read(ensemble.server(1));
    for (int id : ensemble.others(1)) {
      assertEquals(
          List.of(), EnsembleTree.differences(tree, EnsembleTree.read(ensemble.server(id))),
          "trees of servers 1 and " + id);
    }
    return tree;
  }

  /** What the connection of each session went through. */
  String connections() {
    return sessions.stream().map(HistorySession::connections).collect(Collectors.joining("\n"));
  }

  private static boolean isLost(History.Answer answer) {
    return answer.outcome() instanceof History.Lost;
  }

  private static boolean isWritten(History.Answer answer) {
    return answer.outcome() instanceof History.Created
        || answer.request() instanceof History.Write && answer.outcome() instanceof History.Seen;
  }

  /** What a session asked first of all that was given up only long after it was asked. */
  private static Optional<String> unanswered(History.Session session, History history) {
    return session.answers().stream()
        .filter(answer -> isLost(answer) && answer.answered() - answer.asked() > LONG.toNanos())
        .findFirst()
        .map(answer -> session.name() + " waited for " + answer + ", which "
            + (tookEffect(answer.request(), history) ? "took effect" : "nobody has seen the effect of"));
  }

  private static boolean tookEffect(History.Request request, History history) {
    return switch (request) {
      case History.Write write -> history.states(write.path()).values().stream()
          .anyMatch(state -> state.data().equals(write.data()));
      case History.Append append -> history.found().values().stream()
          .anyMatch(node -> node.data().equals(append.data()));
      case History.Read read -> false;
      case History.SyncedRead read -> false;
      case History.Acquire acquire -> false;
      case History.Release release -> false;
    };
  }

  /** The longest time between two answers. */
  private static Duration longest(Stream<History.Answer> answers) {
    List<Long> times = answers.map(History.Answer::answered).sorted().toList();
    return Duration.ofNanos(IntStream.range(1, times.size()).mapToLong(i -> times.get(i) - times.get(i - 1)).max()
        .orElse(0));
  }

  /** Ends the sessions and takes their nodes away: the next trial begins with a tree that nobody changes. */
  @Override
  public void close() throws Exception {
    mortal.vanish();
    sessions.parallelStream().forEach(HistorySession::close);
    try (Client client = Client.connect(ensemble.connectString(), Client.SESSION_TIMEOUT_MILLIS)) {
      ZKUtil.deleteRecursive(client, root, DELETED_AT_ONCE);
    }
  }
}
