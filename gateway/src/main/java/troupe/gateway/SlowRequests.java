package troupe.gateway;

import java.util.function.Consumer;

/**
 * Who wants to hear of slow requests, and from when on one is slow.
 *
 * @param listener called on the event loop of the client's connection: it must not wait
 */
record SlowRequests(long thresholdNanos, Consumer<SlowRequest> listener) {
  static final SlowRequests NOBODY = new SlowRequests(Long.MAX_VALUE, slow -> {});
}
