package troupe.actors;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefWithCell;
import org.apache.pekko.actor.Cell;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import scala.jdk.javaapi.CollectionConverters;
import troupe.metrics.Scrape;
import troupe.metrics.Source;

/**
 * How many messages wait for the server, its actors and those of its role. Pekko has no public word for that: this looks into the
 * actors' cells from outside, as monitoring tools do. Counting walks along a mailbox, so it is for scrapes only.
 */
final class Mailboxes implements Source {
  private static final String ANONYMOUS = "$";
  private static final Pattern GENERATION = Pattern.compile("-\\d+$");

  private final ActorRef server;

  Mailboxes(org.apache.pekko.actor.typed.ActorRef<Server.Command> server) {
    this.server = Adapter.toClassic(server);
  }

  @Override
  public void tell(Scrape scrape) {
    Map<String, Integer> messages = new LinkedHashMap<>();
    count(server, messages);
    for (ActorRef child : children(server)) {
      if (child.path().name().startsWith(ANONYMOUS)) { // the role; below its actors are those of proposals
        children(child).forEach(staff -> count(staff, messages));
      } else {
        count(child, messages);
      }
    }
    messages.forEach((actor, number) ->
        scrape.gauge("troupe_mailbox_messages", "Messages that wait in the mailbox of a hot actor at the scrape.",
            number, "actor", actor));
  }

  /** Together with its successor's, if there is one and it has not ended yet. */
  private static void count(ActorRef actor, Map<String, Integer> messages) {
    String name = GENERATION.matcher(actor.path().name()).replaceFirst("");
    cell(actor).ifPresent(cell -> messages.merge(name, cell.numberOfMessages(), Integer::sum));
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
