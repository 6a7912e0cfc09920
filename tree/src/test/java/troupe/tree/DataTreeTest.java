package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.ensemble.Zxid;

/** What clients know of a tree's numbers, one trap at a time; all of them together: {@link DataTreePropertyTest}. */
class DataTreeTest {
  private static final List<Acl.Entry> OPEN = Acl.OPEN.entries();

  private final Trees trees = new Trees();

  /** A stack is only so deep: a snapshot visits the nodes below a node before those beside it. */
  @Test
  void aTreeHasOnlySoManyLevels() throws InterruptedException {
    Trees trees = new Trees();
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < Paths.DEEPEST; i++) {
      trees.create(path.append("/x").toString());
    }
    assertEquals(new Outcome.Failed(ErrorCode.BAD_ARGUMENTS), trees.perform(Trees.creation(path + "/x", 0)));
    int[] nodes = {0};
    Thread visitor = new Thread(null, () -> trees.tree().forEachNode((depth, name, node) -> nodes[0]++), "visitor", 512 << 10);
    visitor.start();
    visitor.join();
    assertEquals(trees.tree().nodeCount(), nodes[0]);
  }

  @Test
  void aNewTreeHasZooKeepersOwnNodesThatNobodyCreated() {
    DataTree tree = DataTree.initial();
    assertEquals(Set.of("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"), Set.copyOf(Trees.paths(tree)));
    assertEquals(new Stat(0, 0, 0, 0, 0, -1, 0, 0, 0, 1, 0), tree.find("/").orElseThrow().stat());
    assertEquals(new Stat(0, 0, 0, 0, 0, -2, 0, 0, 0, 2, 0), tree.find("/zookeeper").orElseThrow().stat());
    assertEquals(-1, tree.find("/zookeeper/config").orElseThrow().stat().aversion());
    assertEquals(Zxid.ZERO, tree.lastZxid());
  }

  @Test
  void aNewNodeIsAsItsTransactionSays() {
    Outcome outcome = trees.perform(new Operation.Create(
        "/a", new byte[3], OPEN, 1, Operation.Create.Kind.PLAIN, -1));
    Stat stat = new Stat(trees.zxid(), trees.zxid(), trees.now(), trees.now(), 0, 0, 0, Trees.SESSION, 3, 0, trees.zxid());
    assertEquals(new Outcome.Created("/a", stat), outcome);
    assertEquals(stat, trees.stat("/a"));
  }

  @Test
  void childrenThatComeAndGoMoveTheParentsCversionAndPzxidAndNothingElse() {
    trees.create("/a");
    Stat before = trees.stat("/a");
    trees.create("/a/x", "/a/y").delete("/a/x");
    long deletion = trees.zxid();
    trees.create("/elsewhere");
    assertEquals(new Stat(before.czxid(), before.mzxid(), before.ctime(), before.mtime(), 0, 3, 0, 0, 2, 1, deletion),
        trees.stat("/a"));
  }

  @Test
  void whatHappensToOrBelowAChildIsNotSeenAtTheParent() {
    trees.create("/a", "/a/b");
    Stat before = trees.stat("/a");
    trees.succeed(new Operation.SetData("/a/b", new byte[9], -1)).succeed(new Operation.SetAcl("/a/b", OPEN, -1))
        .create("/a/b/c").delete("/a/b/c");
    assertEquals(before, trees.stat("/a"));
  }

  @Test
  void settingDataMovesVersionMzxidAndMtime() {
    trees.create("/a", "/a/b");
    Stat before = trees.stat("/a");
    trees.succeed(new Operation.SetData("/a", new byte[7], 0));
    assertEquals(new Stat(before.czxid(), trees.zxid(), before.ctime(), trees.now(), 1, 1, 0, 0, 7, 1, before.pzxid()),
        trees.stat("/a"));
  }

  @Test
  void settingAnAclMovesAversionOnly() {
    trees.create("/a");
    Stat before = trees.stat("/a");
    trees.succeed(new Operation.SetAcl("/a", Acl.READ_ONLY.entries(), 0));
    assertEquals(new Stat(before.czxid(), before.mzxid(), before.ctime(), before.mtime(), 0, 0, 1, 0, 2, 0, before.pzxid()),
        trees.stat("/a"));
  }

  @Test
  void sequenceNumbersCountCreationsAndAreNeverUsedAgain() {
    trees.create("/a");
    Operation.Create sequential = new Operation.Create(
        "/a/n-", new byte[0], OPEN, 2, Operation.Create.Kind.PLAIN, -1);
    trees.succeed(sequential).succeed(sequential).delete("/a/n-0000000000", "/a/n-0000000001");
    trees.create("/a/plain").succeed(sequential); // every child counts
    assertEquals(Set.of("plain", "n-0000000003"), Set.copyOf(trees.node("/a").childNames()));
  }

  @Test
  void sequenceNumbersBecomeNegativeAfterTwoToThe31() {
    TreeBuilder builder = new TreeBuilder();
    builder.session(Trees.SESSION, new SessionInfo(1, new Password(1, 1)));
    builder.node(0, "", new Znode(new byte[0], Acl.OPEN, 0, 0, 0, 0, 0, 0, 0, Integer.MAX_VALUE, 0));
    DataTree tree = builder.build(new Zxid(1, 8));
    for (String name : List.of("/n-2147483647", "/n--2147483648", "/n--2147483647")) {
      Operation next = new Operation.Create("/n-", new byte[0], OPEN, 2, Operation.Create.Kind.PLAIN, -1);
      tree = tree.apply(new Transaction(
          tree.lastZxid().next(), Trees.SESSION, 1, 1, tree.prepare(next, Trees.CLIENT, true))).tree();
      assertTrue(tree.find(name).isPresent(), name + ": " + Trees.paths(tree));
    }
    assertEquals(Integer.MIN_VALUE + 2, tree.find("/").orElseThrow().creations());
  }

  @Test
  void noDataIsToldFromEmptyData() {
    trees.succeed(new Operation.Create("/none", Znode.NO_DATA, OPEN, 0, Operation.Create.Kind.PLAIN, -1))
        .succeed(new Operation.Create("/empty", new byte[0], OPEN, 0, Operation.Create.Kind.PLAIN, -1));
    assertSame(Znode.NO_DATA, trees.node("/none").data());
    assertNotSame(Znode.NO_DATA, trees.node("/empty").data());
    trees.succeed(new Operation.SetData("/empty", Znode.NO_DATA, -1));
    assertSame(Znode.NO_DATA, trees.node("/empty").data());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/a/", "//a", "/a//b", "/a/b/", "a/b", "/a/c", "/b"})
  void aPathThatNoNodeHasNamesNone(String path) {
    trees.create("/a", "/a/b");
    assertTrue(trees.tree().find(path).isEmpty());
  }

  @Test
  void theRootHasTwoNames() {
    assertSame(trees.node("/"), trees.node(""));
  }

  @Test
  void aSessionEndsWithItsEphemeralNodesAndNoOthers() {
    trees.create("/a").succeed(Trees.creation("/a/mine", 1)).succeed(Trees.creation("/mine", 1));
    trees.perform(new Requester(Trees.OTHER, List.of()), Trees.creation("/a/other", 1));
    assertEquals(Set.of("/a/mine", "/mine"), Set.copyOf(trees.tree().ephemeralsOf(Trees.SESSION)));
    assertEquals(3, trees.tree().ephemeralCount());
    assertEquals(new Outcome.SessionClosed(), trees.perform(new Operation.CloseSession()));
    assertEquals(List.of("other"), trees.node("/a").childNames());
    assertFalse(trees.tree().find("/mine").isPresent());
    assertEquals(List.of(Trees.OTHER), trees.tree().sessionsWithEphemerals());
    assertTrue(trees.tree().session(Trees.SESSION).isEmpty());
    assertEquals(1, trees.tree().sessionCount());
  }

  @Test
  void theMarkOfTheSessionsMovesWithThemOnly() {
    Object mark = trees.tree().sessionsMark();
    trees.create("/a").succeed(Trees.creation("/a/mine", 1)).delete("/a/mine");
    assertSame(mark, trees.tree().sessionsMark());
    trees.succeed(new Operation.CloseSession());
    assertNotSame(mark, trees.tree().sessionsMark());
  }

  @Test
  void aContainerIsExpiredOnceItHasHadChildren() {
    trees.succeed(Trees.container("/c"));
    assertEquals(List.of(), trees.tree().expired(Long.MAX_VALUE, 10));
    trees.create("/c/child");
    assertEquals(List.of(), trees.tree().expired(Long.MAX_VALUE, 10));
    trees.delete("/c/child");
    assertEquals(List.of("/c"), trees.tree().expired(Long.MIN_VALUE, 10));
    trees.perform(Requester.SERVER, new Operation.DeleteContainer("/c"));
    assertTrue(trees.tree().find("/c").isEmpty());
    assertEquals(List.of(), trees.tree().expired(Long.MAX_VALUE, 10));
  }

  @Test
  void aTtlNodeIsExpiredWhenNothingWasSetForLongerThanItLivesAndNothingIsBelow() {
    trees.succeed(Trees.ttlNode("/t", 5000));
    long created = trees.now();
    assertEquals(List.of(), trees.tree().expired(created + 5000, 10));
    assertEquals(List.of("/t"), trees.tree().expired(created + 5001, 10));
    trees.succeed(new Operation.SetData("/t", new byte[1], -1));
    assertEquals(List.of(), trees.tree().expired(trees.now() + 5000, 10));
    assertEquals(List.of("/t"), trees.tree().expired(trees.now() + 5001, 10));
    trees.create("/t/child");
    assertEquals(List.of(), trees.tree().expired(Long.MAX_VALUE / 2, 10));
  }

  @Test
  void noMoreExpireThanWereAskedFor() {
    for (String name : List.of("/c1", "/c2", "/c3")) {
      trees.succeed(Trees.container(name)).create(name + "/x").delete(name + "/x");
    }
    trees.succeed(Trees.ttlNode("/t1", 1)).succeed(Trees.ttlNode("/t2", 1));
    assertEquals(5, trees.tree().expired(Long.MAX_VALUE, 10).size());
    assertEquals(4, trees.tree().expired(Long.MAX_VALUE, 4).size());
    assertEquals(2, trees.tree().expired(Long.MAX_VALUE, 2).size());
    assertEquals(0, trees.tree().expired(Long.MAX_VALUE, 0).size());
  }

  @Test
  void containersAndTtlNodesShowNoOwner() {
    trees.succeed(Trees.container("/c")).succeed(Trees.ttlNode("/t", 5));
    assertEquals(0, trees.stat("/c").ephemeralOwner());
    assertEquals(0, trees.stat("/t").ephemeralOwner());
    assertEquals(0, trees.tree().ephemeralCount());
  }

  @Test
  void aTransactionThatDoesNotFollowIsRefused() {
    Change change = new Change.CreateNode("/a", new byte[0], Acl.OPEN, 0);
    Zxid last = trees.tree().lastZxid();
    for (Zxid wrong : List.of(last, last.next().next(), new Zxid(2, 2), new Zxid(0, 1))) {
      assertThrows(IllegalStateException.class,
          () -> trees.tree().apply(new Transaction(wrong, Trees.SESSION, 1, 1, change)), wrong.toString());
    }
    trees.tree().apply(new Transaction(new Zxid(2, 1), Trees.SESSION, 1, 1, change));
  }

  @Test
  void aTransactionThatThisTreeCannotDoIsADisagreementAndNotARefusal() {
    trees.create("/a", "/a/b");
    for (Change impossible : List.of(
        new Change.CreateNode("/a", new byte[0], Acl.OPEN, 0),
        new Change.CreateNode("/absent/b", new byte[0], Acl.OPEN, 0),
        new Change.DeleteNode("/a"),
        new Change.DeleteNode("/absent"),
        new Change.SetNodeData("/absent", new byte[0], 1),
        new Change.SetNodeAcl("/a/absent", Acl.OPEN, 1),
        new Change.SessionClosed(List.of("/a/absent")),
        new Change.Several(List.of(new Change.DeleteNode("/a/b"), new Change.DeleteNode("/a/b"))))) {
      String message = assertThrows(IllegalStateException.class,
          () -> trees.tree().apply(trees.transaction(Trees.SESSION, impossible)), impossible.toString()).getMessage();
      assertTrue(message.contains(trees.next().toString()), message);
    }
  }

  @Test
  void aRefusalTakesItsPlaceInHistoryAndChangesNothingElse() {
    trees.create("/a");
    DataTree before = trees.tree();
    assertEquals(new Outcome.Failed(ErrorCode.NODE_EXISTS), trees.perform(Trees.creation("/a", 0)));
    assertEquals(before.lastZxid().next(), trees.tree().lastZxid());
    assertEquals(before.digest(), trees.tree().digest());
    assertSame(before.find("/").orElseThrow(), trees.node("/"));
  }

  @Test
  void theSameTransactionsGiveTheSameDigestAndAnotherOrderAnother() {
    assertEquals(new Trees().create("/a", "/b").tree().digest(), new Trees().create("/a", "/b").tree().digest());
    assertNotEquals(new Trees().create("/a", "/b").tree().digest(), new Trees().create("/b", "/a").tree().digest());
  }

  @Test
  void aTreeIsBuiltParentsFirstFromOneRoot() {
    Znode node = trees.node("/zookeeper/quota");
    assertThrows(IllegalArgumentException.class, () -> new TreeBuilder().build(Zxid.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new TreeBuilder().node(1, "a", node));
    TreeBuilder builder = new TreeBuilder();
    builder.node(0, "", node);
    assertThrows(IllegalArgumentException.class, () -> builder.node(0, "", node));
    assertThrows(IllegalArgumentException.class, () -> builder.node(2, "b", node));
    builder.node(1, "a", node);
    assertThrows(IllegalArgumentException.class, () -> builder.node(3, "b", node));
    builder.node(2, "b", node);
    builder.node(1, "c", node);
    assertThrows(IllegalArgumentException.class, () -> builder.node(3, "d", node));
    assertEquals(Set.of("/", "/a", "/a/b", "/c"), Set.copyOf(Trees.paths(builder.build(Zxid.ZERO))));
  }
}
