/**
 * Conformance: what a client of ZooKeeper sees, tried with stock clients on a server in its own process.
 *
 * <p>Start at {@link troupe.conformance.NodeProcess}, the server, and {@link troupe.conformance.SharedNode}, which
 * gives one to a test class. {@code Client*Test} use the stock Java client, {@code CommandLineTest} its shell,
 * {@code Curator*Test} Apache Curator's recipes; {@code LifecycleTest} starts and stops, {@code CrashTest} kills.
 * {@code Ensemble*Test} have several servers, {@link troupe.conformance.EnsembleUnderTest}, to which each
 * {@link troupe.conformance.EnsembleFault} happens while sessions work; what these were told is judged as a
 * {@link troupe.conformance.History}.
 * With {@code -Dconformance.server=zookeeper} the same tests run against Apache ZooKeeper, which passes them all: a
 * test that the original fails says nothing about us.
 */
package troupe.conformance;
