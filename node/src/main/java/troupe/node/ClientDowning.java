package troupe.node;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import troupe.protocol.ClientProtocol;

/**
 * Takes applications that have died out of the cluster. Servers come back, and wait for each other; an application may
 * never do so, and as long as it is a member that nobody reaches, Pekko Cluster makes nobody else a full one.
 */
final class ClientDowning {
  private static final int LOOKS = 10; // in the time that is waited

  /** All that this actor understands. */
  enum Command {
    LOOK
  }

  private final ActorContext<Command> context;
  private final Cluster cluster;
  private Map<UniqueAddress, Integer> missed = Map.of(); // looks at which each was unreachable, without a break

  private ClientDowning(ActorContext<Command> context) {
    this.context = context;
    this.cluster = Cluster.get(context.getSystem());
  }

  /** @param after how long an application may be unreachable */
  static Behavior<Command> create(Duration after) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
      timers.startTimerWithFixedDelay(Command.LOOK, after.dividedBy(LOOKS));
      return Behaviors.receiveMessage(new ClientDowning(context)::onMessage);
    }));
  }

  private Behavior<Command> onMessage(Command look) {
    Map<UniqueAddress, Integer> now = new HashMap<>();
    for (Member member : cluster.state().getUnreachable()) {
      if (member.hasRole(ClientProtocol.CLIENT_ROLE)) {
        int looks = missed.getOrDefault(member.uniqueAddress(), 0) + 1;
        now.put(member.uniqueAddress(), looks);
        if (looks == LOOKS) {
          context.getLog().info("{} has been unreachable for too long: it is taken out of the cluster", member.address());
          cluster.manager().tell(new Down(member.address()));
        }
      }
    }
    missed = now;
    return Behaviors.same();
  }
}
