package troupe.gateway;

/**
 * What the client port has counted since it was opened, or since {@code srst}.
 *
 * @param received requests
 * @param sent answers and events
 * @param outstanding requests that have no answer yet
 * @param minLatency milliseconds from a request's arrival to its answer; 0 if there was none
 * @param rejectedConnections those beyond the limit of their address
 * @param malformed connections and requests that made no sense
 * @param handshakes connections that asked for a session
 */
public record Traffic(
    long received,
    long sent,
    int outstanding,
    long minLatency,
    double averageLatency,
    long maxLatency,
    long rejectedConnections,
    long malformed,
    long handshakes) {}
