/**
 * Operators: routes and health checks on Pekko Management HTTP.
 *
 * <p>Start at {@link troupe.management.Management}. What makes a node ready is in
 * {@link troupe.management.ServesClients}; what is served at {@code /metrics}, in {@code MetricsRoute}.
 */
package troupe.management;
