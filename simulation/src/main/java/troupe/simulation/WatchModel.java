package troupe.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import troupe.session.ClientRequest;
import troupe.tree.DataTree;
import troupe.tree.NodeEvent;

/**
 * What a connection's watches have to tell it, and what they did: before a client sees a state, it has heard of
 * everything it watches that happened up to there, each once, in order, and of nothing else.
 */
final class WatchModel {
  /** Kinds of watches. */
  enum Kind {
    DATA,
    CHILD,
    PERSISTENT,
    RECURSIVE
  }

  private record Watch(Kind kind, String path) {}

  /** An event as a client is told of it; the zxid is -1 for what it missed while it was away. */
  record Told(long zxid, NodeEvent.Kind kind, String path) {}

  private final Oracle oracle;
  private final Map<Watch, Boolean> watches = new LinkedHashMap<>();
  private final Deque<Told> told = new ArrayDeque<>();
  private long checkedUpTo;

  /** @param lastSeen the state that the client has seen */
  WatchModel(Oracle oracle, long lastSeen) {
    this.oracle = oracle;
    this.checkedUpTo = lastSeen;
  }

  /** The connection is gone: what a client asks the next server to watch for it. */
  ClientRequest.SetWatches lost(long lastSeen) {
    told.forEach(event -> fire(event.kind(), event.path()));
    DataTree tree = oracle.treeAt(lastSeen);
    List<String> data = paths(Kind.DATA);
    return new ClientRequest.SetWatches(
        lastSeen,
        data.stream().filter(path -> tree.find(path).isPresent()).toList(),
        data.stream().filter(path -> tree.find(path).isEmpty()).toList(),
        paths(Kind.CHILD),
        paths(Kind.PERSISTENT),
        paths(Kind.RECURSIVE),
        true);
  }

  void told(Told event) {
    told.add(event);
  }

  void add(Kind kind, String path) {
    watches.put(new Watch(kind, path), true);
  }

  /** Whether there was one. */
  boolean contains(ClientRequest.WatchType type, String path) {
    return kinds(type).stream().anyMatch(kind -> watches.containsKey(new Watch(kind, path)));
  }

  void remove(ClientRequest.WatchType type, String path) {
    kinds(type).forEach(kind -> watches.remove(new Watch(kind, path)));
  }

  private static Set<Kind> kinds(ClientRequest.WatchType type) {
    return switch (type) {
      case CHILDREN -> Set.of(Kind.CHILD);
      case DATA -> Set.of(Kind.DATA);
      case ANY -> Set.of(Kind.values());
      case PERSISTENT -> Set.of(Kind.PERSISTENT);
      case RECURSIVE -> Set.of(Kind.RECURSIVE);
    };
  }

  private List<String> paths(Kind kind) {
    return watches.keySet().stream().filter(watch -> watch.kind == kind).map(Watch::path).toList();
  }

  /** The client sees the state at this zxid now. */
  void reached(long zxid) {
    List<Told> due = new ArrayList<>();
    for (Oracle.Happening happening : oracle.happenings(checkedUpTo, zxid)) {
      NodeEvent event = happening.event();
      if (fire(event.kind(), event.path())) {
        due.add(new Told(happening.zxid(), event.kind(), event.path()));
      }
    }
    checkedUpTo = Math.max(checkedUpTo, zxid);
    List<Told> heard = new ArrayList<>();
    while (!told.isEmpty() && told.peek().zxid() <= zxid) {
      heard.add(told.poll());
    }
    // What happened at once is told in any order.
    if (!inOrder(due).equals(inOrder(heard)) || !isInOrder(heard)) {
      throw new Violation("the client sees the state at " + Oracle.hex(zxid) + " and should have been told of " + due
          + " before; it was told of " + heard);
    }
  }

  private static List<String> inOrder(List<Told> events) {
    return events.stream().map(Told::toString).sorted().toList();
  }

  private static boolean isInOrder(List<Told> events) {
    return IntStream.range(1, events.size()).allMatch(i -> events.get(i - 1).zxid() <= events.get(i).zxid());
  }

  private boolean fire(NodeEvent.Kind event, String path) {
    boolean due = false;
    for (Watch watch : List.copyOf(watches.keySet())) {
      if (matches(watch, event, path)) {
        due = true;
        if (watch.kind == Kind.DATA || watch.kind == Kind.CHILD) {
          watches.remove(watch);
        }
      }
    }
    return due;
  }

  private static boolean matches(Watch watch, NodeEvent.Kind event, String path) {
    boolean here = watch.path.equals(path);
    boolean below = watch.path.equals("/") || path.startsWith(watch.path + "/");
    boolean ofChildren = event == NodeEvent.Kind.CHILDREN_CHANGED;
    return switch (watch.kind) {
      case DATA -> here && !ofChildren;
      case CHILD -> here && (ofChildren || event == NodeEvent.Kind.DELETED);
      case PERSISTENT -> here;
      case RECURSIVE -> (here || below) && !ofChildren;
    };
  }

  /** The registry has taken what the client watched before it was away: it has been told what it missed. */
  void resumed(ClientRequest.SetWatches set, long zxid) {
    DataTree tree = oracle.treeAt(zxid);
    TreeSet<String> due = new TreeSet<>();
    for (String path : set.data()) {
      tree.find(path).ifPresentOrElse(node -> {
        if (node.mzxid() > set.since()) {
          due.add(new Told(-1, NodeEvent.Kind.DATA_CHANGED, path).toString());
        } else {
          add(Kind.DATA, path);
        }
      }, () -> due.add(new Told(-1, NodeEvent.Kind.DELETED, path).toString()));
    }
    for (String path : set.exist()) {
      if (tree.find(path).isPresent()) {
        due.add(new Told(-1, NodeEvent.Kind.CREATED, path).toString());
      } else {
        add(Kind.DATA, path);
      }
    }
    for (String path : set.child()) {
      tree.find(path).ifPresentOrElse(node -> {
        if (node.pzxid() > set.since()) {
          due.add(new Told(-1, NodeEvent.Kind.CHILDREN_CHANGED, path).toString());
        } else {
          add(Kind.CHILD, path);
        }
      }, () -> due.add(new Told(-1, NodeEvent.Kind.DELETED, path).toString()));
    }
    set.persistent().forEach(path -> add(Kind.PERSISTENT, path));
    set.recursive().forEach(path -> add(Kind.RECURSIVE, path));
    TreeSet<String> heard = new TreeSet<>();
    List<Told> later = new ArrayList<>();
    told.forEach(event -> {
      if (event.zxid() < 0) {
        heard.add(event.toString());
      } else {
        later.add(event);
      }
    });
    if (!heard.equals(due)) {
      throw new Violation("a client that was away since " + Oracle.hex(set.since()) + " was told of " + heard
          + ", but missed " + due);
    }
    told.clear();
    told.addAll(later);
    checkedUpTo = zxid;
  }
}
