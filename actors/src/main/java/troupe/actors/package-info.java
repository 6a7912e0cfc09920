/**
 * The server: the guardian that assembles the rooms below it, and the role that it plays.
 *
 * <p>Start at {@link troupe.actors.Server}, the guardian; its states are {@code Recovering}, {@code Looking} and
 * {@code InOffice}. Playing the leader is {@code Leading}, which has all actors of that role as its children, so that
 * they end together. {@code ContainerReaper} removes containers and TTL nodes. Whoever serves clients learns here, from
 * {@link troupe.actors.Server.Serving}, when and with what. {@link troupe.actors.Vitals} looks on, for the metrics.
 */
package troupe.actors;
