package troupe.actors;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
import troupe.persistence.TreeAt;

/**
 * The tree is being made from what is on the disk. Becomes {@link Looking}; the server ends if it cannot be made.
 *
 * @param committed the newest committed tree of the roles before, if there was one: recovery goes on from there
 */
record Recovering(Server.Setup setup, Subscribers subscribers, Optional<TreeAt> committed) {
  /** On average; so that a role which comes to nothing again and again keeps no processor busy. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  Behavior<Server.Command> enter() {
    ActorRef<TransactionLog.Reply> replies =
        setup.context().messageAdapter(TransactionLog.Reply.class, Server.LogReplied::new);
    // Behind everything that the role before has given to the log: what is answered is all there is.
    setup.log().tell(new TransactionLog.GetHistory(replies));
    return listen();
  }

  /** After a role that came to nothing. */
  Behavior<Server.Command> enterAfterAPause() {
    return enterAfter(Duration.ofMillis(PAUSE.toMillis() / 2 + setup.sources().random().nextLong(PAUSE.toMillis())));
  }

  Behavior<Server.Command> enterAfter(Duration pause) {
    setup.timers().startSingleTimer(new Server.PauseElapsed(), pause);
    return listen();
  }

  private Recovering with(Subscribers others) {
    return new Recovering(setup, others, committed);
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe -> with(subscribers.with(subscribe.subscriber())).listen();
      case Server.PauseElapsed elapsed -> enter();
      case Server.LogReplied replied when replied.reply() instanceof TransactionLog.Reply.TheHistory history -> {
        recover(history.history());
        yield Behaviors.same();
      }
      case Server.LogReplied other -> throw new IllegalStateException("nobody asked the log for " + other.reply());
      case Server.Recovered recovered -> {
        setup.metrics().recovered(recovered.took().toNanos());
        setup.context().getLog().info("recovered {} nodes and {} sessions at {} in {} ms",
            recovered.beginning().tree().tree().nodeCount(),
            recovered.beginning().tree().tree().sessionCount(),
            recovered.beginning().tree().tree().lastZxid(),
            recovered.took().toMillis());
        yield new Looking(setup, subscribers, recovered.beginning()).enter();
      }
      case Server.NotRecovered failed -> {
        setup.context().getLog().error("cannot recover: {}", failed.cause().getMessage(), failed.cause());
        yield Behaviors.stopped();
      }
      case Server.FromPeer fromPeer -> {
        // A leader to be does not know yet that it is one: whoever would follow it asks again.
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
      case Server.ElectionEnded late -> Behaviors.same();
      case Server.ServiceBegan late -> Behaviors.same();
      case Server.RoleEnded late -> Behaviors.same();
    };
  }

  private void recover(History history) {
    Executor disk = setup.context().getSystem().dispatchers()
        .lookup(DispatcherSelector.fromConfig("troupe.persistence.recovery-dispatcher"));
    long begun = setup.sources().nanos().getAsLong();
    Unshown unshown = new Unshown(setup.clientele().shown(), setup.changes());
    CompletionStage<TreeAt> tree = CompletableFuture.supplyAsync(
        () -> Recovery.recover(
            history, setup.journal(), setup.settings().snapshots().directory(), committed, unshown),
        disk);
    setup.context().pipeToSelf(tree, (recovered, failure) -> failure == null
        ? new Server.Recovered(
            new Beginning(history, recovered, committed, unshown.all()),
            Duration.ofNanos(setup.sources().nanos().getAsLong() - begun))
        : new Server.NotRecovered(failure));
  }
}
