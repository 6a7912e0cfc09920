package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import troupe.conformance.CrashModel.Node;
import troupe.conformance.CrashSession.Settled;

/**
 * A server that is killed in the midst of its work, over and over, keeps every promise: what it acknowledged is there,
 * nothing is that nobody asked for, sessions and their ephemerals live on or end as they should.
 *
 * <p>System properties: {@code crash.kills}, or {@code crash.minutes} for as many as fit; {@code crash.seed}, to draw
 * the same requests again (the moments at which they meet a kill are the machine's). {@code bin/soak} sets them.
 */
class CrashTest {
  private static final int SESSIONS = 4;
  private static final String MORTAL = "/crash/mortal";
  private static final int MORTAL_TIMEOUT_MILLIS = 1_000;

  private final long seed = Long.getLong("crash.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<CrashSession> sessions = new ArrayList<>();
  private final Map<String, String> sequentialNames = new HashMap<>();
  private NodeProcess server;

  @BeforeEach
  void start() throws Exception {
    System.out.println("crash.seed=" + seed);
    // snapshots are so frequent that kills meet them, and what is cleared away after them
    server = NodeProcess.start(NodeSettings.inDirectory(SharedNode.freshHome(CrashTest.class)).withSnapshotEvery(500));
    try (Client client = connect(Client.SESSION_TIMEOUT_MILLIS)) {
      for (String path : List.of("/crash", CrashSession.SHARED, MORTAL)) {
        client.create(path);
      }
    }
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(new CrashSession("s" + i, connect(Client.SESSION_TIMEOUT_MILLIS)));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (CrashSession session : sessions) {
      session.vanish();
    }
    server.close();
  }

  @Test
  void everyPromiseOutlivesKillMinusNine() throws Exception {
    int kills = Integer.getInteger("crash.kills", 3);
    long minutes = Long.getLong("crash.minutes", 0);
    long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    for (int kill = 1; minutes > 0 ? System.nanoTime() < end : kill <= kills; kill++) {
      try {
        killOnceAndLook(kill);
      } catch (AssertionError | Exception e) {
        throw new AssertionError("crash.seed=" + seed + ", kill " + kill + "; " + server + ":\n" + server.tail(), e);
      }
    }
  }

  private void killOnceAndLook(int kill) throws Exception {
    Client mortal = connect(MORTAL_TIMEOUT_MILLIS);
    for (int i = 0; i < 3; i++) {
      mortal.create(MORTAL + "/" + kill + "-" + i, "", CreateMode.EPHEMERAL);
    }
    var answers = new LongAdder();
    sessions.forEach(session -> session.load(random.split(), answers));
    int enough = random.nextInt(100, 3_000);
    Await.until("there are " + enough + " answers", () -> answers.sum() >= enough);
    runFor(random.nextInt(50));
    server.kill();
    mortal.vanish();
    for (CrashSession session : sessions) {
      session.awaitSilence();
    }

    long down = System.nanoTime();
    server = server.launchAgain();
    boolean again = random.nextInt(3) == 0;
    if (again) { // in the midst of its recovery, or soon after
      runFor(random.nextInt(1_500));
      server.kill();
      server = server.launchAgain();
    }
    server.awaitServing();
    long served = System.nanoTime();

    try (Client witness = connect(Client.SESSION_TIMEOUT_MILLIS)) {
      Await.until("the dead session's nodes go", () -> witness.getChildren(MORTAL, false).isEmpty());
      // before the sessions are asked for: a server that forgot what they have seen does not let them in
      Settled settled = settle(find(witness));
      for (CrashSession session : sessions) {
        Await.until(session.name() + " is back", session::isBack);
      }
      System.out.printf(
          "kill %d%s after %d answers: %d of %d lost requests took effect; serving again after %d ms%n",
          kill, again ? ", twice," : "", answers.sum(), settled.effective(), settled.lost(),
          (served - down) / 1_000_000);
    }
  }

  private Settled settle(Map<String, CrashModel> found) throws Exception {
    assertTrue(
        sessions.stream().map(CrashSession::name).toList().containsAll(found.keySet()),
        "nodes that nobody made: " + found);
    int lost = 0;
    int effective = 0;
    for (CrashSession session : sessions) {
      Settled settled = session.settle(found.getOrDefault(session.name(), CrashModel.EMPTY), sequentialNames);
      lost += settled.lost();
      effective += settled.effective();
    }
    return new Settled(lost, effective);
  }

  /** All nodes that sessions made, by the session that their data names. */
  private Map<String, CrashModel> find(Client witness) throws KeeperException, InterruptedException {
    assertEquals(
        Stream.concat(Stream.of("mortal", "shared"), sessions.stream().map(CrashSession::name)).sorted().toList(),
        witness.sortedChildren("/crash"));
    var nodes = new HashMap<String, Map<String, Node>>();
    for (String parent : witness.getChildren("/crash", false)) {
      for (String child : witness.getChildren("/crash/" + parent, false)) {
        String path = "/crash/" + parent + "/" + child;
        var stat = new Stat();
        String data = new String(witness.getData(path, false, stat), StandardCharsets.UTF_8);
        long owner = stat.getEphemeralOwner();
        nodes.computeIfAbsent(data.substring(0, data.indexOf('-')), name -> new HashMap<>()).put(
            path, new Node(data, stat.getVersion(), owner == 0 ? OptionalLong.empty() : OptionalLong.of(owner)));
      }
    }
    var found = new HashMap<String, CrashModel>();
    nodes.forEach((name, owns) -> found.put(name, new CrashModel(owns)));
    return found;
  }

  /** Lets the server run a moment longer. */
  private void runFor(int millis) {
    if (server.endsWithin(Duration.ofMillis(millis))) {
      throw new AssertionError(server + " ended by itself");
    }
  }

  private Client connect(int sessionTimeoutMillis) throws Exception {
    return Client.connect(server.connectString(), sessionTimeoutMillis);
  }
}
