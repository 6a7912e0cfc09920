package troupe.node;

import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;

/**
 * This node's part in Pekko Cluster: joins, and sees to it that a node which the others have shut out comes back.
 * Pekko knows no way back for an actor system, so that one ends, and {@link Node} begins another.
 */
final class Membership {
  /** Another server accepts nothing any more from this actor system. */
  private record ShutOut() implements CoordinatedShutdown.Reason {}

  private Membership() {}

  static Behavior<ThisActorSystemQuarantinedEvent> create(Remoting remoting) {
    return Behaviors.setup(context -> {
      context.getSystem().eventStream().tell(
          new EventStream.Subscribe<>(ThisActorSystemQuarantinedEvent.class, context.getSelf()));
      Cluster cluster = Cluster.get(context.getSystem());
      cluster.manager().tell(new JoinSeedNodes(remoting.seeds(cluster.selfMember().address())));
      return Behaviors.receiveMessage(event -> {
        context.getLog().warn("{} accepts nothing any more from this server, which therefore begins again",
            event.remoteAddress().address());
        CoordinatedShutdown.get(context.getSystem()).runAll(new ShutOut());
        return Behaviors.same();
      });
    });
  }

  /** Whether a node that has ended for this reason is to begin again, rather than to stop. */
  static boolean isWayBack(CoordinatedShutdown.Reason reason) {
    return reason instanceof ShutOut || reason == CoordinatedShutdown.clusterDowningReason();
  }
}
