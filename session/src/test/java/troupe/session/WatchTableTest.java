package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import troupe.session.ClientRequest.WatchType;
import troupe.tree.NodeEvent.Kind;

class WatchTableTest {
  private static final List<Integer> KINDS =
      List.of(WatchTable.DATA, WatchTable.CHILD, WatchTable.PERSISTENT, WatchTable.RECURSIVE);

  private final WatchTable table = new WatchTable();
  private final SessionHandle one = handle(1);
  private final SessionHandle two = handle(2);

  private static SessionHandle handle(long id) {
    return new SessionHandle(id, TestInbox.<Session.Command>create().getRef());
  }

  private Set<SessionHandle> fire(Kind kind, String path) {
    List<SessionHandle> told = List.copyOf(table.fire(kind, path));
    assertEquals(told.size(), Set.copyOf(told).size(), "told twice");
    return Set.copyOf(told);
  }

  @Test
  void aDataWatchIsForTheNodeAndFiresOnce() {
    table.add(one, "/a", WatchTable.DATA);
    assertEquals(Set.of(), fire(Kind.CHILDREN_CHANGED, "/a"));
    assertEquals(Set.of(), fire(Kind.DATA_CHANGED, "/a/b"));
    assertEquals(Set.of(one), fire(Kind.DATA_CHANGED, "/a"));
    assertEquals(Set.of(), fire(Kind.DATA_CHANGED, "/a"));
    assertEquals(0, table.watches());
  }

  @Test
  void aChildWatchFiresOnceForChildrenOrForTheNodesEnd() {
    table.add(one, "/a", WatchTable.CHILD);
    table.add(two, "/a", WatchTable.CHILD);
    assertEquals(Set.of(), fire(Kind.DATA_CHANGED, "/a"));
    assertEquals(Set.of(one, two), fire(Kind.CHILDREN_CHANGED, "/a"));
    table.add(one, "/a", WatchTable.CHILD);
    assertEquals(Set.of(one), fire(Kind.DELETED, "/a"));
    assertEquals(0, table.watches());
  }

  @Test
  void aSessionWithSeveralWatchesOnOnePathIsToldOnce() {
    KINDS.forEach(kind -> table.add(one, "/a", kind));
    assertEquals(Set.of(one), fire(Kind.DELETED, "/a"));
    assertFalse(table.contains(one, "/a", WatchType.DATA));
    assertFalse(table.contains(one, "/a", WatchType.CHILDREN));
    assertEquals(Set.of(one), fire(Kind.CREATED, "/a"));
  }

  @Test
  void aRecursiveWatchIsForAllBelowButNotForChildrensEvents() {
    table.add(one, "/a", WatchTable.RECURSIVE);
    table.add(two, "/", WatchTable.RECURSIVE);
    assertEquals(Set.of(one, two), fire(Kind.CREATED, "/a/b/c"));
    assertEquals(Set.of(one, two), fire(Kind.DATA_CHANGED, "/a"));
    assertEquals(Set.of(two), fire(Kind.CREATED, "/ab"));
    assertEquals(Set.of(), fire(Kind.CHILDREN_CHANGED, "/a"));
    assertEquals(Set.of(two), fire(Kind.DATA_CHANGED, "/"));
  }

  @Test
  void onlyTheKindThatIsRemovedGoes() {
    KINDS.forEach(kind -> table.add(one, "/a", kind));
    assertTrue(table.remove(one, "/a", WatchType.RECURSIVE));
    assertFalse(table.remove(one, "/a", WatchType.RECURSIVE));
    assertEquals(Set.of(), fire(Kind.CREATED, "/a/b"));
    assertTrue(table.remove(one, "/a", WatchType.ANY));
    assertFalse(table.contains(one, "/a", WatchType.ANY));
    assertFalse(table.remove(two, "/b", WatchType.ANY));
  }

  @Test
  void nothingIsLeftOfASessionThatHasGone() {
    KINDS.forEach(kind -> table.add(one, "/" + kind, kind));
    table.add(two, "/" + WatchTable.DATA, WatchTable.DATA);
    assertEquals(1 + 1 + 2 + 1 + 1, table.watches());
    table.removeAll(one);
    assertEquals(1, table.watches());
    table.forEachWatchOfData((session, path) -> assertEquals(two.id(), session));
    assertEquals(Set.of(two), fire(Kind.DATA_CHANGED, "/" + WatchTable.DATA));
    assertEquals(0, table.watches());
    assertEquals(Set.of(), fire(Kind.CREATED, "/" + WatchTable.RECURSIVE + "/x"));
  }

  @Test
  void doesAsZooKeeperDoesWhateverTheOrder() {
    for (long seed = 0; seed < 500; seed++) {
      compareWithModel(new Random(seed), "seed " + seed);
    }
  }

  private void compareWithModel(Random random, String seed) {
    WatchTable real = new WatchTable();
    Map<SessionHandle, ModelOfWatches> model = new HashMap<>();
    model.put(one, new ModelOfWatches());
    model.put(two, new ModelOfWatches());
    List<String> paths = List.of("/", "/a", "/a/b", "/a/b/c", "/ab");
    for (int i = 0; i < 100; i++) {
      SessionHandle session = random.nextBoolean() ? one : two;
      String path = paths.get(random.nextInt(paths.size()));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          int kind = KINDS.get(random.nextInt(KINDS.size()));
          real.add(session, path, kind);
          model.get(session).add(kind, path);
        }
        case 3 -> {
          WatchType type = WatchType.values()[random.nextInt(WatchType.values().length)];
          assertEquals(model.get(session).remove(type, path), real.remove(session, path, type), seed);
        }
        case 4 -> {
          if (random.nextInt(5) == 0) {
            real.removeAll(session);
            model.put(session, new ModelOfWatches());
          }
        }
        default -> {
          Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
          Set<SessionHandle> expected = new HashSet<>();
          model.forEach((who, watches) -> {
            if (watches.fire(kind, path)) {
              expected.add(who);
            }
          });
          List<SessionHandle> told = new ArrayList<>(real.fire(kind, path));
          assertEquals(expected, Set.copyOf(told), seed);
          assertEquals(expected.size(), told.size(), seed);
        }
      }
    }
    Stream.of(one, two).forEach(session -> {
      for (WatchType type : WatchType.values()) {
        paths.forEach(path ->
            assertEquals(model.get(session).has(type, path), real.contains(session, path, type), seed));
      }
    });
  }
}
