package troupe.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import scala.collection.immutable.HashMap$;

/**
 * The map that holds a znode's children against others. Keys come in random order, so a large map's are not in the
 * processor's caches. The mutable ones show what immutability costs: they are no candidates, since a tree that is read
 * and written to a disk while it changes cannot be made of them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class MapOperations {
  private static final int SEED = 7;

  /** A map of one kind; each call leaves it as the next one expects it. */
  interface Subject {
    Object get(String key);

    /** Another value under a key that is there. */
    Object replace(String key, Object value);

    /** A key goes, and then it comes back. */
    Object removeAndAdd(String key, Object value);
  }

  /** What is measured. */
  public enum Kind {
    TROUPE(PersistentSubject::new),
    SCALA(ScalaSubject::new),
    HASH_MAP(keys -> new MutableSubject(new HashMap<>(), keys)),
    CONCURRENT(keys -> new MutableSubject(new ConcurrentHashMap<>(), keys));

    private final Function<List<String>, Subject> filled;

    Kind(Function<List<String>, Subject> filled) {
      this.filled = filled;
    }
  }

  @Param
  public Kind kind;

  @Param({"100", "10000", "1000000"})
  public int size;

  private final Object value = new Object();
  private final Object otherValue = new Object();
  private Subject subject;
  private String[] keys;
  private int next;

  @Setup
  public void fill() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      names.add("node-%010d".formatted(i));
    }
    subject = kind.filled.apply(names);
    Collections.shuffle(names, new Random(SEED));
    keys = names.toArray(String[]::new);
  }

  @Benchmark
  public Object get() {
    return subject.get(key());
  }

  @Benchmark
  public Object replace() {
    return subject.replace(key(), (next & 1) == 0 ? value : otherValue);
  }

  @Benchmark
  public Object removeAndAdd() {
    return subject.removeAndAdd(key(), value);
  }

  private String key() {
    next = next + 1 == keys.length ? 0 : next + 1;
    return keys[next];
  }

  private static final class PersistentSubject implements Subject {
    private PersistentMap<String, Object> map = PersistentMap.empty();

    PersistentSubject(List<String> keys) {
      keys.forEach(key -> map = map.with(key, key));
    }

    @Override
    public Object get(String key) {
      return map.get(key);
    }

    @Override
    public Object replace(String key, Object value) {
      map = map.with(key, value);
      return map;
    }

    @Override
    public Object removeAndAdd(String key, Object value) {
      map = map.without(key).with(key, value);
      return map;
    }
  }

  private static final class ScalaSubject implements Subject {
    private scala.collection.immutable.HashMap<String, Object> map = HashMap$.MODULE$.empty();

    ScalaSubject(List<String> keys) {
      keys.forEach(key -> map = map.updated(key, key));
    }

    @Override
    public Object get(String key) {
      return map.get(key);
    }

    @Override
    public Object replace(String key, Object value) {
      map = map.updated(key, value);
      return map;
    }

    @Override
    public Object removeAndAdd(String key, Object value) {
      map = map.removed(key).updated(key, value);
      return map;
    }
  }

  private static final class MutableSubject implements Subject {
    private final Map<String, Object> map;

    MutableSubject(Map<String, Object> map, List<String> keys) {
      this.map = map;
      keys.forEach(key -> map.put(key, key));
    }

    @Override
    public Object get(String key) {
      return map.get(key);
    }

    @Override
    public Object replace(String key, Object value) {
      return map.put(key, value);
    }

    @Override
    public Object removeAndAdd(String key, Object value) {
      map.remove(key);
      return map.put(key, value);
    }
  }
}
