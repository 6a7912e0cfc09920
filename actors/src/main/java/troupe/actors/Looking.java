package troupe.actors;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.election.Election;
import troupe.election.Vote;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;

/** LOOKING: an election decides who leads. Becomes {@link InOffice}. */
record Looking(Server.Setup setup, Subscribers subscribers, Beginning beginning) {

  Behavior<Server.Command> enter() {
    ActorRef<Election.Elected> elected =
        setup.context().messageAdapter(Election.Elected.class, Server.ElectionEnded::new);
    setup.metrics().lookingBegan();
    setup.election().tell(new Election.FindLeader(ownVote(), elected));
    return with(subscribers.tell(setup.notServing("it looks for a leader: none has a quorum (yet)"))).listen();
  }

  /** The vote speaks of what is durable, and of nothing else (ZOOKEEPER-4541). An observer cannot lead. */
  private Optional<Vote> ownVote() {
    Ensemble ensemble = setup.settings().ensemble();
    return ensemble.role() == Ensemble.Role.VOTER
        ? Optional.of(new Vote(ensemble.self(), beginning.history().currentEpoch(), beginning.history().last()))
        : Optional.empty();
  }

  private Looking with(Subscribers others) {
    return new Looking(setup, others, beginning);
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe -> with(subscribers.with(subscribe.subscriber())).listen();
      case Server.ElectionEnded ended -> {
        setup.metrics().elected();
        ServerId leader = ended.elected().leader();
        yield leader.equals(setup.settings().ensemble().self())
            ? InOffice.leading(setup, subscribers, beginning)
            : InOffice.following(setup, subscribers, leader, beginning);
      }
      case Server.FromPeer fromPeer -> {
        setup.forRole(fromPeer.message()).ifPresent(setup::turnAwayUnlessItAsksAgain);
        yield Behaviors.same();
      }
      case Server.PeerLost lost -> setup.tellElection(lost);
      case Server.PeerFound found -> setup.tellElection(found);
      case Server.Retire retire -> Ending.retire(setup, subscribers, List.of(retire));
      case Server.LogLost lost -> Ending.logLost(setup);
      case Server.ClientsWaitedEnough enough -> with(setup.sendClientsAway(subscribers)).listen();
      case Server.ClientsLost lost -> with(setup.clientsLost(lost, subscribers)).listen();
      case Server.HandOver late -> Behaviors.same();
      case Server.PauseElapsed late -> Behaviors.same();
      case Server.LogReplied late -> Behaviors.same();
      case Server.Recovered late -> Behaviors.same();
      case Server.NotRecovered late -> Behaviors.same();
      case Server.ServiceBegan late -> Behaviors.same();
      case Server.RoleEnded late -> Behaviors.same();
    };
  }
}
