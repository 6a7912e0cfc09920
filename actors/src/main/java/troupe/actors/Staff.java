package troupe.actors;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import troupe.broadcast.Audience;
import troupe.broadcast.Notice;
import troupe.broadcast.Replica;
import troupe.metrics.Metrics;
import troupe.persistence.Snapshots;
import troupe.persistence.TreeAt;
import troupe.session.ChangeHistory;
import troupe.session.Proposer;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.Applied;

/** The actors that every role has: the replica, what it delivers to, and the sessions of clients. */
final class Staff {
  private final ActorContext<Role.Command> context;
  private final Server.Setup server;
  private final PublishedTree published;
  private final ActorRef<Watches.Command> watches;
  private final ActorRef<Snapshots.Command> snapshots;
  private final ActorRef<Replica.Command> replica;

  /**
   * @param start the recovered tree
   * @param committed where the newest committed tree is kept for the next role
   */
  Staff(
      ActorContext<Role.Command> context,
      Server.Setup server,
      TreeAt start,
      AtomicReference<Optional<TreeAt>> committed) {
    this.context = context;
    this.server = server;
    published = new PublishedTree(start.tree());
    watches = spawn(Watches.create(published, server.metrics()), "watches");
    snapshots = spawn(
        Snapshots.create(
            server.settings().snapshots(),
            server.journal(),
            server.log(),
            server.sources().random(),
            committed::get,
            server.metrics()),
        "snapshots");
    replica = spawn(Replica.create(start, committed, new Registry(watches, server.metrics(), server.changes()), snapshots), "replica");
  }

  ActorRef<Replica.Command> replica() {
    return replica;
  }

  PublishedTree published() {
    return published;
  }

  /** Lets clients in. */
  void serve(Server.Office office, Proposer proposer, ActorRef<SessionTracker.Command> tracker) {
    ActorRef<Sessions.Command> sessions = spawn(
        Sessions.create(
            server.settings().ensemble().self(),
            published,
            proposer,
            watches,
            tracker,
            server.settings().session(),
            server.sources().clock(),
            server.sources().nanos(),
            server.sources().random()),
        "sessions");
    server.context().getSelf().tell(new Server.ServiceBegan(
        new Server.Serving(
            office, published, server.changes(), sessions, watches, tracker, snapshots, server.log())));
  }

  /** Watched without a word for its end: that one of them stops is the end of the role, and so of all. */
  <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
    ActorRef<T> child = context.spawn(behavior, name, Server.CORE);
    context.watch(child);
    return child;
  }

  /** The replica delivers to the registry. */
  private record Registry(ActorRef<Watches.Command> watches, Metrics metrics, ChangeHistory changes)
      implements Audience {
    @Override
    public void delivered(List<Applied> applied) {
      metrics.applied(applied.size());
      applied.forEach(changes::append); // here, where it cannot fall behind the committed tree when the role ends
      watches.tell(new Watches.Deliver(applied));
    }

    @Override
    public <T> void delivered(ActorRef<T> to, T message) {
      watches.tell(new Watches.Tell<>(to, message));
    }

    @Override
    public void delivered(Notice notice) {
      watches.tell(switch (notice) {
        case Notice.Synced synced -> new Watches.Sync(synced.session(), synced.cxid());
        case Notice.Refused refused -> new Watches.Refuse(refused.session(), refused.cxid(), refused.reason());
        case Notice.Moved moved -> new Watches.Moved(moved.session());
      });
    }
  }
}
