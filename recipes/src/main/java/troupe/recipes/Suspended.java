package troupe.recipes;

/**
 * The session has no server at the moment. What is held may be others' before this is known here, and what is seen may be
 * old: a holder pauses.
 */
public record Suspended(String reason) implements Claim.Event, TreeCache.Event, Group.Event, ServiceRegistry.Event {}
