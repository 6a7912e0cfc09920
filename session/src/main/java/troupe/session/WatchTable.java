package troupe.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import troupe.session.ClientRequest.WatchType;
import troupe.tree.NodeEvent;

/**
 * Who watches what. A session has at most one watch of each kind on a path, and is told once of what happens, however
 * many of its watches it concerns. Source: ZooKeeper's WatchManager, of which a server has one for data and one for
 * children.
 */
final class WatchTable {
  /** One-shot, for the node's data, coming or going. */
  static final int DATA = 1;

  /** One-shot, for its children, or its going. */
  static final int CHILD = 2;

  /** Both of these, and stays. */
  static final int PERSISTENT = 4;

  /** The data, coming or going of the node and of all below it, and stays. */
  static final int RECURSIVE = 8;

  private static final int OF_DATA = DATA | PERSISTENT | RECURSIVE;
  private static final int OF_CHILDREN = CHILD | PERSISTENT;

  private final Map<String, Map<SessionHandle, Integer>> byPath = new HashMap<>();
  private final Map<SessionHandle, Set<String>> bySession = new HashMap<>();
  private int recursive;
  private int watches;

  void add(SessionHandle session, String path, int kind) {
    Map<SessionHandle, Integer> watchers = byPath.computeIfAbsent(path, p -> new HashMap<>(2));
    int before = watchers.getOrDefault(session, 0);
    watchers.put(session, before | kind);
    bySession.computeIfAbsent(session, s -> new HashSet<>(2)).add(path);
    recursive += (kind & ~before & RECURSIVE) != 0 ? 1 : 0;
    watches += count(before | kind) - count(before);
  }

  boolean contains(SessionHandle session, String path, WatchType type) {
    return (kinds(session, path) & kinds(type)) != 0;
  }

  /** Whether there was something to remove. */
  boolean remove(SessionHandle session, String path, WatchType type) {
    boolean present = contains(session, path, type);
    removeKinds(session, path, kinds(type));
    return present;
  }

  void removeAll(SessionHandle session) {
    for (String path : List.copyOf(bySession.getOrDefault(session, Set.of()))) {
      removeKinds(session, path, DATA | CHILD | PERSISTENT | RECURSIVE);
    }
  }

  /** Those to be told, each once; their one-shot watches that this was about are gone. */
  Collection<SessionHandle> fire(NodeEvent.Kind event, String path) {
    int oneShot = switch (event) {
      case CREATED, DATA_CHANGED -> DATA;
      case DELETED -> DATA | CHILD;
      case CHILDREN_CHANGED -> CHILD;
    };
    boolean ofSubtree = event != NodeEvent.Kind.CHILDREN_CHANGED;
    Map<SessionHandle, Integer> here = byPath.get(path);
    if (here == null && (recursive == 0 || !ofSubtree)) {
      return List.of();
    }
    Set<SessionHandle> told = new LinkedHashSet<>();
    if (here != null) {
      int matching = oneShot | PERSISTENT | (ofSubtree ? RECURSIVE : 0);
      here.forEach((session, kinds) -> {
        if ((kinds & matching) != 0) {
          told.add(session);
        }
      });
      told.forEach(session -> removeKinds(session, path, oneShot));
    }
    if (ofSubtree && recursive > 0) {
      addRecursiveAbove(path, told);
    }
    return told;
  }

  private void addRecursiveAbove(String path, Set<SessionHandle> told) {
    for (int slash = path.lastIndexOf('/'); slash >= 0 && path.length() > 1; slash = path.lastIndexOf('/', slash - 1)) {
      Map<SessionHandle, Integer> above = byPath.get(slash == 0 ? "/" : path.substring(0, slash));
      if (above != null) {
        above.forEach((session, kinds) -> {
          if ((kinds & RECURSIVE) != 0) {
            told.add(session);
          }
        });
      }
      if (slash == 0) {
        return;
      }
    }
  }

  /** One for the data and one for the children of a node are two; a persistent watch is both. */
  int watches() {
    return watches;
  }

  /** How many sessions watch exactly this path. */
  int watchersOf(String path) {
    return byPath.getOrDefault(path, Map.of()).size();
  }

  /** Leaves out those for children only. */
  void forEachWatchOfData(BiConsumer<Long, String> action) {
    byPath.forEach((path, watchers) -> watchers.forEach((session, kinds) -> {
      if ((kinds & OF_DATA) != 0) {
        action.accept(session.id(), path);
      }
    }));
  }

  private static int count(int kinds) {
    return ((kinds & OF_DATA) != 0 ? 1 : 0) + ((kinds & OF_CHILDREN) != 0 ? 1 : 0);
  }

  private int kinds(SessionHandle session, String path) {
    return byPath.getOrDefault(path, Map.of()).getOrDefault(session, 0);
  }

  private static int kinds(WatchType type) {
    return switch (type) {
      case DATA -> DATA;
      case CHILDREN -> CHILD;
      case PERSISTENT -> PERSISTENT;
      case RECURSIVE -> RECURSIVE;
      case ANY -> DATA | CHILD | PERSISTENT | RECURSIVE;
    };
  }

  private void removeKinds(SessionHandle session, String path, int gone) {
    int before = kinds(session, path);
    int after = before & ~gone;
    if (before == after) {
      return;
    }
    recursive -= (before & gone & RECURSIVE) != 0 ? 1 : 0;
    watches += count(after) - count(before);
    Map<SessionHandle, Integer> watchers = byPath.get(path);
    if (after != 0) {
      watchers.put(session, after);
      return;
    }
    watchers.remove(session);
    if (watchers.isEmpty()) {
      byPath.remove(path);
    }
    Set<String> paths = bySession.get(session);
    paths.remove(path);
    if (paths.isEmpty()) {
      bySession.remove(session);
    }
  }
}
