package troupe.tree;

/**
 * What every server knows of a session.
 *
 * @param timeout milliseconds of silence that end it
 */
public record SessionInfo(int timeout, Password password) {}
