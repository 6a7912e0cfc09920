package troupe.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A node of the tree with all that is below it. Immutable; there are millions of them, so numbers are stored bare and
 * the records are made at the door.
 */
public final class Znode {
  /** No data, which a client can tell from empty data; compared by identity. */
  public static final byte[] NO_DATA = new byte[0];

  private final byte[] data;
  private final Acl acl;
  private final PersistentMap<String, Znode> children;
  private final long czxid;
  private final long mzxid;
  private final long pzxid;
  private final long ctime;
  private final long mtime;
  private final long owner;
  private final int version;
  private final int creations; // children ever created: ZooKeeper's stored cversion, and the sequence counter
  private final int aversion;

  /**
   * A node as a snapshot has it, without its children.
   *
   * @param data never changed by anyone afterwards
   * @param creations how many children were ever created below it, modulo 2^32
   */
  public Znode(byte[] data, Acl acl, long czxid, long mzxid, long pzxid, long ctime, long mtime, long owner,
      int version, int creations, int aversion) {
    this(data, acl, PersistentMap.empty(), czxid, mzxid, pzxid, ctime, mtime, owner, version, creations, aversion);
  }

  private Znode(byte[] data, Acl acl, PersistentMap<String, Znode> children, long czxid, long mzxid, long pzxid,
      long ctime, long mtime, long owner, int version, int creations, int aversion) {
    this.data = data;
    this.acl = acl;
    this.children = children;
    this.czxid = czxid;
    this.mzxid = mzxid;
    this.pzxid = pzxid;
    this.ctime = ctime;
    this.mtime = mtime;
    this.owner = owner;
    this.version = version;
    this.creations = creations;
    this.aversion = aversion;
  }

  static Znode created(byte[] data, Acl acl, long owner, long zxid, long time) {
    return new Znode(data, acl, zxid, zxid, zxid, time, time, owner, 0, 0, 0);
  }

  /** The data; not to be changed. {@link #NO_DATA} where the client gave none. */
  public byte[] data() {
    return data;
  }

  public Acl acl() {
    return acl;
  }

  public long czxid() {
    return czxid;
  }

  public long mzxid() {
    return mzxid;
  }

  public long pzxid() {
    return pzxid;
  }

  public long ctime() {
    return ctime;
  }

  public long mtime() {
    return mtime;
  }

  /** See {@link Owner}. */
  public long owner() {
    return owner;
  }

  public int version() {
    return version;
  }

  public int aversion() {
    return aversion;
  }

  /** How many children were ever created here, modulo 2^32: the suffix of the next sequential child. */
  public int creations() {
    return creations;
  }

  public int childCount() {
    return children.size();
  }

  public Optional<Znode> child(String name) {
    return children.get(name);
  }

  public List<String> childNames() {
    List<String> names = new ArrayList<>(children.size());
    children.forEach((name, child) -> names.add(name));
    return names;
  }

  void forEachChild(BiConsumer<? super String, ? super Znode> action) {
    children.forEach(action);
  }

  public Stat stat() {
    return new Stat(
        czxid,
        mzxid,
        ctime,
        mtime,
        version,
        // Stored are the creations; seen is creations and deletions, which are the creations less those still here.
        creations * 2 - children.size(),
        aversion,
        Owner.isSession(owner) ? owner : Owner.NONE,
        data.length,
        children.size(),
        pzxid);
  }

  Znode withData(byte[] newData, int newVersion, long zxid, long time) {
    return new Znode(newData, acl, children, czxid, zxid, pzxid, ctime, time, owner, newVersion, creations, aversion);
  }

  Znode withAcl(Acl newAcl, int newAversion) {
    return new Znode(data, newAcl, children, czxid, mzxid, pzxid, ctime, mtime, owner, version, creations, newAversion);
  }

  /** A child came into being. */
  Znode withNewChild(String name, Znode child, long zxid) {
    return new Znode(
        data, acl, children.with(name, child), czxid, mzxid, zxid, ctime, mtime, owner, version, creations + 1, aversion);
  }

  /** A child is gone. */
  Znode withoutChild(String name, long zxid) {
    return new Znode(
        data, acl, children.without(name), czxid, mzxid, zxid, ctime, mtime, owner, version, creations, aversion);
  }

  /** Something changed at or below a child; to this node itself nothing happened. */
  Znode withChild(String name, Znode child) {
    return new Znode(
        data, acl, children.with(name, child), czxid, mzxid, pzxid, ctime, mtime, owner, version, creations, aversion);
  }
}
