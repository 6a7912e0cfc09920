package troupe.gateway;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalLong;
import troupe.session.ClientRequest;

/**
 * A request whose answer took long.
 *
 * @param operation ZooKeeper's name for it, such as getData
 * @param request with its path, and with data that is the client's own business
 * @param zxid that the answer tells
 * @param took from its arrival until its answer was ready
 * @param waited how much of that it had to wait for the answer before it, of the same connection
 */
public record SlowRequest(
    OptionalLong session,
    InetSocketAddress client,
    String operation,
    ClientRequest request,
    long zxid,
    Duration took,
    Duration waited) {}
