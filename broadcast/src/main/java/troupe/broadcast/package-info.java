/**
 * Zab, the atomic broadcast: a leader decides requests, proposes what they come to, and commits what a quorum has.
 *
 * <p>Start at {@link troupe.broadcast.Leader}, the protocol. Its states are one file each: {@code Discovering},
 * {@code Synchronizing}, {@code Broadcasting}. Where acks are counted: {@link troupe.broadcast.Proposal}. Where committed
 * transactions go: {@link troupe.broadcast.Replica}. Knows {@code tree}, {@code persistence} and {@code ensemble}; what
 * becomes of a transaction beyond the replica is its {@link troupe.broadcast.Audience}'s business. Source: Junqueira,
 * Reed, Serafini, "Zab" (DSN 2011); ZooKeeper's Leader.
 */
package troupe.broadcast;
