package troupe.gateway;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A client's connection, for those who look after the server. Figures of different moments may meet in one of these.
 *
 * @param session none before its handshake
 * @param timeoutMillis of the session; 0 before the handshake
 * @param received requests so far
 * @param sent answers and events so far
 * @param outstanding requests that have no answer yet
 * @param lastOperation ZooKeeper's short name of what was answered last
 * @param lastXid the client's number of what was answered last
 * @param lastZxid the newest state that it has heard of
 * @param lastAnsweredAt none before its first answer
 * @param lastLatency milliseconds that the last answer took
 * @param minLatency milliseconds from a request's arrival to its answer; 0 if there was none
 */
public record ClientInfo(
    InetSocketAddress address,
    OptionalLong session,
    int timeoutMillis,
    Instant connectedAt,
    long received,
    long sent,
    long outstanding,
    Optional<String> lastOperation,
    OptionalInt lastXid,
    long lastZxid,
    Optional<Instant> lastAnsweredAt,
    long lastLatency,
    long minLatency,
    double averageLatency,
    long maxLatency) {}
