package troupe.tree;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import scala.collection.immutable.HashMap$;
import troupe.ensemble.Zxid;

/**
 * Heap per entry of a map, or per znode of a whole tree. Run in a JVM of its own with a collector that leaves no dead
 * object behind: {@code benchmark/measure memory} has the options.
 */
public final class Memory {
  private static final int DATA = 100;
  private static final int FAN_OUT = 100;
  private static final long TIME = 1_700_000_000_000L;

  private Memory() {}

  /** What is filled. */
  private enum Subject {
    TROUPE_MAP {
      @Override
      Object fill(int count, List<String> names) {
        PersistentMap<String, Object> map = PersistentMap.empty();
        for (String name : names) {
          map = map.with(name, name);
        }
        return map;
      }
    },
    SCALA_MAP {
      @Override
      Object fill(int count, List<String> names) {
        scala.collection.immutable.HashMap<String, Object> map = HashMap$.MODULE$.empty();
        for (String name : names) {
          map = map.updated(name, name);
        }
        return map;
      }
    },
    HASH_MAP {
      @Override
      Object fill(int count, List<String> names) {
        return put(new HashMap<>(), names);
      }
    },
    CONCURRENT_MAP {
      @Override
      Object fill(int count, List<String> names) {
        return put(new ConcurrentHashMap<>(), names);
      }
    },
    TROUPE_FLAT {
      @Override
      Object fill(int count, List<String> names) {
        return troupe(count, Memory::flat);
      }
    },
    ZOOKEEPER_FLAT {
      @Override
      Object fill(int count, List<String> names) {
        return zooKeeper(count, Memory::flat);
      }
    },
    TROUPE_DEEP {
      @Override
      Object fill(int count, List<String> names) {
        return troupe(count, Memory::deep);
      }
    },
    ZOOKEEPER_DEEP {
      @Override
      Object fill(int count, List<String> names) {
        return zooKeeper(count, Memory::deep);
      }
    };

    /**
     * @param names so many, for the maps: they are counted neither before nor after
     * @return all that is to be counted
     */
    abstract Object fill(int count, List<String> names);
  }

  /** The paths of a tree, parents first. */
  private interface Shape {
    void forEachPath(int count, Consumer<String> action);
  }

  /** Prints a line: the subject, how many entries, bytes of heap for each. */
  public static void main(String[] arguments) {
    Subject subject = Subject.valueOf(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    // A small map is filled many times, or what else the JVM does would show.
    int copies = subject.name().endsWith("_MAP") ? Math.max(1, 1_000_000 / count) : 1;
    List<String> names = names(subject.name().endsWith("_MAP") ? count : 0);
    subject.fill(Math.min(count, FAN_OUT), names); // classes and constants: not to be counted
    List<Object> filled = new ArrayList<>(copies);
    long before = liveBytes();
    for (int i = 0; i < copies; i++) {
      filled.add(subject.fill(count, names));
    }
    long after = liveBytes();
    Reference.reachabilityFence(filled);
    Reference.reachabilityFence(names);
    boolean compact = ManagementFactory.getRuntimeMXBean().getInputArguments().contains("-XX:+UseCompactObjectHeaders");
    System.out.printf(Locale.ROOT, "%-15s %,9d %-16s %6.1f bytes each%n", subject, count,
        compact ? "compact headers" : "ordinary headers", (double) (after - before) / copies / count);
  }

  private static long liveBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add("node-%010d".formatted(i));
    }
    return names;
  }

  private static Map<String, Object> put(Map<String, Object> map, List<String> names) {
    names.forEach(name -> map.put(name, name));
    return map;
  }

  private static void flat(int count, Consumer<String> action) {
    action.accept("/top");
    for (int i = 1; i < count; i++) {
      action.accept("/top/node-%010d".formatted(i));
    }
  }

  /** Three levels; the last two have 100 children in each node. */
  private static void deep(int count, Consumer<String> action) {
    int done = 0;
    for (int top = 0; done < count; top++) {
      String first = "/top-%04d".formatted(top);
      action.accept(first);
      done++;
      for (int middle = 0; middle < FAN_OUT && done < count; middle++) {
        String second = first + "/middle-%04d".formatted(middle);
        action.accept(second);
        done++;
        for (int last = 0; last < FAN_OUT && done < count; last++) {
          action.accept(second + "/node-%010d".formatted(last));
          done++;
        }
      }
    }
  }

  /** As a server does it: transaction after transaction, each with a path and data of its own. */
  private static DataTree troupe(int count, Shape shape) {
    DataTree[] tree = {DataTree.initial()};
    shape.forEachPath(count, path -> {
      Zxid zxid = tree[0].lastZxid().equals(Zxid.ZERO) ? new Zxid(1, 1) : tree[0].lastZxid().next();
      Change create = new Change.CreateNode(path, new byte[DATA], Acl.OPEN, Owner.NONE);
      tree[0] = tree[0].apply(new Transaction(zxid, 0, 0, TIME, create)).tree();
    });
    return tree[0];
  }

  private static org.apache.zookeeper.server.DataTree zooKeeper(int count, Shape shape) {
    org.apache.zookeeper.server.DataTree tree = new org.apache.zookeeper.server.DataTree();
    long[] zxid = {new Zxid(1, 0).toLong()};
    shape.forEachPath(count, path -> {
      try {
        tree.createNode(path, new byte[DATA], ZooDefs.Ids.OPEN_ACL_UNSAFE, 0, -1, ++zxid[0], TIME);
      } catch (KeeperException e) {
        throw new IllegalStateException(e);
      }
    });
    return tree;
  }
}
