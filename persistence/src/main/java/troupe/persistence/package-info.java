/**
 * What survives: the event-sourced transaction log, the journal under it, and the snapshots beside it.
 *
 * <p>Start at {@link troupe.persistence.TransactionLog}: everything durable is one of its events, so all of it has one
 * order. What the events add up to is a {@link troupe.persistence.History}. The tree itself is not part of that state:
 * {@link troupe.persistence.Snapshots} writes it to files now and then, and {@link troupe.persistence.Recovery} makes it
 * anew from the newest sound file and the batches since. Below lies {@link troupe.persistence.JournalStore}, in LevelDB,
 * with the Pekko Persistence plugins over it. Knows {@code tree} and {@code ensemble}; knows no leader.
 */
package troupe.persistence;
