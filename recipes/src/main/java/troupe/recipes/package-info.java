/**
 * Recipes for actors that coordinate: who leads, who holds what, who is there, and what comes next.
 *
 * <p>Few things carry all of them. A {@link troupe.recipes.Claim} has an ephemeral znode, in a line or at a name of its own:
 * {@link troupe.recipes.Lock}, {@link troupe.recipes.ReadWriteLock}, {@link troupe.recipes.Semaphore},
 * {@link troupe.recipes.LeaderElection}, presence in a {@link troupe.recipes.Group} or a
 * {@link troupe.recipes.ServiceRegistry}. A {@link troupe.recipes.TreeCache} follows znodes: who is in a group, which services there are. What is asked and answered
 * once is composed of a session's operations: {@link troupe.recipes.Barrier}, {@link troupe.recipes.DoubleBarrier},
 * {@link troupe.recipes.FifoQueue}, {@link troupe.recipes.PriorityQueue}, {@link troupe.recipes.Counter}.
 * {@link troupe.recipes.Renewed} begins any of them again in a new session.
 *
 * <p>Each is an actor, made by {@code create} or the like, and an object with futures, made by {@code of}. Lay-outs are
 * those of Curator, where it has the same. What happens when a session is suspended or expires: docs/recipes.md.
 */
package troupe.recipes;
