package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.ActorApplication.bytes;
import static troupe.conformance.ActorApplication.get;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.retry.RetryForever;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Fence;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;
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
import troupe.recipes.ServiceInstance;
import troupe.recipes.ServiceRegistry;
import troupe.recipes.TreeCache;

/** Recipes of actors and Curator's take turns at the same things. */
class ActorRecipesTest {
  /** For what is not to be had: nobody else does anything meanwhile. */
  private static final Duration NOT_LONG = Duration.ofMillis(100);

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 0);

  private static ActorApplication application;
  private static ActorSystem<?> system;
  private static CuratorFramework curator;

  private TroupeClient one;
  private TroupeClient two;

  @BeforeAll
  static void join() throws Exception {
    application = ActorApplication.join(ensemble.servers());
    system = application.system();
    curator = CuratorFrameworkFactory.newClient(
        ensemble.servers().connectString(), Client.SESSION_TIMEOUT_MILLIS, Client.SESSION_TIMEOUT_MILLIS,
        new RetryForever(50));
    curator.start();
    curator.blockUntilConnected();
  }

  @AfterAll
  static void leave() throws Exception {
    curator.close();
    application.close();
  }

  @BeforeEach
  void open() throws Exception {
    one = application.open();
    two = application.open();
  }

  @AfterEach
  void close() throws Exception {
    get(one.close());
    get(two.close());
  }

  @Test
  void oneAtATimeHoldsALockWhicheverItsClient() throws Exception {
    curator.create().forPath("/count", Client.bytes("0"));
    int rounds = 10;
    List<CompletableFuture<?>> workers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      workers.add(Await.start(() -> {
        var mutex = new InterProcessMutex(curator, "/mutex");
        for (int round = 0; round < rounds; round++) {
          mutex.acquire();
          increment();
          mutex.release();
        }
        return null;
      }));
    }
    Queue<Fence> fences = new ConcurrentLinkedQueue<>();
    for (TroupeClient client : List.of(one, two)) {
      workers.add(Await.start(() -> {
        Lock lock = Lock.of(system, client, "/mutex");
        for (int round = 0; round < rounds; round++) {
          Holding holding = get(lock.acquire());
          fences.add(holding.fence());
          increment();
          get(holding.release());
        }
        return null;
      }));
    }
    for (CompletableFuture<?> worker : workers) {
      Await.get(worker);
    }
    assertEquals("" + 4 * rounds, new String(curator.getData().forPath("/count")));
    assertEquals(fences.stream().sorted().toList(), List.copyOf(fences), "later holders have larger fences");
  }

  /** Lost if another does the same meanwhile. */
  private static void increment() throws Exception {
    int count = Integer.parseInt(new String(curator.getData().forPath("/count")));
    curator.setData().forPath("/count", Client.bytes("" + (count + 1)));
  }

  @Test
  void aLockIsGivenUpOrLostAndSomebodyElseHasIt() throws Exception {
    Lock lock = Lock.of(system, one, "/lock");
    Holding holding = get(lock.acquire());
    assertTrue(holding.isHeld());
    assertTrue(get(two.isHeld(holding.fence())));
    assertEquals(Optional.empty(), get(Lock.of(system, two, "/lock").acquire(NOT_LONG)));
    assertFalse(new InterProcessMutex(curator, "/lock").acquire(NOT_LONG.toMillis(), TimeUnit.MILLISECONDS));
    var next = Lock.of(system, two, "/lock").acquire();
    get(one.close());
    Holding second = get(next);
    assertTrue(second.fence().isAfter(holding.fence()));
    Await.until("the first one knows", () -> !holding.isHeld());
    get(holding.release());
    get(second.release());
    assertEquals(ErrorCode.SESSION_CLOSED, refused(lock.acquire()));
  }

  @Test
  void misuseIsAnsweredByItsName() throws Exception {
    get(one.create("/misuse", bytes("")));
    get(one.create("/misuse/ephemeral", bytes(""), CreateMode.EPHEMERAL));
    get(one.create("/misuse/number", bytes("twelve")));
    assertEquals(ErrorCode.BAD_ARGUMENTS, refused(Lock.of(system, one, "no-slash").acquire()));
    assertEquals(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS, refused(Lock.of(system, one, "/misuse/ephemeral").acquire()));
    assertEquals(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS,
        refused(FifoQueue.of(system, one, "/misuse/ephemeral").put(bytes(""))));
    assertEquals(ErrorCode.BAD_ARGUMENTS, refused(Counter.of(one, "/misuse/number", Counter.Width.LONG).add(1)));
    assertEquals(ErrorCode.TOO_LARGE, refused(
        Group.join(system, one, "/misuse/group", "large", ByteString.fromArray(new byte[4 << 20]))));
    assertEquals(ErrorCode.NO_NODE, refused(DoubleBarrier.of(system, one, "/misuse/double", 2).leave()));
    assertThrows(IllegalArgumentException.class, () -> Semaphore.of(system, one, "/misuse/semaphore", 0));
  }

  private static ErrorCode refused(CompletionStage<?> answer) {
    Throwable failure = assertThrows(ExecutionException.class, () -> get(answer)).getCause();
    return assertInstanceOf(TroupeException.class, failure).code();
  }

  @Test
  void readersAndWritersOfEitherKindAgree() throws Exception {
    ReadWriteLock lock = ReadWriteLock.of(system, one, "/read-write");
    var theirs = new InterProcessReadWriteLock(curator, "/read-write");
    Holding reading = get(lock.read());
    assertTrue(theirs.readLock().acquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    assertEquals(Optional.empty(), get(lock.write(NOT_LONG)));
    theirs.readLock().release();
    assertFalse(theirs.writeLock().acquire(NOT_LONG.toMillis(), TimeUnit.MILLISECONDS));
    get(reading.release());
    theirs.writeLock().acquire();
    assertEquals(Optional.empty(), get(lock.read(NOT_LONG)));
    var writing = lock.write();
    theirs.writeLock().release();
    Holding written = get(writing);
    assertFalse(theirs.readLock().acquire(NOT_LONG.toMillis(), TimeUnit.MILLISECONDS));
    get(written.release());
    theirs.readLock().acquire();
    theirs.readLock().release();
  }

  @Test
  void leasesOfASemaphoreAreSharedAmongAll() throws Exception {
    Semaphore semaphore = Semaphore.of(system, one, "/semaphore", 2);
    var theirs = new InterProcessSemaphoreV2(curator, "/semaphore", 2);
    Lease lease = theirs.acquire();
    Holding own = get(semaphore.acquire());
    assertEquals(Optional.empty(), get(semaphore.acquire(NOT_LONG)));
    assertNull(theirs.acquire(NOT_LONG.toMillis(), TimeUnit.MILLISECONDS));
    var next = Semaphore.of(system, two, "/semaphore", 2).acquire();
    theirs.returnLease(lease);
    Holding second = get(next);
    CompletableFuture<Lease> third = Await.start(theirs::acquire);
    assertTrue(second.fence().isAfter(own.fence()));
    get(own.release());
    theirs.returnLease(Await.get(third));
    get(second.release());
  }

  @Test
  void oneCandidateLeadsWhicheverItsClient() throws Exception {
    var theirs = new LeaderLatch(curator, "/latch", "curator");
    try (var last = new LeaderLatch(curator, "/latch", "last")) {
      theirs.start();
      Await.until("Curator's leads", theirs::hasLeadership);
      LeaderElection election = LeaderElection.of(system, one, "/latch", "actor");
      assertEquals("curator", get(election.leader()).orElseThrow().id());
      var elected = election.lead();
      Await.until("ours stands in line", () -> theirs.getParticipants().size() == 2);
      last.start();
      theirs.close();
      Holding leadership = get(elected);
      Await.until("all know", () -> last.getLeader().getId().equals("actor"));
      assertFalse(last.hasLeadership());
      assertEquals(leadership.fence(), get(election.leader()).orElseThrow().fence());
      get(leadership.release());
      Await.until("the last one leads", last::hasLeadership);
    }
  }

  @Test
  void aBarrierHoldsUpAll() throws Exception {
    Barrier barrier = Barrier.of(system, one, "/barriers/one");
    get(barrier.set());
    CompletableFuture<Void> theirs = Await.start(() -> {
      new DistributedBarrier(curator, "/barriers/one").waitOnBarrier();
      return null;
    });
    var ours = Barrier.of(system, two, "/barriers/one").await();
    assertFalse(theirs.isDone());
    get(barrier.remove());
    Await.get(theirs);
    get(ours);
    new DistributedBarrier(curator, "/barriers/two").setBarrier();
    var waiting = Barrier.of(system, one, "/barriers/two").await();
    new DistributedBarrier(curator, "/barriers/two").removeBarrier();
    get(waiting);
  }

  @Test
  void aDoubleBarrierLetsAllInAndOutTogether() throws Exception {
    var theirs = new DistributedDoubleBarrier(curator, "/double", 3);
    List<DoubleBarrier> ours =
        List.of(DoubleBarrier.of(system, one, "/double", 3), DoubleBarrier.of(system, two, "/double", 3));
    var first = ours.getFirst().enter();
    CompletableFuture<Void> entered = Await.start(() -> {
      theirs.enter();
      return null;
    });
    Await.until("two wait", () -> curator.checkExists().forPath("/double") != null
        && curator.getChildren().forPath("/double").size() == 2);
    assertFalse(first.toCompletableFuture().isDone());
    get(ours.getLast().enter());
    get(first);
    Await.get(entered);
    var left = ours.getFirst().leave();
    CompletableFuture<Void> theyLeft = Await.start(() -> {
      theirs.leave();
      return null;
    });
    get(ours.getLast().leave());
    get(left);
    Await.get(theyLeft);
  }

  @Test
  void whatOneQueueTakesWasPutByTheOther() throws Exception {
    FifoQueue queue = FifoQueue.of(system, one, "/queue");
    var theirs = new SimpleDistributedQueue(curator, "/queue");
    var taken = queue.take();
    theirs.offer(Client.bytes("a"));
    assertEquals("a", get(taken).utf8String());
    get(queue.put(bytes("b")));
    theirs.offer(Client.bytes("c"));
    assertEquals("b", get(queue.peek()).orElseThrow().utf8String());
    assertArrayEquals(Client.bytes("b"), theirs.take());
    assertEquals("c", get(queue.poll()).orElseThrow().utf8String());
    assertEquals(Optional.empty(), get(queue.poll()));
  }

  @Test
  void theMostUrgentIsTakenFirstEachByOne() throws Exception {
    PriorityQueue queue = PriorityQueue.of(system, one, "/priorities");
    for (int priority : List.of(3, -2, 0)) {
      get(queue.put(bytes("" + priority), priority));
    }
    assertEquals("-2", get(queue.take()).utf8String());
    assertEquals("0", get(PriorityQueue.of(system, two, "/priorities").take()).utf8String());
    assertEquals("3", get(queue.take()).utf8String());
  }

  @Test
  void noneOfWhatIsAddedIsLost() throws Exception {
    int rounds = 20;
    CompletableFuture<Void> theirs = Await.start(() -> {
      var counter = new DistributedAtomicLong(curator, "/long", new RetryNTimes(1_000, 1));
      for (int i = 0; i < rounds; i++) {
        assertTrue(counter.increment().succeeded());
      }
      return null;
    });
    for (int i = 0; i < rounds; i++) {
      get(Counter.of(i % 2 == 0 ? one : two, "/long", Counter.Width.LONG).add(10));
    }
    Await.get(theirs);
    get(one.sync());
    assertEquals(11 * rounds, get(Counter.of(one, "/long", Counter.Width.LONG).get()).number());
  }

  @Test
  void aSharedCountIsSeenByAll() throws Exception {
    try (var theirs = new SharedCount(curator, "/shared", 7)) {
      theirs.start();
      Counter ours = Counter.of(one, "/shared", Counter.Width.INT);
      get(one.sync());
      Counter.Value seven = get(ours.get());
      assertEquals(7, seven.number());
      get(ours.setIf(seven, 8));
      Await.until("Curator's sees it", () -> theirs.getCount() == 8);
      assertTrue(theirs.trySetCount(theirs.getVersionedValue(), 9));
      assertEquals(ErrorCode.BAD_VERSION, refused(ours.setIf(seven, 10)));
    }
  }

  @Test
  void membersOfEitherKindSeeEachOther() throws Exception {
    BlockingQueue<Group.Event> events = new LinkedBlockingQueue<>();
    ActorRef<Group.Command> view = Group.follow(system, one, "/group", events::add);
    try (var theirs = new GroupMember(curator, "/group", "curator", Client.bytes("hello"))) {
      theirs.start();
      Holding membership = get(Group.join(system, two, "/group", "actor", bytes("good day")));
      Await.until("Curator's sees both", () -> theirs.getCurrentMembers().keySet().equals(Set.of("curator", "actor")));
      awaitMembers(events, "{actor=good day, curator=hello}");
      get(membership.release());
      awaitMembers(events, "{curator=hello}");
    }
    awaitMembers(events, "{}");
    view.tell(new Group.Stop());
  }

  private static void awaitMembers(BlockingQueue<Group.Event> events, String members) {
    Await.until(members, () -> events.poll() instanceof Group.Members now
        && now.saying().entrySet().stream().map(each -> each.getKey() + "=" + each.getValue().utf8String())
            .collect(Collectors.joining(", ", "{", "}")).equals(members));
  }

  @Test
  void aServiceIsThereForAsLongAsItsSession() throws Exception {
    BlockingQueue<ServiceRegistry.Event> events = new LinkedBlockingQueue<>();
    var view = ServiceRegistry.follow(system, one, "/services", "web", events::add);
    ServiceInstance instance = ServiceInstance.of("web", "10.0.0.1", 80);
    Holding registered = get(ServiceRegistry.register(system, two, "/services", instance));
    Await.until("it is there", () -> new ServiceRegistry.Instances(List.of(instance)).equals(events.poll()));
    assertTrue(registered.isHeld());
    get(two.close());
    Await.until("it is gone", () -> new ServiceRegistry.Instances(List.of()).equals(events.poll()));
    view.tell(new ServiceRegistry.Stop());
  }

  @Test
  void servicesOfEitherKindFindEachOther() throws Exception {
    try (var theirs = ServiceDiscoveryBuilder.builder(String.class).client(curator).basePath("/discovery").build()) {
      theirs.start();
      theirs.registerService(org.apache.curator.x.discovery.ServiceInstance.<String>builder()
          .name("web").id("curator").address("10.0.0.2").port(81).payload("green").build());
      ServiceInstance ours = ServiceInstance.of("web", "10.0.0.1", 80).withPayload("blue");
      Holding registered = get(ServiceRegistry.register(system, two, "/discovery", ours));
      BlockingQueue<ServiceRegistry.Event> events = new LinkedBlockingQueue<>();
      var view = ServiceRegistry.follow(system, two, "/discovery", "web", events::add);
      awaitPayloads(events, Set.of("blue", "green"));
      curator.sync().forPath("/discovery");
      assertEquals("blue", theirs.queryForInstance("web", ours.id()).getPayload());
      assertEquals(80, theirs.queryForInstance("web", ours.id()).getPort());
      ServiceRegistry.update(registered, ours.withPayload("red"));
      awaitPayloads(events, Set.of("red", "green"));
      view.tell(new ServiceRegistry.Stop());
    }
  }

  private static void awaitPayloads(BlockingQueue<ServiceRegistry.Event> events, Set<String> payloads) {
    Await.until("instances " + payloads, () -> events.poll() instanceof ServiceRegistry.Instances now
        && now.all().stream().map(each -> each.payload().orElse("")).collect(Collectors.toSet()).equals(payloads));
  }

  @Test
  void aCacheFollowsWhatOthersDo() throws Exception {
    curator.create().creatingParentsIfNeeded().forPath("/cached/a/b", Client.bytes("1"));
    get(one.sync());
    Queue<TreeCache.Event> events = new ConcurrentLinkedQueue<>();
    var cache = TreeCache.follow(system, one, "/cached", WatchScope.SUBTREE, events::add);
    Await.until("it is filled", () -> !events.isEmpty());
    assertEquals(List.of("/cached", "/cached/a", "/cached/a/b"), List.copyOf(
        assertInstanceOf(TreeCache.Filled.class, events.poll()).nodes().keySet()));
    curator.setData().forPath("/cached/a", Client.bytes("2"));
    curator.delete().forPath("/cached/a/b");
    curator.create().forPath("/cached/c", Client.bytes("3"));
    Await.until("all three are told of", () -> events.size() == 3);
    assertEquals(
        List.of("Updated /cached/a", "Removed /cached/a/b", "Added /cached/c"),
        events.stream().map(ActorRecipesTest::words).toList());
    cache.tell(new TreeCache.Stop());
  }

  private static String words(TreeCache.Event event) {
    return switch (event) {
      case TreeCache.Added added -> "Added " + added.path();
      case TreeCache.Updated updated -> "Updated " + updated.path();
      case TreeCache.Removed removed -> "Removed " + removed.path();
      default -> event.toString();
    };
  }
}
