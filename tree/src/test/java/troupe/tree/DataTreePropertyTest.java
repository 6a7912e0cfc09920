package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random requests, decided and applied, against {@link ModelTree}. */
class DataTreePropertyTest {
  private static final int STEPS = 600;
  private static final long[] SESSIONS = {Trees.SESSION, Trees.OTHER, Trees.NOBODY};

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 25);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyTreeIsWhatTheModelIs(int seed) {
    Random random = new Random(seed);
    Requests requests = new Requests(random);
    Trees trees = new Trees();
    ModelTree model = new ModelTree();
    for (long session : new long[] {Trees.SESSION, Trees.OTHER}) {
      model.sessions.put(session, new SessionInfo(30_000, new Password(session, 1)));
    }
    for (int i = 0; i < STEPS; i++) {
      Requester requester = requests.requester();
      Operation operation = requests.operation(trees.tree());
      Change change = trees.tree().prepare(operation, requester, true);
      Transaction transaction = trees.transaction(requester.session(), change);
      Applied applied = trees.apply(transaction);
      ModelTree.Expected expected = model.apply(transaction);
      assertSame(transaction, applied.transaction());
      assertEquals(expected.outcome(), applied.outcome(), () -> "of " + operation);
      assertEquals(expected.events(), applied.events(), () -> "of " + operation);
      assertEquals(transaction.zxid(), trees.tree().lastZxid());
      if (i % 40 == 0 || i == STEPS - 1) {
        assertIsThe(model, trees.tree(), trees.now());
        DataTree rebuilt = Trees.rebuilt(trees.tree());
        assertIsThe(model, rebuilt, trees.now());
        assertEquals(rebuilt.digest(), trees.tree().digest(), "the digest that was added up");
      }
    }
  }

  private static void assertIsThe(ModelTree model, DataTree tree, long now) {
    assertEquals(model.nodes.keySet(), new HashSet<>(Trees.paths(tree)));
    for (Map.Entry<String, ModelTree.Node> expected : model.nodes.entrySet()) {
      String path = expected.getKey();
      Znode node = tree.find(path).orElseThrow();
      assertEquals(model.stat(path), node.stat(), path);
      assertTrue(model.hasData(path, node.data()), path);
      assertEquals(expected.getValue().acl, node.acl(), path);
      assertEquals(expected.getValue().owner, node.owner(), path);
      assertEquals(model.children(path), Set.copyOf(node.childNames()), path);
    }
    assertEquals(model.nodes.size(), tree.nodeCount());
    assertEquals(model.nodes.size() - 1, tree.countBelow(tree.find("/").orElseThrow()));
    assertEquals(model.dataSize(), tree.dataSize());
    assertEquals(model.sessions.size(), tree.sessionCount());
    int ephemerals = 0;
    Set<Long> owners = new HashSet<>();
    for (long session : SESSIONS) {
      Set<String> paths = model.ephemeralsOf(session);
      assertEquals(paths, Set.copyOf(tree.ephemeralsOf(session)));
      assertEquals(paths.size(), tree.ephemeralsOf(session).size());
      ephemerals += paths.size();
      if (!paths.isEmpty()) {
        owners.add(session);
      }
      assertEquals(model.sessions.containsKey(session), tree.session(session).isPresent());
    }
    assertEquals(ephemerals, tree.ephemeralCount());
    assertEquals(owners, Set.copyOf(tree.sessionsWithEphemerals()));
    assertEquals(model.expired(now), Set.copyOf(tree.expired(now, Integer.MAX_VALUE)));
  }

  @Test
  void theRequestsReachEveryKindOfChangeAndRefusal() {
    Map<ErrorCode, Integer> refusals = new EnumMap<>(ErrorCode.class);
    Set<Class<?>> changes = new HashSet<>();
    for (int seed = 1; seed <= 25; seed++) {
      Requests requests = new Requests(new Random(seed));
      Trees trees = new Trees();
      for (int i = 0; i < STEPS; i++) {
        Requester requester = requests.requester();
        Change change = trees.tree().prepare(requests.operation(trees.tree()), requester, true);
        trees.apply(trees.transaction(requester.session(), change));
        changes.add(change.getClass());
        if (change instanceof Change.Failed failed) {
          refusals.merge(failed.reason(), 1, Integer::sum);
        }
      }
    }
    // All but Checked, which is to be had within a multi only.
    assertEquals(Change.class.getPermittedSubclasses().length - 1, changes.size(), changes.toString());
    for (ErrorCode reason : List.of(ErrorCode.NO_NODE, ErrorCode.NODE_EXISTS, ErrorCode.NOT_EMPTY, ErrorCode.NO_AUTH,
        ErrorCode.BAD_VERSION, ErrorCode.NO_CHILDREN_FOR_EPHEMERALS, ErrorCode.SESSION_EXPIRED,
        ErrorCode.BAD_ARGUMENTS)) {
      assertTrue(refusals.getOrDefault(reason, 0) >= 10, reason + ": " + refusals);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aTreeStaysAsItIsWhateverIsMadeOfIt(int seed) {
    Requests requests = new Requests(new Random(seed));
    Trees trees = new Trees();
    List<DataTree> older = new ArrayList<>();
    List<Long> digests = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      trees.perform(requests.requester(), requests.operation(trees.tree()));
      if (i % 60 == 0) {
        older.add(trees.tree());
        digests.add(trees.tree().digest());
      }
    }
    assertEquals(digests, older.stream().map(tree -> Trees.rebuilt(tree).digest()).toList());
    assertNotEquals(digests.getFirst(), digests.getLast());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aMultiIsItsOperationsOneAfterTheOtherInOneTransactionOrNothing(int seed) {
    Random random = new Random(seed);
    Requests requests = new Requests(random);
    Trees trees = new Trees();
    for (int i = 0; i < 200; i++) {
      DataTree before = trees.tree();
      List<Operation> operations = requests.multi(before).operations();
      Outcome outcome = trees.perform(new Operation.Multi(operations));
      List<Outcome> outcomes = assertInstanceOf(Outcome.Several.class, outcome).outcomes();
      assertEquals(operations.size(), outcomes.size());
      List<ErrorCode> reasons = outcomes.stream()
          .filter(Outcome.Failed.class::isInstance)
          .map(each -> ((Outcome.Failed) each).reason())
          .toList();
      if (reasons.isEmpty()) {
        continue; // what it did is compared by everyTreeIsWhatTheModelIs
      }
      assertEquals(operations.size(), reasons.size(), "all of them fail, or none");
      assertEquals(before.digest(), trees.tree().digest());
      assertEquals(Trees.paths(before), Trees.paths(trees.tree()));
      int failed = (int) reasons.stream().takeWhile(reason -> reason == ErrorCode.OK).count();
      // Those before it succeed without it, and it fails after them in the same way on its own.
      Change shorter = before.prepare(new Operation.Multi(operations.subList(0, failed)), Trees.CLIENT, true);
      DataTree then = before.apply(new Transaction(trees.tree().lastZxid(), Trees.SESSION, 0, 0,
          assertInstanceOf(Change.Several.class, shorter))).tree();
      assertEquals(new Change.Failed(reasons.get(failed)), then.prepare(operations.get(failed), Trees.CLIENT, true));
      assertTrue(reasons.stream().skip(failed + 1).allMatch(reason -> reason == ErrorCode.RUNTIME_INCONSISTENCY));
    }
  }
}
