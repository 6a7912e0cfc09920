package troupe.actors;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import troupe.session.PublishedTree;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.Applied;

/** The side of a server that its clients see. */
record Clients(PublishedTree published, ActorRef<Watches.Command> watches, ActorRef<Sessions.Command> sessions) {

  /**
   * Those whom a role is to serve.
   *
   * @param unshown what the tree that the role begins with has beyond the one that they were shown
   */
  record ToServe(Clients clients, List<Applied> unshown) {}
}
