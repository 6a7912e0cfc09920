package troupe.tree;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * An immutable hash map: {@link #with} and {@link #without} return a new map that shares all but a few small nodes with
 * the old one.
 *
 * <p>A compressed hash-array mapped prefix tree (CHAMP: Steindorfer and Vinju, OOPSLA 2015). Our own because memory per
 * znode is a promise: it keeps neither hashes nor sizes in its nodes, as the general libraries do, since the hash of a
 * {@code String} is kept in the string.
 *
 * @param <K> keys, with {@code equals} and a cheap {@code hashCode}
 * @param <V> values, compared by identity to see whether anything changed
 */
final class PersistentMap<K, V> {
  private static final int BITS = 5;
  private static final int HASH_BITS = 32;
  private static final Node EMPTY_NODE = new Node(0, 0, new Object[0]);
  private static final PersistentMap<Object, Object> EMPTY = new PersistentMap<>(EMPTY_NODE, 0);

  private final Node root;
  private final int size;

  private PersistentMap(Node root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // it holds nothing, so it holds nothing of the wrong type
  static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @SuppressWarnings("unchecked") // what is kept under a key came in through with(K, V)
  Optional<V> get(Object key) {
    return Optional.ofNullable((V) root.get(key, spread(key), 0));
  }

  boolean containsKey(Object key) {
    return root.get(key, spread(key), 0) != null;
  }

  PersistentMap<K, V> with(K key, V value) {
    Objects.requireNonNull(value);
    Object old = root.get(key, spread(key), 0);
    return old == value
        ? this
        : new PersistentMap<>(root.with(key, value, spread(key), 0), old == null ? size + 1 : size);
  }

  PersistentMap<K, V> without(Object key) {
    if (!containsKey(key)) {
      return this;
    }
    return size == 1 ? empty() : new PersistentMap<>(root.without(key, spread(key), 0), size - 1);
  }

  /** Every entry once, in an order that depends only on the keys' hashes and, where these collide, on history. */
  @SuppressWarnings("unchecked")
  void forEach(BiConsumer<? super K, ? super V> action) {
    root.forEach((BiConsumer<Object, Object>) (BiConsumer<?, ?>) action);
  }

  /** Moves entropy to the low bits, which choose the branch near the root. */
  private static int spread(Object key) {
    int h = key.hashCode() * 0x9E37_79B9;
    return h ^ h >>> 16;
  }

  /**
   * A branch of up to 32 slots. {@code entries} and {@code branches} say which slots hold an entry and which a branch
   * below; {@code slots} has the entries' keys and values from the front and the branches from the back. Below the
   * last bit of the hash, all entries of a node collide and {@code entries} is unused.
   */
  private record Node(int entries, int branches, Object[] slots) {

    Object get(Object key, int hash, int shift) {
      if (shift >= HASH_BITS) {
        int at = collisionIndex(key);
        return at < 0 ? null : slots[at + 1];
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        int at = entryIndex(bit);
        return slots[at].equals(key) ? slots[at + 1] : null;
      }
      return (branches & bit) != 0 ? branch(bit).get(key, hash, shift + BITS) : null;
    }

    Node with(Object key, Object value, int hash, int shift) {
      if (shift >= HASH_BITS) {
        int at = collisionIndex(key);
        return at < 0
            ? new Node(0, 0, inserted(slots, slots.length, key, value))
            : new Node(0, 0, replaced(slots, at + 1, value));
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        int at = entryIndex(bit);
        if (slots[at].equals(key)) {
          return new Node(entries, branches, replaced(slots, at + 1, value));
        }
        Node pair = pair(slots[at], slots[at + 1], key, value, hash, shift + BITS);
        return entryToBranch(bit, at, pair);
      }
      if ((branches & bit) != 0) {
        Node below = branch(bit).with(key, value, hash, shift + BITS);
        return new Node(entries, branches, replaced(slots, branchIndex(bit), below));
      }
      return new Node(entries | bit, branches, inserted(slots, entryIndex(bit), key, value));
    }

    /** Requires that the key is here. A branch that is left with one entry is replaced by that entry. */
    Node without(Object key, int hash, int shift) {
      if (shift >= HASH_BITS) {
        return new Node(0, 0, removed(slots, collisionIndex(key), 2));
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        return new Node(entries & ~bit, branches, removed(slots, entryIndex(bit), 2));
      }
      Node below = branch(bit).without(key, hash, shift + BITS);
      return below.branches == 0 && below.slots.length == 2
          ? branchToEntry(bit, below.slots[0], below.slots[1])
          : new Node(entries, branches, replaced(slots, branchIndex(bit), below));
    }

    void forEach(BiConsumer<Object, Object> action) {
      int pairs = slots.length - Integer.bitCount(branches);
      for (int i = 0; i < pairs; i += 2) {
        action.accept(slots[i], slots[i + 1]);
      }
      for (int i = pairs; i < slots.length; i++) {
        ((Node) slots[i]).forEach(action);
      }
    }

    private static Node pair(Object key1, Object value1, Object key2, Object value2, int hash2, int shift) {
      if (shift >= HASH_BITS) {
        return new Node(0, 0, new Object[] {key1, value1, key2, value2});
      }
      int bit1 = bit(spread(key1), shift);
      int bit2 = bit(hash2, shift);
      if (bit1 == bit2) {
        return new Node(0, bit1, new Object[] {pair(key1, value1, key2, value2, hash2, shift + BITS)});
      }
      return Integer.compareUnsigned(bit1, bit2) < 0
          ? new Node(bit1 | bit2, 0, new Object[] {key1, value1, key2, value2})
          : new Node(bit1 | bit2, 0, new Object[] {key2, value2, key1, value1});
    }

    private Node entryToBranch(int bit, int at, Node below) {
      Object[] copy = new Object[slots.length - 1];
      int behind = Integer.bitCount(branches & (bit - 1));
      int branchAt = copy.length - 1 - behind;
      System.arraycopy(slots, 0, copy, 0, at);
      System.arraycopy(slots, at + 2, copy, at, branchAt - at);
      copy[branchAt] = below;
      System.arraycopy(slots, slots.length - behind, copy, branchAt + 1, behind);
      return new Node(entries & ~bit, branches | bit, copy);
    }

    private Node branchToEntry(int bit, Object key, Object value) {
      int at = entryIndex(bit);
      int branchAt = branchIndex(bit);
      Object[] copy = new Object[slots.length + 1];
      System.arraycopy(slots, 0, copy, 0, at);
      copy[at] = key;
      copy[at + 1] = value;
      System.arraycopy(slots, at, copy, at + 2, branchAt - at);
      System.arraycopy(slots, branchAt + 1, copy, branchAt + 2, slots.length - branchAt - 1);
      return new Node(entries | bit, branches & ~bit, copy);
    }

    private Node branch(int bit) {
      return (Node) slots[branchIndex(bit)];
    }

    private int entryIndex(int bit) {
      return 2 * Integer.bitCount(entries & (bit - 1));
    }

    private int branchIndex(int bit) {
      return slots.length - 1 - Integer.bitCount(branches & (bit - 1));
    }

    private int collisionIndex(Object key) {
      for (int i = 0; i < slots.length; i += 2) {
        if (slots[i].equals(key)) {
          return i;
        }
      }
      return -1;
    }

    private static int bit(int hash, int shift) {
      return 1 << (hash >>> shift & 31);
    }

    private static Object[] replaced(Object[] slots, int at, Object value) {
      Object[] copy = slots.clone();
      copy[at] = value;
      return copy;
    }

    private static Object[] inserted(Object[] slots, int at, Object key, Object value) {
      Object[] copy = new Object[slots.length + 2];
      System.arraycopy(slots, 0, copy, 0, at);
      copy[at] = key;
      copy[at + 1] = value;
      System.arraycopy(slots, at, copy, at + 2, slots.length - at);
      return copy;
    }

    private static Object[] removed(Object[] slots, int at, int count) {
      Object[] copy = Arrays.copyOf(slots, slots.length - count);
      System.arraycopy(slots, at + count, copy, at, slots.length - at - count);
      return copy;
    }
  }
}
