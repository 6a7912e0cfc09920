package troupe.recipes;

/**
 * The session has no server at the moment. What is held may be others' before this is known here, and what is seen may be
 * old: a holder pauses.
 *
 * <p>Told of a name too that somebody has deleted, until it is {@link Claim.Held} again.
 */
public record Suspended(String reason) implements Claim.Event, TreeCache.Event, Group.Event, ServiceRegistry.Event {}
