package troupe.links;

import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Ensemble;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/**
 * The life lines of one server: a connection to the second port of each other server, and its own second port for
 * theirs. A process that is killed is noticed within a round trip. What a closed connection cannot tell, a machine
 * without power or a process that stands still, is for heartbeats to find.
 */
public final class LifeLines {
  /** All that this actor understands. */
  public sealed interface Command {}

  /** What the server hears. */
  public sealed interface Event {
    ServerId peer();
  }

  /** The connection to this server stands: its process runs. */
  public record PeerFound(ServerId peer) implements Event {}

  /** The connection to this server, which stood, has ended: most likely its process has too. */
  public record PeerLost(ServerId peer) implements Event {}

  // What the actor tells itself.

  record Listening(SocketAddress address) implements Command {}

  record NotListening(Throwable cause) implements Command {}

  /** This server has greeted, by a connection of its own. */
  record Arrived(ServerId peer) implements Command {}

  private LifeLines() {}

  /**
   * Stops with an {@link IllegalStateException} if the port cannot be had.
   *
   * @param lanes closed by whoever made them, when this actor has stopped
   * @param deliver takes what other servers send by their lanes; called by the core's thread, must not block
   * @param random spreads the attempts of servers that have lost the same peer at the same time
   * @param listener hears of every other server, starting with silence: none of them is found yet
   */
  public static Behavior<Command> create(
      Ensemble ensemble,
      LinkSettings settings,
      Lanes lanes,
      Consumer<PeerMessage> deliver,
      RandomGenerator random,
      ActorRef<Event> listener) {
    return Behaviors.setup(context -> {
      ActorRef<Command> self = context.getSelf();
      LifeLinePort port =
          new LifeLinePort(ensemble, settings, lanes, deliver, peer -> self.tell(new Arrived(peer)));
      context.pipeToSelf(port.open(), (bound, failure) ->
          failure == null ? new Listening(bound.localAddress()) : new NotListening(LifeLine.rootOf(failure)));
      Map<ServerId, ActorRef<LifeLine.Command>> lines = new HashMap<>();
      ensemble.peers().forEach(peer -> lines.put(peer,
          context.spawn(LifeLine.create(ensemble, peer, settings, random, listener, lanes), "to-" + peer)));
      return Behaviors.receive(Command.class)
          .onMessage(Command.class, message -> switch (message) {
            case Listening listening -> {
              context.getLog().debug("life lines arrive at {}", listening.address());
              yield Behaviors.same();
            }
            case Arrived arrived -> {
              lines.get(arrived.peer()).tell(new LifeLine.Knocked());
              yield Behaviors.same();
            }
            case NotListening not -> throw new IllegalStateException(
                "cannot listen on " + port.host() + ":" + port.number() + " for the life lines of other servers: "
                    + not.cause().getMessage() + ". Is another server running there? It is the second port of server "
                    + ensemble.self() + " in troupe.ensemble.servers", not.cause());
          })
          .onSignal(PostStop.class, stopped -> {
            lanes.hangUp();
            return Behaviors.same();
          })
          .build();
    });
  }
}
