package troupe.links;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/**
 * Links over Pekko Remoting. Servers find each other by the addresses of the ensemble and a path, never by asking the
 * cluster, and watch nobody there: a peer that comes back at its address is spoken to as before.
 */
public final class RemoteLinks implements Links {
  /** The name, below {@code /user}, of the actor that hears what peers send. */
  public static final String NAME = "peers";

  private final Map<ServerId, ActorRef<PeerMessage>> peers = new HashMap<>();

  /** @param system all servers' have the same name */
  public RemoteLinks(ActorSystem<?> system, Ensemble ensemble) {
    ActorRefResolver resolver = ActorRefResolver.get(system);
    for (ServerId id : ensemble.peers()) {
      Ensemble.Member peer = ensemble.member(id);
      String host = peer.host().contains(":") ? "[" + peer.host() + "]" : peer.host();
      peers.put(id, resolver.resolveActorRef(
          "pekko://" + system.name() + "@" + host + ":" + peer.port() + "/user/" + NAME));
    }
  }

  @Override
  public void send(ServerId to, PeerMessage message) {
    peers.get(to).tell(message);
  }

  /**
   * The actor that hears what peers send; to be spawned as {@link #NAME}.
   *
   * @param deliver called by that actor; must not block
   */
  public static Behavior<PeerMessage> receiver(Consumer<PeerMessage> deliver) {
    return Behaviors.receiveMessage(message -> {
      deliver.accept(message);
      return Behaviors.same();
    });
  }
}
