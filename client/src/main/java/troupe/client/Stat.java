package troupe.client;

import java.time.Instant;

/**
 * What is known of a znode beside its data.
 *
 * @param czxid the transaction that created it: no other znode has it, not even a later one of the same path. It is the
 *     token of a {@link Fence}
 * @param mzxid the transaction that last set its data
 * @param ctime when it was created, by the clock of the server that led
 * @param mtime when its data was last set
 * @param version how often its data was set; what {@code SetData} and {@code Delete} may demand
 * @param cversion how often a child came or went
 * @param aversion how often its ACL was set
 * @param ephemeralOwner the session whose end ends it; 0 for a znode that is not ephemeral
 * @param dataLength bytes of data
 * @param numChildren children that it has
 * @param pzxid the transaction that last created or deleted a child
 */
public record Stat(
    long czxid,
    long mzxid,
    Instant ctime,
    Instant mtime,
    int version,
    int cversion,
    int aversion,
    long ephemeralOwner,
    int dataLength,
    int numChildren,
    long pzxid) {}
