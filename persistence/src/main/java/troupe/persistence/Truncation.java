package troupe.persistence;

import troupe.ensemble.Zxid;

/**
 * The log's tail was given up for another leader's history. Journals only grow, so it stays on the disk and counts no
 * more.
 *
 * @param position the sequence number in the journal at which that happened
 * @param keepUpTo the last transaction before it that still counts
 */
public record Truncation(long position, Zxid keepUpTo) {}
