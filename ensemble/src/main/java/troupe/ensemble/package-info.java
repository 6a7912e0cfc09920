/**
 * Who the servers are: their ids, the zxids that order their history, and what a quorum of them is.
 *
 * <p>Start at {@link troupe.ensemble.Ensemble}. Plain values without a Pekko import; everything else in the house is
 * above this room. Source: ZooKeeper's QuorumVerifier and its zxid.
 */
package troupe.ensemble;
