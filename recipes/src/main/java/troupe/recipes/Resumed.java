package troupe.recipes;

/** The session has a server again, and nothing was lost: all is as before {@link Suspended}. */
public record Resumed() implements Claim.Event, TreeCache.Event, Group.Event, ServiceRegistry.Event {}
