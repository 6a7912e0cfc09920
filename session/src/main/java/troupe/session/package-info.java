/**
 * Sessions, their expiry, and the watch registry.
 *
 * <p>Start at {@link troupe.session.Session}: one actor for each session that is connected here, on the executor of its
 * connection. Its states are one file each: {@code Opening}, {@code Resuming}, {@code Serving}; what it does with a
 * request and in which order is in {@code Serving}. {@link troupe.session.Watches} is the registry, through which
 * everything committed passes on its way to the sessions; who is told of what is in {@code WatchTable}.
 * {@link troupe.session.SessionTracker} ends sessions that are silent for too long. Knows {@code tree}; no bytes of the
 * wire and no leader, which it reaches through {@link troupe.session.Proposer} and
 * {@link troupe.session.ClientConnection}. Source: ZooKeeper's SessionTrackerImpl, WatchManager, CommitProcessor.
 */
package troupe.session;
