package troupe.node;

import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.actors.Server;
import troupe.ensemble.Ensemble;
import troupe.ensemble.PeerMessage;
import troupe.links.Lanes;
import troupe.links.LifeLines;
import troupe.links.LinkSettings;
import troupe.links.RemoteLinks;

/** What a server hears of the others: their messages, by {@link Lanes} or to here by {@link RemoteLinks}; who lives. */
final class Peers {
  private Peers() {}

  /** Stops, with an error in the log, if there can be no life lines. */
  static Behavior<PeerMessage> create(
      Ensemble ensemble,
      LinkSettings settings,
      Lanes lanes,
      RandomGenerator random,
      ActorRef<Server.Command> server,
      ActorRef<Membership.Command> membership) {
    return Behaviors.setup(context -> {
      ActorRef<LifeLines.Event> events = context.spawn(Behaviors.receiveMessage(event -> {
        server.tell(switch (event) {
          case LifeLines.PeerFound found -> new Server.PeerFound(found.peer());
          case LifeLines.PeerLost lost -> new Server.PeerLost(lost.peer());
        });
        membership.tell(new Membership.Heard(event));
        return Behaviors.same();
      }), "events");
      Consumer<PeerMessage> deliver = message -> server.tell(new Server.FromPeer(message));
      context.watch(context.spawn(
          LifeLines.create(ensemble, settings, lanes, deliver, random, events), "life-lines"));
      return RemoteLinks.receiver(Set.copyOf(ensemble.peers()), deliver);
    });
  }
}
