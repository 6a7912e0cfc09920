package troupe.tree;

/**
 * What a client sees of a znode beside its data: the eleven fields of ZooKeeper's Stat.
 *
 * @param czxid the transaction that created it
 * @param mzxid the transaction that last set its data
 * @param ctime when it was created, in milliseconds since 1970
 * @param mtime when its data was last set
 * @param version how often its data was set
 * @param cversion how often a child came or went
 * @param aversion how often its ACL was set
 * @param ephemeralOwner the session whose end ends it; 0 for every other kind, containers and TTL nodes too
 * @param dataLength bytes of data
 * @param numChildren children that it has
 * @param pzxid the transaction that last created or deleted a child
 */
public record Stat(
    long czxid,
    long mzxid,
    long ctime,
    long mtime,
    int version,
    int cversion,
    int aversion,
    long ephemeralOwner,
    int dataLength,
    int numChildren,
    long pzxid) {}
