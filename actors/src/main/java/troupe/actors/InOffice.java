package troupe.actors;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.persistence.History;
import troupe.tree.DataTree;

/**
 * The server plays its role. Back to {@link Recovering} when that ends, for whatever reason: what the role's actors
 * knew ends with them.
 */
record InOffice(Server.Setup setup, Subscribers subscribers) {

  static Behavior<Server.Command> leading(
      Server.Setup setup, Subscribers subscribers, History history, DataTree tree) {
    ActorRef<Leading.Command> role = setup.context().spawnAnonymous(Leading.create(
        setup.settings(), setup.sources(), setup.journal(), setup.log(), history, tree, setup.context().getSelf()),
        Server.CORE);
    setup.context().watchWith(role, new Server.RoleEnded());
    return new InOffice(setup, subscribers).listen();
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe -> new InOffice(setup, subscribers.with(subscribe.subscriber())).listen();
      case Server.ServiceBegan began -> new InOffice(setup, subscribers.tell(began.serving())).listen();
      case Server.RoleEnded ended -> new Recovering(setup, subscribers.tell(new Server.NotServing())).enter();
      case Server.LogLost lost -> Ending.logLost(setup);
      case Server.LogReplied late -> Behaviors.same();
      case Server.Recovered late -> Behaviors.same();
      case Server.NotRecovered late -> Behaviors.same();
      case Server.ElectionEnded late -> Behaviors.same();
    };
  }
}
