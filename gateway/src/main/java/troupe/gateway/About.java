package troupe.gateway;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.LongSupplier;
import troupe.ensemble.ServerId;

/**
 * What the four-letter words tell of this node beyond its clients.
 *
 * @param version Troupe's
 * @param dataDirectory of the snapshots
 * @param logDirectory of the journal
 * @param tickMillis the basic unit of time
 * @param minTimeout the shortest session timeout, in milliseconds
 * @param maxTimeout the longest session timeout, in milliseconds
 * @param serverId this server's
 * @param voters the servers of the ensemble that vote
 * @param dataSize bytes of all snapshots
 * @param logSize bytes of the journal
 */
public record About(
    String version,
    Path dataDirectory,
    Path logDirectory,
    long tickMillis,
    long minTimeout,
    long maxTimeout,
    int serverId,
    Set<ServerId> voters,
    LongSupplier dataSize,
    LongSupplier logSize) {}
