package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.ActorApplication.bytes;
import static troupe.conformance.ActorApplication.get;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import troupe.client.Acl;
import troupe.client.Answer;
import troupe.client.CompactedException;
import troupe.client.Consistency;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Failure;
import troupe.client.Fence;
import troupe.client.Operation;
import troupe.client.Result;
import troupe.client.Session;
import troupe.client.SessionEvent;
import troupe.client.SessionId;
import troupe.client.TroupeClient;
import troupe.client.TroupeException;
import troupe.client.WatchEvent;
import troupe.client.WatchScope;

/** What an application of actors may expect of three servers; stock clients see the same znodes. */
class ActorClientTest {
  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 0);

  private static ActorApplication application;
  private static Client stock;

  private TroupeClient client;

  @BeforeAll
  static void join() throws Exception {
    application = ActorApplication.join(ensemble.servers());
    stock = Client.connect(ensemble.servers().connectString(), Client.SESSION_TIMEOUT_MILLIS);
  }

  @AfterAll
  static void leave() throws Exception {
    stock.close();
    application.close();
  }

  @BeforeEach
  void open() throws Exception {
    client = application.open();
  }

  @AfterEach
  void close() throws Exception {
    get(client.close());
  }

  private static Failure refused(CompletionStage<?> answer) {
    Throwable failure = assertThrows(ExecutionException.class, () -> get(answer)).getCause();
    return assertInstanceOf(TroupeException.class, failure).failure();
  }

  @Test
  void everyKindOfZnodeIsCreatedAndStockClientsSeeIt() throws Exception {
    get(client.create("/kinds", bytes("")));
    Answer.Created plain = get(client.create("/kinds/plain", bytes("data")));
    Answer.Created first = get(client.create("/kinds/s-", bytes("a"), CreateMode.PERSISTENT_SEQUENTIAL));
    Answer.Created second = get(client.create("/kinds/s-", bytes("b"), CreateMode.EPHEMERAL_SEQUENTIAL));
    Answer.Created own = get(client.create("/kinds/own", bytes("c"), CreateMode.EPHEMERAL));
    get(client.create("/kinds/box", bytes(""), CreateMode.CONTAINER));
    assertEquals("/kinds/plain", plain.path());
    assertEquals(List.of("/kinds/s-0000000001", "/kinds/s-0000000002"), List.of(first.path(), second.path()));
    assertEquals(plain.zxid(), plain.stat().czxid());
    assertEquals(sessionOf(client).id(), own.stat().ephemeralOwner());
    stock.fence();
    assertEquals("data", stock.read("/kinds/plain"));
    assertEquals(List.of("box", "own", "plain", "s-0000000001", "s-0000000002"), stock.sortedChildren("/kinds"));
    assertEquals(plain.zxid(), stock.exists("/kinds/plain", false).getCzxid());
    assertEquals(List.of("/kinds/own", "/kinds/s-0000000002"), get(client.ask(
        new Operation.GetEphemerals("/kinds", Consistency.SEQUENTIAL))).paths().stream().sorted().toList());
    assertEquals(5, get(client.ask(new Operation.CountDescendants("/kinds", Consistency.SEQUENTIAL))).number());
  }

  @Test
  void dataIsReadSetAndDeletedByVersion() throws Exception {
    get(client.create("/data", bytes("0")));
    Answer.DataSet set = get(client.setData("/data", bytes("1"), 0));
    assertEquals(1, set.stat().version());
    assertEquals(ErrorCode.BAD_VERSION, refused(client.setData("/data", bytes("2"), 0)).code());
    Answer.Node read = get(client.getData("/data"));
    assertEquals("1", read.data().utf8String());
    assertEquals(set.stat(), read.stat());
    assertEquals(Optional.of(set.stat()), get(client.exists("/data", Consistency.LINEARIZABLE)).stat());
    assertEquals(ErrorCode.BAD_VERSION, refused(client.delete("/data", 0)).code());
    get(client.delete("/data", 1));
    assertEquals(Optional.empty(), get(client.exists("/data")).stat());
    assertEquals(ErrorCode.NO_NODE, refused(client.getData("/data")).code());
  }

  @Test
  void severalReadsAreOfOneStateAndEachHasItsAnswer() throws Exception {
    get(client.create("/one-state", bytes("data")));
    get(client.create("/one-state/child", bytes("")));
    Answer.Many many = get(client.ask(new Operation.ReadMany(List.of(
        new Operation.GetData("/one-state", Consistency.LINEARIZABLE),
        new Operation.GetData("/not-there", Consistency.SEQUENTIAL),
        new Operation.GetChildren("/one-state", Consistency.SEQUENTIAL)))));
    Result.Done<?> data = assertInstanceOf(Result.Done.class, many.results().get(0));
    assertEquals("data", assertInstanceOf(Answer.Node.class, data.answer()).data().utf8String());
    Result.Failed<?> missing = assertInstanceOf(Result.Failed.class, many.results().get(1));
    assertEquals(ErrorCode.NO_NODE, missing.failure().code());
    Result.Done<?> children = assertInstanceOf(Result.Done.class, many.results().get(2));
    assertEquals(List.of("child"), assertInstanceOf(Answer.Children.class, children.answer()).names());
    assertEquals(many.zxid(), children.answer().zxid());
  }

  @Test
  void aSessionSeesWhoItIs() throws Exception {
    get(client.authenticate("joe", "secret"));
    Answer.Identities who = get(client.ask(new Operation.WhoAmI()));
    assertTrue(who.identities().contains(new Answer.Identity("digest", "joe")), () -> "" + who);
  }

  @Test
  void whatAStockClientWritesALinearizableReadSees() throws Exception {
    stock.create("/stock");
    for (int i = 0; i < 50; i++) {
      stock.setData("/stock", Client.bytes("" + i), -1);
      assertEquals("" + i, get(client.getData("/stock", Consistency.LINEARIZABLE)).data().utf8String());
    }
  }

  @Test
  void aTransactionIsDoneWhollyOrNotAtAll() throws Exception {
    Answer.Committed done = get(client.transaction()
        .create("/all", bytes(""), CreateMode.PERSISTENT)
        .create("/all/of-", bytes("it"), CreateMode.PERSISTENT_SEQUENTIAL)
        .setData("/all", bytes("x"), 0)
        .check("/all", 1)
        .commit());
    assertEquals("/all/of-0000000000", assertInstanceOf(Answer.Created.class, done.effects().get(1)).path());
    Failure failure = refused(client.transaction()
        .setData("/all", bytes("y"), Operation.ANY_VERSION)
        .delete("/all")
        .create("/never", bytes(""), CreateMode.PERSISTENT)
        .commit());
    assertEquals(ErrorCode.NOT_EMPTY, failure.code());
    assertEquals(OptionalInt.of(1), failure.operation());
    assertEquals("x", get(client.getData("/all")).data().utf8String());
    assertEquals(Optional.empty(), get(client.exists("/never")).stat());
  }

  @Test
  void misuseIsAnsweredInItsTurnAndByItsName() throws Exception {
    get(client.create("/misuse", bytes("")));
    get(client.create("/misuse/e", bytes(""), CreateMode.EPHEMERAL));
    assertEquals(ErrorCode.NODE_EXISTS, refused(client.create("/misuse", bytes(""))).code());
    assertEquals(ErrorCode.NO_NODE, refused(client.create("/misuse/no/way", bytes(""))).code());
    assertEquals(ErrorCode.NOT_EMPTY, refused(client.delete("/misuse")).code());
    assertEquals(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS, refused(client.create("/misuse/e/c", bytes(""))).code());
    assertEquals(ErrorCode.INVALID_ACL, refused(client.ask(new Operation.Create(
        "/misuse/a", bytes(""), CreateMode.PERSISTENT, List.of(), Optional.empty()))).code());
    assertEquals(ErrorCode.AUTH_FAILED, refused(client.ask(
        new Operation.AddAuth("no-such-scheme", bytes("x")))).code());
    Failure path = refused(client.getData("no-slash"));
    assertEquals(ErrorCode.BAD_ARGUMENTS, path.code());
    assertTrue(path.message().contains("'no-slash' has to begin with /"), path.message());
    Failure large = refused(client.create("/misuse/large", ByteString.fromArray(new byte[2 << 20])));
    assertEquals(ErrorCode.TOO_LARGE, large.code());
    assertTrue(large.message().contains("max-frame-size"), large.message());
    assertEquals("/misuse/fine", get(client.create("/misuse/fine", bytes(""))).path(), "the session goes on");
  }

  @Test
  void onlyWhoMayReadAndWriteDoes() throws Exception {
    get(client.authenticate("ann", "secret"));
    get(client.ask(new Operation.Create(
        "/private", bytes("mine"), CreateMode.PERSISTENT, Acl.CREATOR_ALL, Optional.empty())));
    TroupeClient stranger = application.open();
    assertEquals(ErrorCode.NO_AUTH, refused(stranger.getData("/private")).code());
    get(stranger.authenticate("ann", "secret"));
    assertEquals("mine", get(stranger.getData("/private")).data().utf8String());
    assertEquals("digest", get(client.ask(
        new Operation.GetAcl("/private", Consistency.SEQUENTIAL))).acl().getFirst().scheme());
    get(client.ask(new Operation.SetAcl("/private", Acl.READ_ONLY, 0)));
    assertEquals(ErrorCode.NO_AUTH, refused(stranger.setData("/private", bytes("yours"))).code());
    get(stranger.close());
  }

  @Test
  void thousandsOfRequestsAtOnceAreAnsweredInTheirOrder() throws Exception {
    get(client.create("/many", bytes("")));
    List<CompletionStage<Answer.Created>> created = new ArrayList<>();
    List<CompletionStage<Answer.Children>> seen = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      created.add(client.create("/many/n-", bytes("" + i), CreateMode.PERSISTENT_SEQUENTIAL));
      if (i % 500 == 0) {
        seen.add(client.getChildren("/many"));
      }
    }
    for (int i = 0; i < created.size(); i++) {
      assertEquals("/many/n-%010d".formatted(i), get(created.get(i)).path());
    }
    for (int i = 0; i < seen.size(); i++) {
      assertEquals(i * 500 + 1, get(seen.get(i)).names().size(), "a read sees all writes before it, and none behind");
    }
  }

  @Test
  void largeDataAndLongAnswersComeInParts() throws Exception {
    byte[] large = new byte[900_000];
    IntStream.range(0, large.length).forEach(i -> large[i] = (byte) (i * 31));
    get(client.create("/large", ByteString.fromArray(large)));
    assertEquals(ByteString.fromArray(large), get(client.getData("/large")).data());
    List<CompletionStage<Answer.Node>> reads = IntStream.range(0, 40).mapToObj(i -> client.getData("/large")).toList();
    for (CompletionStage<Answer.Node> read : reads) {
      assertEquals(large.length, get(read).data().length());
    }
  }

  @Test
  void anAnswerThatIsTooLargeIsRefusedAndTheSessionGoesOn() throws Exception {
    get(client.create("/heavy", ByteString.fromArray(new byte[1_000_000])));
    Operation.GetData part = new Operation.GetData("/heavy", Consistency.SEQUENTIAL);
    Failure large = refused(client.ask(new Operation.ReadMany(Collections.nCopies(70, part))));
    assertEquals(ErrorCode.TOO_LARGE, large.code());
    assertTrue(large.message().contains("unread-limit"), large.message());
    assertEquals(5, get(client.ask(new Operation.ReadMany(Collections.nCopies(5, part)))).results().size());
    assertInstanceOf(SessionEvent.Connected.class, client.state());
  }

  @Test
  void writesOnEitherSideOfOneThatIsTooLargeAreDone() throws Exception {
    CompletionStage<Answer.Created> before = client.create("/before-large", bytes(""));
    List<CompletionStage<?>> large = new ArrayList<>();
    for (int size = (1 << 20) - 60; size < (1 << 20) - 20; size++) { // for one of these the number is the last straw
      large.add(client.setData("/before-large", ByteString.fromArray(new byte[size])));
    }
    CompletionStage<Answer.Created> after = client.create("/after-large", bytes(""));
    get(before);
    get(after);
    long refused = large.stream().filter(each -> each.toCompletableFuture().isCompletedExceptionally()).count();
    assertTrue(refused > 0 && refused < large.size(), () -> refused + " of " + large.size());
    assertEquals(get(client.getData("/before-large")).stat().version(), large.size() - refused);
    assertInstanceOf(SessionEvent.Connected.class, client.state());
  }

  @Test
  void whoeverAsksNonsenseOrListensBadlyHurtsNobodyElse() throws Exception {
    client.onEvent(event -> {
      throw new IllegalStateException("of a listener");
    });
    assertEquals(ErrorCode.BAD_ARGUMENTS, refused(client.getData(null)).code());
    assertEquals(ErrorCode.BAD_ARGUMENTS, refused(client.create("/null", null)).code());
    assertEquals(ErrorCode.BAD_ARGUMENTS, refused(client.ask(new Operation.Create("/ttl", bytes(""),
        CreateMode.PERSISTENT, Acl.OPEN, Optional.of(Duration.ofSeconds(Long.MAX_VALUE))))).code());
    assertEquals("/sense", get(client.create("/sense", bytes(""))).path());
  }

  @Test
  void whoeverWaitsIsToldThatTheSessionsActorWasStopped() throws Exception {
    TroupeClient other = application.open();
    CompletionStage<WatchEvent> change =
        other.watch("/stopped", WatchScope.NODE, get(other.exists("/stopped")).zxid())
            .runWith(Sink.head(), application.system());
    get(other.sync());
    Adapter.toClassic(application.system()).stop(Adapter.toClassic(other.session()));
    assertEquals(ErrorCode.SESSION_CLOSED, refused(change).code());
    Await.until("it is known to be over", () -> other.state() instanceof SessionEvent.Ended);
    assertEquals(ErrorCode.SESSION_CLOSED, refused(other.getData("/stopped")).code());
    assertEquals(ErrorCode.SESSION_CLOSED, refused(
        other.watch("/stopped", WatchScope.NODE).runWith(Sink.head(), application.system())).code());
    get(other.close());
  }

  @Test
  void aSessionEndsWithItsEphemerals() throws Exception {
    TroupeClient other = application.open();
    get(other.create("/ends-with", bytes(""), CreateMode.EPHEMERAL));
    CompletionStage<Answer.Node> lastWord = other.getData("/ends-with");
    CompletionStage<Void> closed = other.close();
    get(lastWord);
    get(closed);
    stock.fence();
    assertFalse(stock.has("/ends-with"));
    assertEquals(ErrorCode.SESSION_CLOSED, refused(other.getData("/ends-with")).code());
    assertInstanceOf(SessionEvent.Ended.class, other.state());
  }

  @Test
  void theSessionOfAnApplicationThatIsGoneExpires() throws Exception {
    ActorApplication mortal = ActorApplication.join(ensemble.servers());
    TroupeClient left = get(TroupeClient.open(mortal.system(), mortal.settings().withTimeout(Duration.ofSeconds(1))));
    get(left.create("/left", bytes(""), CreateMode.EPHEMERAL));
    SessionId session = sessionOf(left);
    mortal.close();
    Await.until("its znode is gone", () -> get(client.exists("/left", Consistency.LINEARIZABLE)).stat().isEmpty());
    Throwable over = assertThrows(ExecutionException.class,
        () -> get(TroupeClient.open(application.system(), application.settings().resuming(session)))).getCause();
    assertEquals(ErrorCode.SESSION_EXPIRED, assertInstanceOf(TroupeException.class, over).code());
  }

  @Test
  void aSessionIsContinuedByWhoKnowsItsPassword() throws Exception {
    ActorApplication first = ActorApplication.join(ensemble.servers());
    TroupeClient before = first.open();
    get(before.create("/continued", bytes("x"), CreateMode.EPHEMERAL));
    SessionId session = sessionOf(before);
    first.close();
    TroupeClient after = get(TroupeClient.open(application.system(), application.settings().resuming(session)));
    assertEquals(session.id(), get(after.exists("/continued")).stat().orElseThrow().ephemeralOwner());
    get(after.setData("/continued", bytes("y"), 0));
    get(after.close());
    SessionId wrong = new SessionId(sessionOf(client).id(), 1, 2);
    Throwable foreign = assertThrows(ExecutionException.class,
        () -> get(TroupeClient.open(application.system(), application.settings().resuming(wrong)))).getCause();
    assertEquals(ErrorCode.FOREIGN_SESSION, assertInstanceOf(TroupeException.class, foreign).code());
  }

  @Test
  void whoFindsNoServerIsToldWhatToLookAt() throws Exception {
    ActorApplication lost = ActorApplication.join(
        ensemble.servers().clientHost(), List.of(ensemble.servers().clientHost() + ":" + NodeSettings.freePort()));
    Throwable failure = assertThrows(ExecutionException.class, () -> get(TroupeClient.open(
        lost.system(), lost.settings().withConnectTimeout(Duration.ofSeconds(1))))).getCause();
    Failure why = assertInstanceOf(TroupeException.class, failure).failure();
    assertEquals(ErrorCode.NO_SERVER, why.code());
    assertTrue(why.message().contains("troupe-client.servers"), why.message());
    lost.close();
  }

  @Test
  void streamsTellOfTheNodeOfItsChildrenOrOfAllBelow() throws Exception {
    long begin = get(client.create("/stream", bytes(""))).zxid();
    get(client.create("/stream/a", bytes("")));
    get(client.create("/stream/a/b", bytes("")));
    get(client.setData("/stream", bytes("x")));
    get(client.setData("/stream/a/b", bytes("x")));
    stock.setData("/stream/a", Client.bytes("x"), -1);
    get(client.delete("/stream/a/b"));
    get(client.delete("/stream/a"));
    assertEquals(List.of("DATA_CHANGED /stream"), changes(WatchScope.NODE, begin, 1));
    assertEquals(
        List.of("CREATED /stream/a", "DATA_CHANGED /stream/a", "DELETED /stream/a"),
        changes(WatchScope.CHILDREN, begin, 3));
    assertEquals(
        List.of("CREATED /stream/a", "CREATED /stream/a/b", "DATA_CHANGED /stream", "DATA_CHANGED /stream/a/b",
            "DATA_CHANGED /stream/a", "DELETED /stream/a/b", "DELETED /stream/a"),
        changes(WatchScope.SUBTREE, begin, 7));
  }

  private List<String> changes(WatchScope scope, long after, int number) throws Exception {
    return get(client.watch("/stream", scope, after).take(number).map(event -> event.kind() + " " + event.path())
        .runWith(Sink.seq(), application.system()));
  }

  @Test
  void aStreamWaitsForItsTakerAndLosesNothing() throws Exception {
    long begin = get(client.create("/slow", bytes(""))).zxid();
    CompletionStage<List<WatchEvent>> taken = client.watch("/slow", WatchScope.NODE, begin)
        .throttle(2_000, Duration.ofSeconds(1)).take(3_000).runWith(Sink.seq(), application.system());
    List<CompletionStage<Answer.DataSet>> sets =
        IntStream.range(0, 3_000).mapToObj(i -> client.setData("/slow", bytes("" + i))).toList();
    List<Long> zxids = new ArrayList<>();
    for (CompletionStage<Answer.DataSet> set : sets) {
      zxids.add(get(set).zxid());
    }
    assertEquals(zxids, get(taken).stream().map(WatchEvent::zxid).toList());
  }

  @Test
  void aStreamFromBeforeTheHistorySaysSo() {
    Throwable failure = assertThrows(ExecutionException.class, () -> get(
        client.watch("/", WatchScope.SUBTREE, -1).runWith(Sink.ignore(), application.system()))).getCause();
    assertInstanceOf(CompactedException.class, failure);
  }

  @Test
  void aTokenIsGoodForAsLongAsItsZnodeIsThere() throws Exception {
    Fence held = get(client.create("/held", bytes(""), CreateMode.EPHEMERAL)).fence();
    assertTrue(get(client.isHeld(held)));
    get(client.delete("/held"));
    Fence later = get(client.create("/held", bytes(""), CreateMode.EPHEMERAL)).fence();
    assertFalse(get(client.isHeld(held)));
    assertTrue(get(client.isHeld(later)));
    assertTrue(later.isAfter(held));
  }

  @Test
  void theSameIsThereForActors() throws Exception {
    ActorRef<Session.Command> session = application.system().systemActorOf(
        Session.create(application.settings()), "a-session", Props.empty());
    TestProbe<SessionEvent> events = TestProbe.create(application.system());
    TestProbe<Result<Answer.Created>> answers = TestProbe.create(application.system());
    session.tell(new Session.Ask<>(
        new Operation.Create("/by-actor", bytes("x"), CreateMode.EPHEMERAL), answers.getRef()));
    assertInstanceOf(Result.Done.class, answers.receiveMessage(Await.LIMIT));
    session.tell(new Session.Subscribe(events.getRef()));
    assertInstanceOf(SessionEvent.Connected.class, events.receiveMessage());
    session.tell(new Session.Ask<>(
        new Operation.Create("/by-actor", bytes("x"), CreateMode.EPHEMERAL), answers.getRef()));
    assertEquals(ErrorCode.NODE_EXISTS,
        assertInstanceOf(Result.Failed.class, answers.receiveMessage()).failure().code());
    session.tell(new Session.Close());
    assertInstanceOf(SessionEvent.Ended.class, events.receiveMessage(Await.LIMIT));
  }

  private static SessionId sessionOf(TroupeClient client) {
    return assertInstanceOf(SessionEvent.Connected.class, client.state()).session();
  }
}
