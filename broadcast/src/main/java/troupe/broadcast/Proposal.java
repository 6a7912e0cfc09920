package troupe.broadcast;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;

/** One pending proposal, a batch: gathers acks until a quorum has it on disk, tells the leader, and stops. */
final class Proposal {
  /** A server has the batch on its disk, and everything before it. */
  record Ack(ServerId from) {}

  private final Zxid last;
  private final Quorum quorum;
  private final ActorRef<Leader.Command> leader;
  private final Set<ServerId> acks = new HashSet<>();

  private Proposal(Zxid last, Quorum quorum, ActorRef<Leader.Command> leader) {
    this.last = last;
    this.quorum = quorum;
    this.leader = leader;
  }

  static Behavior<Ack> create(Zxid last, Quorum quorum, ActorRef<Leader.Command> leader) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(new Proposal(last, quorum, leader)::onAck));
  }

  private Behavior<Ack> onAck(Ack ack) {
    acks.add(ack.from());
    if (!quorum.isReachedBy(acks)) {
      return Behaviors.same();
    }
    leader.tell(new Leader.Chosen(last));
    return Behaviors.stopped();
  }
}
