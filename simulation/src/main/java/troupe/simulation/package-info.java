/**
 * The deterministic simulator: whole worlds of the server's own actors, with clients, disks and faults, each from a
 * seed.
 *
 * <p>Start at {@link troupe.simulation.World}.
 */
package troupe.simulation;
