package troupe.broadcast;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;

/**
 * One pending proposal, a batch: gathers acks until a quorum has it on disk, and tells the leader. Once its batch is
 * committed, it may be given another: to start and stop an actor for each would cost more than all else that a leader
 * does for a lonely write.
 */
final class Proposal {
  sealed interface Command {}

  /** From now on the batch that ends with this transaction is the one that is pending. */
  record Begin(Zxid last) implements Command {}

  /** A server has the batch that ends with this transaction on its disk, and everything before it. */
  record Ack(Zxid last, ServerId from) implements Command {}

  private final Quorum quorum;
  private final ActorRef<Leader.Command> leader;
  private final Set<ServerId> acks = new HashSet<>();

  private Proposal(Quorum quorum, ActorRef<Leader.Command> leader) {
    this.quorum = quorum;
    this.leader = leader;
  }

  static Behavior<Command> create(Quorum quorum, ActorRef<Leader.Command> leader) {
    return Behaviors.setup(context -> new Proposal(quorum, leader).idle());
  }

  private Behavior<Command> idle() {
    return Behaviors.receiveMessage(message -> switch (message) {
      case Begin begin -> {
        acks.clear();
        yield pending(begin.last());
      }
      case Ack late -> Behaviors.same(); // of a server that the quorum did without
    });
  }

  private Behavior<Command> pending(Zxid last) {
    return Behaviors.receiveMessage(message -> switch (message) {
      case Begin begin -> throw new IllegalStateException(begin + " while " + last + " is pending");
      case Ack ack when !ack.last().equals(last) -> Behaviors.same();
      case Ack ack -> {
        acks.add(ack.from());
        if (!quorum.isReachedBy(acks)) {
          yield Behaviors.same();
        }
        leader.tell(new Leader.Chosen(last));
        yield idle();
      }
    });
  }
}
