package troupe.actors;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.election.Election;
import troupe.election.Vote;
import troupe.persistence.History;
import troupe.tree.DataTree;

/** LOOKING: an election decides who leads. Becomes {@link InOffice}. */
record Looking(Server.Setup setup, Subscribers subscribers, History history, DataTree tree) {

  Behavior<Server.Command> enter() {
    ActorRef<Election.Elected> elected =
        setup.context().messageAdapter(Election.Elected.class, Server.ElectionEnded::new);
    // The vote speaks of what is durable, and of nothing else (ZOOKEEPER-4541).
    Vote own = new Vote(setup.settings().ensemble().self(), history.currentEpoch(), history.last());
    setup.election().tell(new Election.FindLeader(own, elected));
    return listen();
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe ->
          new Looking(setup, subscribers.with(subscribe.subscriber()), history, tree).listen();
      case Server.ElectionEnded ended when ended.elected().leader().equals(setup.settings().ensemble().self()) ->
          InOffice.leading(setup, subscribers, history, tree);
      case Server.ElectionEnded ended ->
          throw new IllegalStateException("server " + ended.elected().leader() + " leads an ensemble of one");
      case Server.LogLost lost -> Ending.logLost(setup);
      case Server.LogReplied late -> Behaviors.same();
      case Server.Recovered late -> Behaviors.same();
      case Server.NotRecovered late -> Behaviors.same();
      case Server.ServiceBegan late -> Behaviors.same();
      case Server.RoleEnded late -> Behaviors.same();
    };
  }
}
