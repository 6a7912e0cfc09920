package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static troupe.conformance.ActorApplication.bytes;
import static troupe.conformance.ActorApplication.get;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import troupe.client.Answer;
import troupe.client.Consistency;
import troupe.client.Fence;
import troupe.client.Operation;
import troupe.client.TroupeClient;
import troupe.client.WatchScope;
import troupe.recipes.Barrier;
import troupe.recipes.Counter;
import troupe.recipes.DoubleBarrier;
import troupe.recipes.FifoQueue;
import troupe.recipes.Group;
import troupe.recipes.Holding;
import troupe.recipes.LeaderElection;
import troupe.recipes.Lock;
import troupe.recipes.PriorityQueue;
import troupe.recipes.ReadWriteLock;
import troupe.recipes.Semaphore;
import troupe.recipes.TreeCache;

/**
 * All recipes at work at once, by three sessions that outlive what happens to the servers, so that nobody loses anything.
 */
final class RecipeWork implements AutoCloseable {
  private static final int SESSIONS = 3;

  /** Something that one of them holds at a time. */
  private final class Contest {
    private final String name;
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicReference<Fence> last = new AtomicReference<>();
    private int turns; // lost if two are inside

    Contest(String name) {
      this.name = name;
    }

    void turn(CompletionStage<Holding> acquisition) throws Exception {
      Holding holding = get(acquisition);
      expect(1, inside.incrementAndGet(), "holders of " + name);
      Fence before = last.getAndSet(holding.fence());
      expect(true, before == null || holding.fence().isAfter(before), name + " " + before + " " + holding.fence());
      turns++;
      inside.decrementAndGet();
      get(holding.release());
    }
  }

  private final ActorSystem<?> system;
  private final String root;
  private final List<TroupeClient> clients = new ArrayList<>();
  private final List<CompletableFuture<?>> loops = new ArrayList<>();
  private final List<Contest> contests = new ArrayList<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> rounds = new ConcurrentSkipListMap<>();
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final Map<String, TreeCache.Node> cached = new ConcurrentSkipListMap<>();
  private final Queue<Group.Event> membership = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  private RecipeWork(ActorApplication application, String root) throws Exception {
    this.system = application.system();
    this.root = root;
    for (int i = 0; i < SESSIONS; i++) {
      clients.add(application.open());
    }
    get(clients.getFirst().create(root, bytes("")));
    for (int i = 0; i < SESSIONS; i++) {
      get(Group.join(system, clients.get(i), root + "/group", "member-" + i, bytes("")));
    }
    get(clients.getFirst().sync());
    Group.follow(system, clients.getFirst(), root + "/group", membership::add);
    TreeCache.follow(system, clients.getFirst(), root, WatchScope.SUBTREE, this::follow);
    contest("lock", client -> Lock.of(system, client, root + "/lock").acquire());
    contest("write-lock", client -> ReadWriteLock.of(system, client, root + "/read-write").write());
    contest("lease", client -> Semaphore.of(system, client, root + "/semaphore", 1).acquire());
    contest("leadership", client -> LeaderElection.of(system, client, root + "/leader", "x").lead());
    for (int i = 0; i < SESSIONS; i++) {
      TroupeClient client = clients.get(i);
      int number = i;
      loop("reader", round -> get(get(ReadWriteLock.of(system, client, root + "/read-write").read()).release()));
      loop("counter", round -> get(Counter.of(client, root + "/counter", Counter.Width.LONG).add(1)));
      loop("queue", round -> {
        FifoQueue queue = FifoQueue.of(system, client, root + "/queue");
        get(queue.put(bytes(number + " " + round)));
        taken.add(get(queue.take()).utf8String());
      });
    }
    loop("double-barrier", round -> {
      List<DoubleBarrier> barriers = clients.stream()
          .map(client -> DoubleBarrier.of(system, client, root + "/double-" + round, SESSIONS)).toList();
      all(barriers.stream().map(DoubleBarrier::enter).toList());
      all(barriers.stream().map(DoubleBarrier::leave).toList());
    });
    loop("barrier", round -> {
      Barrier barrier = Barrier.of(system, clients.get(1), root + "/barrier");
      get(barrier.set());
      get(clients.get(2).sync());
      var waiting = Barrier.of(system, clients.get(2), root + "/barrier").await();
      get(barrier.remove());
      get(waiting);
    });
    loop("priority-queue", round -> {
      PriorityQueue queue = PriorityQueue.of(system, clients.get(2), root + "/priorities");
      get(queue.put(bytes("late"), 2));
      get(queue.put(bytes("soon"), 1));
      expect("soon late", get(queue.take()).utf8String() + " " + get(queue.take()).utf8String(), "priorities");
    });
  }

  static RecipeWork begin(ActorApplication application, String name) throws Exception {
    return new RecipeWork(application, "/" + name);
  }

  /** One round of some work. */
  private interface Round {
    void run(int round) throws Exception;
  }

  private interface Acquisition {
    CompletionStage<Holding> by(TroupeClient client);
  }

  private void contest(String name, Acquisition acquisition) {
    Contest contest = new Contest(name);
    contests.add(contest);
    clients.forEach(client -> loop(name, round -> contest.turn(acquisition.by(client))));
  }

  private void loop(String name, Round work) {
    AtomicInteger done = rounds.computeIfAbsent(name, first -> new AtomicInteger());
    loops.add(Await.start(() -> {
      for (int round = 0; !stopped; round++) {
        try {
          work.run(round);
        } catch (Exception | AssertionError e) {
          faults.add(name + ": " + e);
          return null;
        }
        done.incrementAndGet();
      }
      return null;
    }));
  }

  private void expect(Object expected, Object actual, String what) {
    if (!expected.equals(actual)) {
      faults.add(what + ": " + actual + " rather than " + expected);
    }
  }

  private void follow(TreeCache.Event event) {
    switch (event) {
      case TreeCache.Filled filled -> cached.putAll(filled.nodes());
      case TreeCache.Added added -> cached.put(added.path(), added.node());
      case TreeCache.Updated updated -> cached.put(updated.path(), updated.node());
      case TreeCache.Removed removed -> cached.remove(removed.path());
      default -> {}
    }
  }

  private static void all(List<? extends CompletionStage<?>> stages) throws Exception {
    for (CompletionStage<?> stage : stages) {
      get(stage);
    }
  }

  /** Whose session is with which server. */
  List<String> servers() {
    return clients.stream().map(ActorApplication::server).toList();
  }

  /** Every work has gone on for so many rounds. */
  void awaitRounds(String when, int more) {
    Map<String, Integer> enough = new TreeMap<>();
    rounds.forEach((name, done) -> enough.put(name, done.get() + more));
    Await.until(when + ": " + more + " more rounds than " + rounds, () -> !faults.isEmpty()
        || enough.entrySet().stream().allMatch(each -> rounds.get(each.getKey()).get() >= each.getValue()));
    assertEquals(List.of(), List.copyOf(faults));
  }

  /** Ends the work and looks at what came of it. */
  String judge() throws Exception {
    stopped = true;
    for (CompletableFuture<?> loop : loops) {
      Await.get(loop);
    }
    assertEquals(List.of(), List.copyOf(faults));
    contests.forEach(contest -> assertEquals(rounds.get(contest.name).get(), contest.turns, contest.name));
    TroupeClient client = clients.getFirst();
    get(client.sync());
    assertEquals(rounds.get("counter").get(), get(Counter.of(client, root + "/counter", Counter.Width.LONG).get()).number());
    assertEquals(rounds.get("queue").get(), taken.size());
    assertEquals(taken.size(), taken.stream().distinct().count(), "items taken twice");
    Await.until("the cache is what the tree is", () -> read(root).equals(versions(cached)));
    for (Group.Event event : membership) {
      if (event instanceof Group.Members members) {
        assertEquals(SESSIONS, members.saying().size(), "members");
      }
    }
    return rounds.toString();
  }

  private static Map<String, Long> versions(Map<String, TreeCache.Node> nodes) {
    Map<String, Long> versions = new TreeMap<>();
    nodes.forEach((path, node) -> versions.put(path, node.stat().mzxid()));
    return versions;
  }

  private Map<String, Long> read(String path) throws Exception {
    Map<String, Long> found = new TreeMap<>();
    TroupeClient client = clients.getFirst();
    Answer.Existence there = get(client.exists(path, Consistency.LINEARIZABLE));
    if (there.stat().isPresent()) {
      found.put(path, there.stat().get().mzxid());
      try {
        for (String name : get(client.ask(new Operation.GetChildren(path, Consistency.SEQUENTIAL))).names()) {
          found.putAll(read(path + "/" + name));
        }
      } catch (ExecutionException gone) {
        found.remove(path); // a container that has just been emptied
      }
    }
    return found;
  }

  @Override
  public void close() throws Exception {
    stopped = true;
    for (TroupeClient client : clients) {
      get(client.close());
    }
  }
}
