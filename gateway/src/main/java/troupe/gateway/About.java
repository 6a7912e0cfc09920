package troupe.gateway;

import java.nio.file.Path;
import java.util.function.LongSupplier;
import troupe.ensemble.Ensemble;

/**
 * What the four-letter words tell of this node beyond its clients.
 *
 * @param version Troupe's
 * @param dataDirectory of the snapshots
 * @param logDirectory of the journal
 * @param tickMillis the basic unit of time
 * @param minTimeout the shortest session timeout, in milliseconds
 * @param maxTimeout the longest session timeout, in milliseconds
 * @param initLimit how many ticks a server has to begin to follow
 * @param syncLimit how many ticks a leader or a learner may be silent
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
    long initLimit,
    long syncLimit,
    Ensemble ensemble,
    LongSupplier dataSize,
    LongSupplier logSize) {}
