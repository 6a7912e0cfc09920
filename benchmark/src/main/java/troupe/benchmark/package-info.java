/**
 * Troupe and Apache ZooKeeper side by side: the same stock client, the same machine, one server at a time, in turns.
 *
 * <p>Start at {@link troupe.benchmark.Benchmark}, the command. What is measured: {@code Workload}, each a few
 * {@code Section}s. Who keeps a server busy: {@code RequestLoad}, {@code WatchLoad}, {@code SessionLoad}. What is
 * read off a server from outside: {@code Server}. What the figures mean: {@code Figure} and README.md. Knows both
 * servers only as processes that speak ZooKeeper's client protocol; has no class of Troupe's on its path.
 *
 * <p>Apart from all that: measurements of Troupe's parts, {@link troupe.benchmark.Transport} and, in the packages that
 * they look into, {@code troupe.gateway.RequestDecoding}, {@code troupe.gateway.ReplyEncoding},
 * {@code troupe.tree.MapOperations} and {@code troupe.tree.Memory}. MEASUREMENTS.md has what came out.
 */
package troupe.benchmark;
