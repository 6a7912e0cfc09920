package troupe.recipes;

import troupe.client.Failure;

/**
 * It is over, without having been asked to be: the session has expired or was closed, the znode was deleted by somebody,
 * or the servers refused something. The last event.
 */
public record Lost(Failure failure) implements Claim.Event, TreeCache.Event, Group.Event, ServiceRegistry.Event {}
