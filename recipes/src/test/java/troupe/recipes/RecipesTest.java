package troupe.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import troupe.client.Answer;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Operation;
import troupe.client.PretendedServers;
import troupe.client.Session;
import troupe.client.WatchScope;

/** What is asked and answered once, and what is followed, against servers that do as a test says. */
class RecipesTest {
  private static final ActorTestKit kit = ActorTestKit.create();

  private final PretendedServers servers = new PretendedServers();
  private final ActorRef<Session.Command> one = kit.spawn(servers.session());
  private final ActorRef<Session.Command> two = kit.spawn(servers.session());

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static ByteString bytes(String text) {
    return ByteString.fromString(text);
  }

  /** Asks without waiting. */
  private static <C, T> TestProbe<Outcome<T>> ask(ActorRef<C> actor, Function<ActorRef<Outcome<T>>, C> question) {
    TestProbe<Outcome<T>> probe = kit.createTestProbe();
    actor.tell(question.apply(probe.getRef()));
    return probe;
  }

  private static <T> T done(TestProbe<Outcome<T>> probe) {
    return switch (probe.receiveMessage()) {
      case Outcome.Done<T> done -> done.value();
      case Outcome.Failed<T> failed -> throw new AssertionError(failed.failure());
    };
  }

  private static <T> Failure failed(TestProbe<Outcome<T>> probe) {
    return switch (probe.receiveMessage()) {
      case Outcome.Done<T> done -> throw new AssertionError(done.value());
      case Outcome.Failed<T> failed -> failed.failure();
    };
  }

  @Test
  void aBarrierHoldsAllUntilItIsRemoved() {
    ActorRef<Barrier.Command> barrier = kit.spawn(Barrier.create(one, "/barriers/b"));
    ActorRef<Barrier.Command> other = kit.spawn(Barrier.create(two, "/barriers/b"));
    assertEquals(Done.getInstance(), done(RecipesTest.<Barrier.Command, Done>ask(other, Barrier.Await::new)));
    done(RecipesTest.<Barrier.Command, Done>ask(barrier, Barrier.Set::new));
    done(RecipesTest.<Barrier.Command, Done>ask(other, Barrier.Set::new));
    TestProbe<Outcome<Done>> waiting = ask(other, Barrier.Await::new);
    waiting.expectNoMessage(Duration.ofMillis(50));
    done(RecipesTest.<Barrier.Command, Done>ask(barrier, Barrier.Remove::new));
    done(waiting);
    done(RecipesTest.<Barrier.Command, Done>ask(barrier, Barrier.Remove::new));
  }

  @Test
  void aDoubleBarrierLetsInTogetherAndOutTogether() {
    ActorRef<DoubleBarrier.Command> first = kit.spawn(DoubleBarrier.create(one, "/double", 2));
    ActorRef<DoubleBarrier.Command> second = kit.spawn(DoubleBarrier.create(two, "/double", 2));
    TestProbe<Outcome<Done>> entered = ask(first, DoubleBarrier.Enter::new);
    entered.expectNoMessage(Duration.ofMillis(50));
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(second, DoubleBarrier.Enter::new));
    done(entered);
    TestProbe<Outcome<Done>> left = ask(second, DoubleBarrier.Leave::new);
    left.expectNoMessage(Duration.ofMillis(50));
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(first, DoubleBarrier.Leave::new));
    done(left);
    assertEquals(List.of(), servers.children("/double"));
  }

  @Test
  void whoDiesInsideADoubleBarrierHasLeftIt() {
    ActorRef<DoubleBarrier.Command> first = kit.spawn(DoubleBarrier.create(one, "/double", 2));
    ActorRef<DoubleBarrier.Command> second = kit.spawn(DoubleBarrier.create(two, "/double", 2));
    TestProbe<Outcome<Done>> entered = ask(first, DoubleBarrier.Enter::new);
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(second, DoubleBarrier.Enter::new));
    done(entered);
    TestProbe<Outcome<Done>> left = ask(second, DoubleBarrier.Leave::new);
    PretendedServers.expire(one);
    done(left);
    assertEquals(ErrorCode.SESSION_EXPIRED,
        failed(RecipesTest.<DoubleBarrier.Command, Done>ask(first, DoubleBarrier.Leave::new)).code());
  }

  private ActorRef<DoubleBarrier.Command> member(ActorRef<Session.Command> session) {
    return kit.spawn(DoubleBarrier.create(session, "/double", 2));
  }

  private static void enterTogether(ActorRef<DoubleBarrier.Command> first, ActorRef<DoubleBarrier.Command> second) {
    TestProbe<Outcome<Done>> entered = ask(first, DoubleBarrier.Enter::new);
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(second, DoubleBarrier.Enter::new));
    done(entered);
  }

  @Test
  void whoHasEnteredTheNextRoundOfADoubleBarrierIsNotWaitedForByWhoLeavesTheLast() {
    ActorRef<DoubleBarrier.Command> first = member(one);
    ActorRef<DoubleBarrier.Command> second = member(two);
    enterTogether(first, second);
    TestProbe<Outcome<Done>> secondLeft = ask(second, DoubleBarrier.Leave::new);
    awaitChildren("/double", 2); // the first, and that it is ready
    servers.interruptAfter(Operation.Delete.class, () -> PretendedServers.suspend(one));
    TestProbe<Outcome<Done>> firstLeft = ask(first, DoubleBarrier.Leave::new);
    done(secondLeft);
    ActorRef<DoubleBarrier.Command> secondAgain = member(two);
    TestProbe<Outcome<Done>> entered = ask(secondAgain, DoubleBarrier.Enter::new);
    awaitChildren("/double", 1);
    PretendedServers.resume(one);
    done(firstLeft);
    entered.expectNoMessage(Duration.ofMillis(50));
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(member(one), DoubleBarrier.Enter::new));
    done(entered);
  }

  @Test
  void whereAllHaveExpiredOrStoppedTheNextRoundBeginsFromNothing() {
    enterTogether(member(one), member(two));
    PretendedServers.expire(one);
    PretendedServers.expire(two);
    awaitChildren("/double", 0);
    ActorRef<Session.Command> three = kit.spawn(servers.session());
    ActorRef<DoubleBarrier.Command> first = member(three);
    ActorRef<DoubleBarrier.Command> second = member(three);
    TestProbe<Outcome<Done>> entered = ask(first, DoubleBarrier.Enter::new);
    entered.expectNoMessage(Duration.ofMillis(50));
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(second, DoubleBarrier.Enter::new));
    done(entered);
    kit.stop(first);
    kit.stop(second);
    awaitChildren("/double", 0);
  }

  @Test
  void whoHearsLateThatADoubleBarrierWasReadyHasEntered() {
    TestProbe<Outcome<Done>> entered = ask(member(one), DoubleBarrier.Enter::new);
    awaitChildren("/double", 1);
    awaitAnswers(one);
    PretendedServers.suspend(one);
    done(RecipesTest.<DoubleBarrier.Command, Done>ask(member(two), DoubleBarrier.Enter::new));
    PretendedServers.expire(two);
    awaitChildren("/double", 1);
    PretendedServers.resume(one);
    done(entered);
  }

  @Test
  void whoIsStoppedOnItsWayIntoADoubleBarrierIsNotInIt() {
    PretendedServers.suspend(one);
    ActorRef<DoubleBarrier.Command> first = member(one);
    TestProbe<Outcome<Done>> entered = ask(first, DoubleBarrier.Enter::new);
    kit.createTestProbe().awaitAssert(() -> {
      assertEquals(1, servers.waiting());
      return null;
    });
    kit.stop(first);
    PretendedServers.resume(one);
    failed(entered);
    awaitAnswers(one);
    assertEquals(List.of(), servers.children("/double"));
  }

  @Test
  void whoCannotSeeADoubleBarrierIsNotInIt() {
    servers.refuse(Operation.GetChildren.class, ErrorCode.NO_AUTH);
    assertEquals(ErrorCode.NO_AUTH,
        failed(RecipesTest.<DoubleBarrier.Command, Done>ask(member(one), DoubleBarrier.Enter::new)).code());
    assertEquals(List.of(), servers.children("/double"));
  }

  private void awaitChildren(String path, int number) {
    kit.createTestProbe().awaitAssert(() -> {
      assertEquals(number, servers.children(path).size());
      return null;
    });
  }

  /** Of a session to all that is being asked of it, one thing after the other. */
  private static void awaitAnswers(ActorRef<Session.Command> session) {
    ActorRef<Counter.Command> counter = kit.spawn(Counter.create(session, "/fence", Counter.Width.INT));
    IntStream.range(0, 10).forEach(i -> get(counter));
  }

  @Test
  void whoHasNotEnteredCannotLeave() {
    ActorRef<DoubleBarrier.Command> barrier = kit.spawn(DoubleBarrier.create(one, "/double", 2));
    assertEquals(ErrorCode.NO_NODE,
        failed(RecipesTest.<DoubleBarrier.Command, Done>ask(barrier, DoubleBarrier.Leave::new)).code());
    assertThrows(IllegalArgumentException.class, () -> Semaphore.create(
        one, "/s", 0, Optional.empty(), kit.<Claim.Event>createTestProbe().getRef()));
  }

  @Test
  void whatWasPutFirstIsTakenFirstAndByOne() {
    ActorRef<FifoQueue.Command> queue = kit.spawn(FifoQueue.create(one, "/queues/q"));
    ActorRef<FifoQueue.Command> other = kit.spawn(FifoQueue.create(two, "/queues/q"));
    TestProbe<Outcome<ByteString>> taken = ask(other, FifoQueue.Take::new);
    assertEquals(Optional.empty(),
        done(RecipesTest.<FifoQueue.Command, Optional<ByteString>>ask(queue, FifoQueue.Poll::new)));
    for (String item : List.of("a", "b", "c")) {
      done(RecipesTest.<FifoQueue.Command, Answer.Created>ask(
          queue, replyTo -> new FifoQueue.Put(bytes(item), replyTo)));
    }
    assertEquals(bytes("a"), done(taken));
    assertEquals(Optional.of(bytes("b")),
        done(RecipesTest.<FifoQueue.Command, Optional<ByteString>>ask(queue, FifoQueue.Peek::new)));
    assertEquals(Optional.of(bytes("b")),
        done(RecipesTest.<FifoQueue.Command, Optional<ByteString>>ask(other, FifoQueue.Poll::new)));
    assertEquals(bytes("c"), done(RecipesTest.<FifoQueue.Command, ByteString>ask(queue, FifoQueue.Take::new)));
  }

  @Test
  void aStoppedQueueTakesNothing() {
    ActorRef<FifoQueue.Command> queue = kit.spawn(FifoQueue.create(one, "/queues/q"));
    TestProbe<Outcome<ByteString>> taken = ask(queue, FifoQueue.Take::new);
    done(RecipesTest.<FifoQueue.Command, Optional<ByteString>>ask(queue, FifoQueue.Poll::new));
    kit.stop(queue);
    ActorRef<FifoQueue.Command> other = kit.spawn(FifoQueue.create(two, "/queues/q"));
    done(RecipesTest.<FifoQueue.Command, Answer.Created>ask(
        other, replyTo -> new FifoQueue.Put(bytes("a"), replyTo)));
    assertEquals(ErrorCode.UNKNOWN, failed(taken).code());
    assertEquals(1, servers.children("/queues/q").size());
  }

  @Test
  void whoDoesNotWantToWaitForAnItemAnyLongerTakesNone() {
    Items items = new Items(Znodes.of(one), Materializer.matFromSystem(kit.system()), "/queues/q", "qn-");
    CompletableFuture<ByteString> taken = items.take().toCompletableFuture();
    awaitAnswers(one);
    taken.cancel(false);
    done(RecipesTest.<FifoQueue.Command, Answer.Created>ask(
        kit.spawn(FifoQueue.create(two, "/queues/q")), replyTo -> new FifoQueue.Put(bytes("a"), replyTo)));
    awaitAnswers(one);
    CompletableFuture<ByteString> late = new CompletableFuture<>();
    servers.interruptAfter(Operation.GetData.class, () -> late.join());
    CompletableFuture<ByteString> second = items.take().toCompletableFuture();
    second.cancel(false);
    late.complete(bytes(""));
    awaitAnswers(one);
    assertEquals(1, servers.children("/queues/q").size());
  }

  @Test
  void theLowestPriorityIsTakenFirst() {
    ActorRef<PriorityQueue.Command> queue = kit.spawn(PriorityQueue.create(one, "/queues/p"));
    List<Integer> priorities = List.of(7, 0, -1, Integer.MIN_VALUE, 7, Integer.MAX_VALUE);
    IntStream.range(0, priorities.size()).forEach(i -> done(RecipesTest.<PriorityQueue.Command, Answer.Created>ask(
        queue, replyTo -> new PriorityQueue.Put(bytes(priorities.get(i) + " " + i), priorities.get(i), replyTo))));
    List<String> taken = new ArrayList<>();
    priorities.forEach(each -> taken.add(
        done(RecipesTest.<PriorityQueue.Command, ByteString>ask(queue, PriorityQueue.Take::new)).utf8String()));
    assertEquals(List.of(Integer.MIN_VALUE + " 3", "-1 2", "0 1", "7 0", "7 4", Integer.MAX_VALUE + " 5"), taken);
  }

  @Test
  void aCounterLosesNoneOfWhatIsAddedAtOnce() {
    List<ActorRef<Counter.Command>> counters = List.of(
        kit.spawn(Counter.create(one, "/counters/c", Counter.Width.LONG)),
        kit.spawn(Counter.create(two, "/counters/c", Counter.Width.LONG)));
    List<TestProbe<Outcome<Counter.Value>>> added = IntStream.range(0, 100)
        .mapToObj(i -> RecipesTest.<Counter.Command, Counter.Value>ask(
            counters.get(i % 2), replyTo -> new Counter.Add(i, replyTo)))
        .toList();
    added.forEach(RecipesTest::done);
    assertEquals(new Counter.Value(4950, OptionalInt.of(99)), get(counters.getFirst()));
  }

  private static Counter.Value get(ActorRef<Counter.Command> counter) {
    return done(RecipesTest.<Counter.Command, Counter.Value>ask(counter, Counter.Get::new));
  }

  @Test
  void aCounterIsSetIfItIsWhatItWas() {
    ActorRef<Counter.Command> counter = kit.spawn(Counter.create(one, "/c", Counter.Width.INT));
    Counter.Value none = get(counter);
    assertEquals(new Counter.Value(0, OptionalInt.empty()), none);
    Counter.Value five =
        done(RecipesTest.<Counter.Command, Counter.Value>ask(counter, replyTo -> new Counter.SetIf(none, 5, replyTo)));
    for (Counter.Value wrong : List.of(none, new Counter.Value(5, OptionalInt.of(3)))) {
      assertEquals(ErrorCode.BAD_VERSION, failed(RecipesTest.<Counter.Command, Counter.Value>ask(
          counter, replyTo -> new Counter.SetIf(wrong, 6, replyTo))).code());
    }
    done(RecipesTest.<Counter.Command, Counter.Value>ask(counter, replyTo -> new Counter.SetIf(five, 6, replyTo)));
    assertEquals(new Counter.Value(6, OptionalInt.of(1)), get(counter));
  }

  @Test
  void aNumberThatDoesNotFitIsRefusedAndNothingDone() {
    ActorRef<Counter.Command> counter = kit.spawn(Counter.create(one, "/c", Counter.Width.INT));
    done(RecipesTest.<Counter.Command, Counter.Value>ask(
        counter, replyTo -> new Counter.Set(Integer.MAX_VALUE, replyTo)));
    assertEquals(ErrorCode.BAD_ARGUMENTS, failed(RecipesTest.<Counter.Command, Counter.Value>ask(
        counter, replyTo -> new Counter.Add(1, replyTo))).code());
    assertEquals(Integer.MAX_VALUE, get(counter).number());
    ActorRef<Counter.Command> wide = kit.spawn(Counter.create(one, "/c", Counter.Width.LONG));
    Failure failure = failed(RecipesTest.<Counter.Command, Counter.Value>ask(wide, Counter.Get::new));
    assertTrue(failure.message().contains("4 bytes"), failure.message());
  }

  @Test
  void aCacheHasAllThatIsThereAndTellsOfEachChange() {
    create("/t", "0");
    create("/t/a", "1");
    create("/t/a/b", "2");
    create("/tt", "no");
    TestProbe<TreeCache.Event> events = kit.createTestProbe();
    ActorRef<TreeCache.Command> cache = kit.spawn(TreeCache.create(one, "/t", WatchScope.SUBTREE, events.getRef()));
    TreeCache.Filled filled = assertInstanceOf(TreeCache.Filled.class, events.receiveMessage());
    assertEquals(List.of("/t", "/t/a", "/t/a/b"), List.copyOf(filled.nodes().keySet()));
    assertEquals(bytes("2"), filled.nodes().get("/t/a/b").data());
    servers.act(new Operation.SetData("/t/a", bytes("x")));
    TreeCache.Updated updated = assertInstanceOf(TreeCache.Updated.class, events.receiveMessage());
    assertEquals("/t/a", updated.path());
    assertEquals(bytes("x"), updated.node().data());
    create("/t/c", "3");
    assertEquals("/t/c", assertInstanceOf(TreeCache.Added.class, events.receiveMessage()).path());
    servers.act(new Operation.Delete("/t/a/b"));
    assertEquals("/t/a/b", assertInstanceOf(TreeCache.Removed.class, events.receiveMessage()).path());
    TestProbe<Optional<SortedMap<String, TreeCache.Node>>> nodes = kit.createTestProbe();
    cache.tell(new TreeCache.GetNodes(nodes.getRef()));
    assertEquals(List.of("/t", "/t/a", "/t/c"), List.copyOf(nodes.receiveMessage().orElseThrow().keySet()));
    PretendedServers.suspend(one);
    assertInstanceOf(Suspended.class, events.receiveMessage());
    create("/t/d", "4");
    PretendedServers.resume(one);
    assertInstanceOf(Resumed.class, events.receiveMessage());
    assertEquals("/t/d", assertInstanceOf(TreeCache.Added.class, events.receiveMessage()).path());
    PretendedServers.expire(one);
    assertInstanceOf(Lost.class, events.receiveMessage());
    events.expectTerminated(cache);
  }

  private void create(String path, String data) {
    servers.act(new Operation.Create(path, bytes(data), CreateMode.PERSISTENT));
  }

  @Test
  void aCacheOfWhatIsNotThereIsEmptyUntilItIs() {
    TestProbe<TreeCache.Event> events = kit.createTestProbe();
    kit.spawn(TreeCache.create(one, "/later", WatchScope.NODE, events.getRef()));
    assertTrue(assertInstanceOf(TreeCache.Filled.class, events.receiveMessage()).nodes().isEmpty());
    create("/later", "x");
    assertEquals(bytes("x"), assertInstanceOf(TreeCache.Added.class, events.receiveMessage()).node().data());
  }

  @Test
  void aGroupKnowsItsMembersAndWhatTheySay() {
    TestProbe<Group.Event> events = kit.createTestProbe();
    ActorRef<Group.Command> view = kit.spawn(Group.view(two, "/group", events.getRef()));
    assertEquals(new Group.Members(new TreeMap<>()), events.receiveMessage());
    TestProbe<Claim.Event> owner = kit.createTestProbe();
    ActorRef<Claim.Command> anna =
        kit.spawn(Group.member(one, "/group", "anna", bytes("hello"), owner.getRef()));
    assertEquals(members(Map.of("anna", "hello")), events.receiveMessage());
    anna.tell(new Claim.SetData(bytes("bye")));
    assertEquals(members(Map.of("anna", "bye")), events.receiveMessage());
    kit.spawn(Group.member(two, "/group", "bert", bytes(""), owner.getRef()));
    assertEquals(members(Map.of("anna", "bye", "bert", "")), events.receiveMessage());
    PretendedServers.expire(one);
    assertEquals(members(Map.of("bert", "")), events.receiveMessage());
    view.tell(new Group.Stop());
    events.expectTerminated(view);
  }

  @Test
  void whoAsksOfASessionWhoseActorHasStoppedIsRefused() {
    ActorRef<Counter.Command> counter = kit.spawn(Counter.create(one, "/c", Counter.Width.INT));
    TestProbe<TreeCache.Event> events = kit.createTestProbe();
    kit.spawn(TreeCache.create(one, "/t", WatchScope.SUBTREE, events.getRef()));
    assertInstanceOf(TreeCache.Filled.class, events.receiveMessage());
    kit.stop(one);
    for (ActorRef<Counter.Command> each : List.of(counter, kit.spawn(Counter.create(one, "/c", Counter.Width.INT)))) {
      IntStream.range(0, 2).forEach(i -> assertEquals(ErrorCode.SESSION_CLOSED,
          failed(RecipesTest.<Counter.Command, Counter.Value>ask(each, Counter.Get::new)).code()));
    }
    assertEquals(ErrorCode.SESSION_CLOSED,
        assertInstanceOf(Lost.class, events.receiveMessage()).failure().code());
  }

  private static Group.Members members(Map<String, String> saying) {
    SortedMap<String, ByteString> members = new TreeMap<>();
    saying.forEach((name, said) -> members.put(name, bytes(said)));
    return new Group.Members(members);
  }

  @Test
  void aServicesInstancesAreKnownForAsLongAsTheyAreThere() {
    TestProbe<ServiceRegistry.Event> events = kit.createTestProbe();
    kit.spawn(ServiceRegistry.view(two, "/services", "web", events.getRef()));
    assertEquals(new ServiceRegistry.Instances(List.of()), events.receiveMessage());
    ServiceInstance instance = ServiceInstance.of("web", "10.0.0.1", 80).withPayload("blue");
    TestProbe<Claim.Event> owner = kit.createTestProbe();
    ActorRef<Claim.Command> registered =
        kit.spawn(ServiceRegistry.instance(one, "/services", instance, owner.getRef()));
    assertEquals(new ServiceRegistry.Instances(List.of(instance)), events.receiveMessage());
    registered.tell(ServiceRegistry.update(instance.withEnabled(false)));
    assertEquals(new ServiceRegistry.Instances(List.of(instance.withEnabled(false))), events.receiveMessage());
    create("/services/web/junk", "no JSON");
    assertEquals(new ServiceRegistry.Instances(List.of(instance.withEnabled(false))), events.receiveMessage());
    PretendedServers.expire(one);
    assertEquals(new ServiceRegistry.Instances(List.of()), events.receiveMessage());
    assertThrows(IllegalArgumentException.class, () -> ServiceInstance.of("a/b", "10.0.0.1", 80));
  }

  /** As curator-x-discovery writes it. */
  @Test
  void curatorsInstancesAreUnderstood() {
    ByteString curators = bytes("""
        {"name":"web","id":"1","address":"host","port":80,"sslPort":null,"payload":"blue",\
        "registrationTimeUTC":5,"serviceType":"DYNAMIC","uriSpec":null}""");
    ServiceInstance instance = ServiceJson.read(curators).orElseThrow();
    assertEquals("host", instance.address());
    assertEquals(OptionalInt.of(80), instance.port());
    assertEquals(OptionalInt.empty(), instance.sslPort());
    assertEquals(Optional.of("blue"), instance.payload());
    assertTrue(instance.enabled());
    assertEquals(Optional.of(instance), ServiceJson.read(ServiceJson.write(instance)));
    assertFalse(ServiceJson.read(bytes("[]")).isPresent());
  }
}
