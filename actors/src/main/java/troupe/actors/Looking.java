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
import troupe.persistence.History;
import troupe.persistence.TreeAt;

/** LOOKING: an election decides who leads. Becomes {@link InOffice}. */
record Looking(Server.Setup setup, Subscribers subscribers, History history, TreeAt tree) {

  Behavior<Server.Command> enter() {
    ActorRef<Election.Elected> elected =
        setup.context().messageAdapter(Election.Elected.class, Server.ElectionEnded::new);
    setup.metrics().lookingBegan();
    setup.election().tell(new Election.FindLeader(ownVote(), elected));
    Subscribers told = subscribers.tell(new Server.NotServing("it looks for a leader: none has a quorum (yet)"));
    return new Looking(setup, told, history, tree).listen();
  }

  /** The vote speaks of what is durable, and of nothing else (ZOOKEEPER-4541). An observer cannot lead. */
  private Optional<Vote> ownVote() {
    Ensemble ensemble = setup.settings().ensemble();
    return ensemble.role() == Ensemble.Role.VOTER
        ? Optional.of(new Vote(ensemble.self(), history.currentEpoch(), history.last()))
        : Optional.empty();
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe ->
          new Looking(setup, subscribers.with(subscribe.subscriber()), history, tree).listen();
      case Server.ElectionEnded ended -> {
        setup.metrics().elected();
        ServerId leader = ended.elected().leader();
        yield leader.equals(setup.settings().ensemble().self())
            ? InOffice.leading(setup, subscribers, history, tree)
            : InOffice.following(setup, subscribers, leader, history, tree);
      }
      case Server.FromPeer fromPeer -> {
        setup.forRole(fromPeer.message()).ifPresent(setup::turnAwayUnlessItAsksAgain);
        yield Behaviors.same();
      }
      case Server.PeerLost lost -> setup.tellElection(lost);
      case Server.PeerFound found -> setup.tellElection(found);
      case Server.Retire retire -> Ending.retire(setup, subscribers, List.of(retire));
      case Server.LogLost lost -> Ending.logLost(setup);
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
