package troupe.actors;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.persistence.History;
import troupe.persistence.Recovery;
import troupe.persistence.TransactionLog;
import troupe.tree.DataTree;

/** The tree is being made from what is on the disk. Becomes {@link Looking}; the server ends if it cannot be made. */
record Recovering(Server.Setup setup, Subscribers subscribers) {

  Behavior<Server.Command> enter() {
    ActorRef<TransactionLog.Reply> replies =
        setup.context().messageAdapter(TransactionLog.Reply.class, Server.LogReplied::new);
    setup.log().tell(new TransactionLog.GetHistory(replies));
    return listen();
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe -> new Recovering(setup, subscribers.with(subscribe.subscriber())).listen();
      case Server.LogReplied replied when replied.reply() instanceof TransactionLog.Reply.TheHistory history -> {
        recover(history.history());
        yield Behaviors.same();
      }
      case Server.LogReplied other -> throw new IllegalStateException("nobody asked the log for " + other.reply());
      case Server.Recovered recovered -> {
        setup.context().getLog().info("recovered {} nodes and {} sessions at {}",
            recovered.tree().nodeCount(), recovered.tree().sessionCount(), recovered.tree().lastZxid());
        yield new Looking(setup, subscribers, recovered.history(), recovered.tree()).enter();
      }
      case Server.NotRecovered failed -> {
        setup.context().getLog().error("cannot recover: {}", failed.cause().getMessage(), failed.cause());
        yield Behaviors.stopped();
      }
      case Server.LogLost lost -> Ending.logLost(setup);
      case Server.ElectionEnded late -> Behaviors.same();
      case Server.ServiceBegan late -> Behaviors.same();
      case Server.RoleEnded late -> Behaviors.same();
    };
  }

  private void recover(History history) {
    Executor disk = setup.context().getSystem().dispatchers()
        .lookup(DispatcherSelector.fromConfig("troupe.persistence.snapshot-dispatcher"));
    CompletionStage<DataTree> tree = CompletableFuture.supplyAsync(
        () -> Recovery.recover(history, setup.journal(), setup.settings().snapshots().directory()), disk);
    setup.context().pipeToSelf(tree, (recovered, failure) ->
        failure == null ? new Server.Recovered(history, recovered) : new Server.NotRecovered(failure));
  }
}
