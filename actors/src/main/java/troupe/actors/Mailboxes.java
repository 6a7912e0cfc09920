package troupe.actors;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefWithCell;
import org.apache.pekko.actor.Cell;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import scala.jdk.javaapi.CollectionConverters;
import troupe.metrics.Scrape;
import troupe.metrics.Source;

/**
 * How many messages wait for the server and the actors of its role. Pekko has no public word for that: this looks into the
 * actors' cells from outside, as monitoring tools do. Counting walks along a mailbox, so it is for scrapes only.
 */
final class Mailboxes implements Source {
  private static final String ANONYMOUS = "$";

  private final ActorRef server;

  Mailboxes(org.apache.pekko.actor.typed.ActorRef<Server.Command> server) {
    this.server = Adapter.toClassic(server);
  }

  @Override
  public void tell(Scrape scrape) {
    tell(scrape, server);
    for (ActorRef child : children(server)) {
      if (child.path().name().startsWith(ANONYMOUS)) { // the role; below its actors are those of sessions and proposals
        children(child).forEach(staff -> tell(scrape, staff));
      } else {
        tell(scrape, child);
      }
    }
  }

  private static void tell(Scrape scrape, ActorRef actor) {
    cell(actor).ifPresent(cell ->
        scrape.gauge("troupe_mailbox_messages", "Messages that wait in the mailbox of a hot actor at the scrape.",
            cell.numberOfMessages(), "actor", actor.path().name()));
  }

  private static Iterable<ActorRef> children(ActorRef actor) {
    return cell(actor)
        .<Iterable<ActorRef>>map(cell -> CollectionConverters.asJava(cell.childrenRefs().children()))
        .orElse(List.of());
  }

  private static Optional<Cell> cell(ActorRef actor) {
    return actor instanceof ActorRefWithCell local ? Optional.of(local.underlying()) : Optional.empty();
  }
}
