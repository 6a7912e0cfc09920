package troupe.node;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.remote.FailureDetectorRegistry;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import troupe.ensemble.ServerId;
import troupe.links.LifeLines;

/**
 * This node's part in Pekko Cluster: joins, and sees to it that a node which the others have shut out, or which is in
 * another cluster than most of them, comes back. Pekko knows no way back for an actor system, so that one ends, and
 * {@link Node} begins another.
 */
final class Membership {
  /** All that this actor understands. */
  sealed interface Command {}

  /** What the life lines tell. */
  record Heard(LifeLines.Event event) implements Command {}

  private record ShutOutBy(Address address) implements Command {}

  private record LookDue() implements Command {}

  /** Another server accepts nothing any more from this actor system, or most others are in another cluster. */
  private record ShutOut() implements CoordinatedShutdown.Reason {}

  private static final int LOOKS = 10; // within the patience

  private final ActorContext<Command> context;
  private final Remoting remoting;
  private final Duration patience;
  private final Set<ServerId> alive = new HashSet<>();
  private int looksApart;

  private Membership(ActorContext<Command> context, Remoting remoting, Duration patience) {
    this.context = context;
    this.remoting = remoting;
    this.patience = patience;
  }

  /** @param patience how long a server that lives may be missing from this node's cluster */
  static Behavior<Command> create(Remoting remoting, Duration patience) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      ActorRef<ThisActorSystemQuarantinedEvent> quarantined = context.messageAdapter(
          ThisActorSystemQuarantinedEvent.class, event -> new ShutOutBy(event.remoteAddress().address()));
      context.getSystem().eventStream().tell(
          new EventStream.Subscribe<>(ThisActorSystemQuarantinedEvent.class, quarantined));
      Cluster cluster = Cluster.get(context.getSystem());
      cluster.manager().tell(new JoinSeedNodes(remoting.seeds(cluster.selfMember().address())));
      timers.startTimerWithFixedDelay(new LookDue(), patience.dividedBy(LOOKS));
      return Behaviors.receiveMessage(new Membership(context, remoting, patience)::onMessage);
    }));
  }

  private Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Heard heard when heard.event() instanceof LifeLines.PeerFound found -> alive.add(found.peer());
      case Heard heard -> alive.remove(heard.event().peer());
      case ShutOutBy by -> beginAgain(by.address() + " accepts nothing any more from this server");
      case LookDue due -> {
        looksApart = isApart() ? looksApart + 1 : 0;
        if (looksApart == LOOKS) {
          beginAgain("for " + patience.toSeconds() + " s this server was in another cluster than most");
        }
      }
    }
    return Behaviors.same();
  }

  /**
   * A server that was cut off while it started may have begun a cluster of its own, and clusters never become one again.
   * So whoever lives in another cluster than most that live begins again. Not those who are most: one that starts beside
   * them may be kept out for as long as a third is away, and is no reason for anybody to end.
   */
  private boolean isApart() {
    CurrentClusterState state = Cluster.get(context.getSystem()).state();
    Set<Address> together = addresses(state.getMembers());
    boolean joined = !together.isEmpty();
    together.removeAll(lost(state));
    long servers = remoting.ensemble().members().stream()
        .filter(member -> together.contains(Remoting.address(member))).count();
    long elsewhere = alive.stream()
        .map(remoting.ensemble()::member)
        .filter(member -> !together.contains(Remoting.address(member)))
        .count();
    return joined && elsewhere > servers;
  }

  /**
   * Members that this server cannot reach either. The cluster's word alone is not enough: applications look too, and one
   * with a bad network takes everybody for lost.
   */
  private Set<Address> lost(CurrentClusterState state) {
    FailureDetectorRegistry<Address> own =
        org.apache.pekko.cluster.Cluster.get(Adapter.toClassic(context.getSystem())).failureDetector();
    Set<Address> lost = addresses(state.getUnreachable());
    lost.removeIf(own::isAvailable);
    return lost;
  }

  private static Set<Address> addresses(Iterable<Member> members) {
    return StreamSupport.stream(members.spliterator(), false).map(Member::address)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private void beginAgain(String why) {
    context.getLog().warn("{}: it begins again", why);
    CoordinatedShutdown.get(context.getSystem()).runAll(new ShutOut());
  }

  /** Whether a node that has ended for this reason is to begin again, rather than to stop. */
  static boolean isWayBack(CoordinatedShutdown.Reason reason) {
    return reason instanceof ShutOut || reason == CoordinatedShutdown.clusterDowningReason();
  }
}
