/**
 * Three applications to copy from. Each is a story that begins some processes, does harm to them and looks whether all went
 * right; and the actors that these processes are made of.
 *
 * <p>{@code MasterWorker}: {@code Master} and {@code Worker}. {@code LoadBalancing}: {@code Greeter} and {@code Balancer}.
 * {@code PausedHolder}: {@code Writer}, and a {@code Store} that knows nothing of Troupe. The rest is what they share:
 * {@code Options}, a {@code Child}. Knows {@code client} and {@code recipes}.
 */
package troupe.examples;
