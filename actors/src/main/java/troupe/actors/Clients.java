package troupe.actors;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.session.PublishedTree;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.Applied;

/** The side of a server that its clients see. */
record Clients(PublishedTree published, ActorRef<Watches.Command> watches, ActorRef<Sessions.Command> sessions) {

  /** Those whom a role is to serve, and what they have not been shown of the tree that it begins with. */
  static final class ToServe {
    private final Clients clients;
    private List<Applied> unshown;

    ToServe(Clients clients, List<Applied> unshown) {
      this.clients = clients;
      this.unshown = unshown;
    }

    Clients clients() {
      return clients;
    }

    /** Once: each of them holds a tree, and whatever was begun with this may hold it for long. */
    List<Applied> takeUnshown() {
      List<Applied> all = unshown;
      unshown = List.of();
      return all;
    }
  }
}
