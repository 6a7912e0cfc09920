/**
 * The operator's commands: what a person, or a script, asks a running ensemble, or the disk of a server that does not
 * run.
 *
 * <p>Start at {@link troupe.tools.Tools}. Each command is a {@code Tool}, says what it has to say through a
 * {@code Report}, as text or as JSON, and ends with 0 (fine), 1 (damage, or no success) or 2 (a wrong command or input).
 * What is on the disk is read through {@code troupe.persistence}, what runs is asked over HTTP.
 */
package troupe.tools;
