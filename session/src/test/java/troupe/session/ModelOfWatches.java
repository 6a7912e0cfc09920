package troupe.session;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import troupe.session.ClientRequest.WatchType;
import troupe.tree.NodeEvent;

/** What one client watches, told simply: ZooKeeper's WatchManager as sets of paths. */
final class ModelOfWatches {
  private final Set<String> data = new HashSet<>();
  private final Set<String> child = new HashSet<>();
  private final Set<String> persistent = new HashSet<>();
  private final Set<String> recursive = new HashSet<>();

  void add(int kind, String path) {
    of(kind).add(path);
  }

  private Set<String> of(int kind) {
    return switch (kind) {
      case WatchTable.DATA -> data;
      case WatchTable.CHILD -> child;
      case WatchTable.PERSISTENT -> persistent;
      case WatchTable.RECURSIVE -> recursive;
      default -> throw new IllegalArgumentException("no kind " + kind);
    };
  }

  boolean has(WatchType type, String path) {
    return switch (type) {
      case DATA -> data.contains(path);
      case CHILDREN -> child.contains(path);
      case PERSISTENT -> persistent.contains(path);
      case RECURSIVE -> recursive.contains(path);
      case ANY -> data.contains(path) || child.contains(path) || persistent.contains(path) || recursive.contains(path);
    };
  }

  boolean remove(WatchType type, String path) {
    boolean had = has(type, path);
    switch (type) {
      case DATA -> data.remove(path);
      case CHILDREN -> child.remove(path);
      case PERSISTENT -> persistent.remove(path);
      case RECURSIVE -> recursive.remove(path);
      case ANY -> Stream.of(data, child, persistent, recursive).forEach(paths -> paths.remove(path));
    }
    return had;
  }

  /** Whether the client is told; what is told once is forgotten. */
  boolean fire(NodeEvent.Kind kind, String path) {
    return switch (kind) {
      case CREATED, DATA_CHANGED -> data.remove(path) | persistent.contains(path) | isBelowRecursive(path);
      case DELETED -> data.remove(path) | child.remove(path) | persistent.contains(path) | isBelowRecursive(path);
      case CHILDREN_CHANGED -> child.remove(path) | persistent.contains(path);
    };
  }

  private boolean isBelowRecursive(String path) {
    return recursive.stream().anyMatch(
        above -> above.equals("/") || path.equals(above) || path.startsWith(above + "/"));
  }
}
