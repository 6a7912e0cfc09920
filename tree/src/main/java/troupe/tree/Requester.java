package troupe.tree;

import java.util.List;

/**
 * Who asks.
 *
 * @param session the session's id; 0 is the server itself, which needs no session
 * @param identities what the connection has proved
 */
public record Requester(long session, List<Identity> identities) {
  /** The server itself. */
  public static final Requester SERVER = new Requester(0, List.of());

  public Requester {
    identities = List.copyOf(identities);
  }
}
