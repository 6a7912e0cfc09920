package troupe.tree;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Who may do what with one znode. Equal lists are one object, since millions of znodes share a handful of them.
 *
 * <p>Whoever has an identity of scheme {@code super} may do everything.
 */
public final class Acl {
  private static final Map<Acl, WeakReference<Acl>> KNOWN = new WeakHashMap<>();

  /** Anyone, everything. */
  public static final Acl OPEN = of(List.of(new Entry(Permissions.ALL, Identity.ANYONE)));

  /** Anyone may read. */
  public static final Acl READ_ONLY = of(List.of(new Entry(Permissions.READ, Identity.ANYONE)));

  /**
   * One line of an ACL.
   *
   * @param permissions bits of {@link Permissions}; others are kept and mean nothing
   */
  public record Entry(int permissions, Identity who) {}

  private final List<Entry> entries;
  private final int hash;

  private Acl(List<Entry> entries) {
    this.entries = List.copyOf(entries);
    this.hash = this.entries.hashCode();
  }

  /** The one ACL with these entries, in this order. */
  public static Acl of(List<Entry> entries) {
    Acl acl = new Acl(entries);
    synchronized (KNOWN) { // a table for sharing memory: which of two equal objects one gets cannot be told
      WeakReference<Acl> known = KNOWN.get(acl);
      Acl shared = known == null ? null : known.get();
      if (shared == null) {
        KNOWN.put(acl, new WeakReference<>(acl));
        return acl;
      }
      return shared;
    }
  }

  public List<Entry> entries() {
    return entries;
  }

  /** Whether one of these identities has one of these permissions. */
  public boolean permits(int permissions, List<Identity> identities) {
    if (entries.isEmpty()) {
      return true; // ZooKeeper's own nodes of old snapshots; a client cannot set an empty list
    }
    for (Identity identity : identities) {
      if (identity.scheme().equals("super")) {
        return true;
      }
    }
    for (Entry entry : entries) {
      if ((entry.permissions() & permissions) == 0) {
        continue;
      }
      Identity who = entry.who();
      if (who.equals(Identity.ANYONE)) {
        return true;
      }
      for (Identity identity : identities) {
        if (identity.scheme().equals(who.scheme()) && Schemes.matches(identity, who)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Acl that && hash == that.hash && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
