package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PersistentMapTest {
  /** A key whose hash is chosen. */
  private record Key(int id, int hash) {
    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** How the hashes of keys relate, which decides the shape of the tree. */
  private enum Hashes {
    DENSE(id -> id),
    SCATTERED(id -> new Random(id).nextInt()),
    ALL_COLLIDE(id -> 42),
    GROUPS_COLLIDE(id -> id % 37),
    /** Bunches of four that part at the last two bits only, seven branches down. */
    PART_AT_THE_LAST_LEVEL(id -> unspread(id / 4 & 3 | id << 30)),
    /** Chains: half of the keys share each level with the other half. */
    PART_LEVEL_BY_LEVEL(id -> unspread(-1 << Integer.numberOfTrailingZeros(id | 1 << 31))),
    PART_AND_COLLIDE(id -> unspread((id & 1) << 31 | (id & 2) << 9 | (id & 4)));

    private final IntUnaryOperator hash;

    Hashes(IntUnaryOperator hash) {
      this.hash = hash;
    }

    Key key(int id) {
      return new Key(id, hash.applyAsInt(id));
    }

    /** The hash code that the map spreads to {@code wanted}: it multiplies by an odd number and folds. */
    private static int unspread(int wanted) {
      int inverse = 0x9E37_79B9;
      for (int i = 0; i < 5; i++) {
        inverse *= 2 - 0x9E37_79B9 * inverse;
      }
      return (wanted ^ wanted >>> 16) * inverse;
    }
  }

  /** A map and what it has to hold for ever, whatever is made of it later. */
  private record Kept(PersistentMap<Key, Integer> map, Map<Key, Integer> model) {
    void check() {
      assertEquals(model.size(), map.size());
      assertEquals(model.isEmpty(), map.isEmpty());
      Map<Key, Integer> seen = new HashMap<>();
      map.forEach((key, value) -> assertNull(seen.put(key, value), "shown twice: " + key));
      assertEquals(model, seen);
      model.forEach((key, value) -> assertEquals(Optional.of(value), map.get(key)));
    }
  }

  @ParameterizedTest
  @EnumSource(Hashes.class)
  void isTheSameAsAHashMapAndEveryOlderMapStaysAsItWas(Hashes hashes) {
    int largest = hashes == Hashes.ALL_COLLIDE ? 20 : hashes == Hashes.DENSE || hashes == Hashes.SCATTERED ? 5000 : 200;
    for (long seed = 1; seed <= 2; seed++) {
      Random random = new Random(seed);
      PersistentMap<Key, Integer> map = PersistentMap.empty();
      Map<Key, Integer> model = new HashMap<>();
      List<Kept> kept = new ArrayList<>();
      for (int i = 0; i < 200_000; i++) {
        // The number of keys in use swells and shrinks, down to an empty map and up again.
        int share = 1 + Math.abs(i / 2000 % 20 - 10);
        Key key = hashes.key(random.nextInt(largest));
        if (random.nextInt(12) < share) {
          map = map.without(key);
          model.remove(key);
        } else {
          map = map.with(key, i);
          model.put(key, i);
        }
        Key asked = hashes.key(random.nextInt(largest));
        assertEquals(Optional.ofNullable(model.get(asked)), map.get(asked));
        assertEquals(model.containsKey(asked), map.containsKey(asked));
        assertEquals(model.size(), map.size());
        if (random.nextInt(5000) == 0) {
          kept.add(new Kept(map, new HashMap<>(model)));
        }
      }
      kept.add(new Kept(map, model));
      kept.forEach(Kept::check);
    }
  }

  @ParameterizedTest
  @EnumSource(Hashes.class)
  void whatCameAndWentLeavesNoTrace(Hashes hashes) {
    // Without collisions the shape follows from the keys alone: an emptied branch is folded back into its parent.
    PersistentMap<Key, Integer> one = PersistentMap.<Key, Integer>empty().with(hashes.key(0), 0);
    PersistentMap<Key, Integer> map = one;
    for (int i = 1; i < 100; i++) {
      map = map.with(hashes.key(i), i);
    }
    for (int i = 99; i > 0; i--) {
      map = map.without(hashes.key(i));
    }
    new Kept(map, Map.of(hashes.key(0), 0)).check();
    assertSame(PersistentMap.empty(), map.without(hashes.key(0)));
  }

  @Test
  void whatChangesNothingGivesTheSameMap() {
    String value = "value";
    PersistentMap<String, String> map = PersistentMap.<String, String>empty().with("key", value);
    assertSame(map, map.with("key", value));
    assertSame(map, map.without("another"));
    assertSame(PersistentMap.empty(), PersistentMap.empty().without("key"));
  }

  @Test
  void aKeyIsFoundByEqualityAndAValueReplacedByIdentity() {
    String first = new String("value");
    String second = new String("value");
    PersistentMap<String, String> map = PersistentMap.<String, String>empty().with("key", first);
    assertSame(second, map.with("key", second).get(new String("key")).orElseThrow());
    assertSame(first, map.get("key").orElseThrow());
    assertEquals(1, map.with("key", second).size());
  }

  @Test
  void holdsNoNull() {
    assertThrows(NullPointerException.class, () -> PersistentMap.empty().with("key", null));
    assertTrue(PersistentMap.empty().get("key").isEmpty());
  }
}
