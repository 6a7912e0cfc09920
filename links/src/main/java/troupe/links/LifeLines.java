package troupe.links;

import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Ensemble;
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

  record Listening(int port) implements Command {}

  record NotListening(Throwable cause) implements Command {}

  private LifeLines() {}

  /**
   * Stops with an {@link IllegalStateException} if the port cannot be had.
   *
   * @param listener hears of every other server, starting with silence: none of them is found yet
   * @param random spreads the attempts of servers that have lost the same peer at the same time
   */
  public static Behavior<Command> create(
      Ensemble ensemble, LinkSettings settings, RandomGenerator random, ActorRef<Event> listener) {
    return Behaviors.setup(context -> {
      LifeLinePort port = new LifeLinePort(ensemble, settings);
      context.pipeToSelf(port.open(context), (bound, failure) ->
          failure == null ? new Listening(bound.localAddress().getPort()) : new NotListening(LifeLine.rootOf(failure)));
      ensemble.peers().forEach(peer ->
          context.spawn(LifeLine.create(ensemble, peer, settings, random, listener), "to-" + peer));
      return Behaviors.receiveMessage(message -> switch (message) {
        case Listening listening -> {
          context.getLog().debug("life lines arrive at {}:{}", port.host(), listening.port());
          yield Behaviors.same();
        }
        case NotListening not -> throw new IllegalStateException(
            "cannot listen on " + port.host() + ":" + port.number() + " for the life lines of other servers: "
                + not.cause().getMessage() + ". Is another server running there? It is the second port of server "
                + ensemble.self() + " in troupe.ensemble.servers", not.cause());
      });
    });
  }
}
