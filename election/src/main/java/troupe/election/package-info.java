/**
 * Leader election: servers exchange votes until a quorum backs one of them.
 *
 * <p>Start at {@link troupe.election.Election}, the protocol. Each state is one file: {@code Looking}, {@code Settled}.
 * Which vote wins: {@link troupe.election.Vote#beats}. Where votes are counted: {@code Ballots}. Knows
 * {@code ensemble}; knows no log, session or socket. Source: ZooKeeper's FastLeaderElection. Where we differ, and why:
 * ARCHITECTURE.md.
 */
package troupe.election;
