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
import troupe.session.Leadership;
import troupe.session.Proposer;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Watches;
import troupe.tree.Applied;

/** What every role has: the replica, which delivers to the server's {@link Clients}, and snapshots. */
final class Staff {
  private final ActorContext<Role.Command> context;
  private final Server.Setup server;
  private final Clients clients;
  private final ActorRef<Snapshots.Command> snapshots;
  private final ActorRef<Replica.Command> replica;

  /** @param committed where the newest committed tree is kept for the next role */
  Staff(
      ActorContext<Role.Command> context,
      Server.Setup server,
      Beginning beginning,
      Clients.ToServe waiting,
      AtomicReference<Optional<TreeAt>> committed) {
    this.context = context;
    this.server = server;
    this.clients = waiting.clients();
    snapshots = spawn(
        Snapshots.create(
            server.settings().snapshots(),
            server.journal(),
            server.log(),
            server.sources().random(),
            committed::get,
            server.metrics()),
        "snapshots");
    Registry registry = new Registry(waiting, server.metrics(), server.changes());
    replica = spawn(Replica.create(beginning.tree(), committed, registry, snapshots), "replica");
  }

  ActorRef<Replica.Command> replica() {
    return replica;
  }

  PublishedTree published() {
    return clients.published();
  }

  /** Lets clients in, and those who have waited go on. */
  void serve(Server.Office office, Proposer proposer, ActorRef<SessionTracker.Command> tracker) {
    clients.watches().tell(new Watches.Led(new Leadership(office.epoch(), proposer, tracker)));
    server.context().getSelf().tell(new Server.ServiceBegan(new Server.Serving(
        office,
        clients.published(),
        server.changes(),
        clients.sessions(),
        clients.watches(),
        tracker,
        snapshots,
        server.log())));
  }

  /** Watched without a word for its end: that one of them stops is the end of the role, and so of all. */
  <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
    ActorRef<T> child = context.spawn(behavior, name, Server.CORE);
    context.watch(child);
    return child;
  }

  /** The replica delivers to the registry. */
  private static final class Registry implements Audience {
    private final ActorRef<Watches.Command> watches;
    private final Metrics metrics;
    private final ChangeHistory changes;
    private List<Applied> unshown;

    Registry(Clients.ToServe waiting, Metrics metrics, ChangeHistory changes) {
      this.watches = waiting.clients().watches();
      this.unshown = waiting.takeUnshown();
      this.metrics = metrics;
      this.changes = changes;
    }

    @Override
    public void confirmed() {
      if (!unshown.isEmpty()) {
        watches.tell(new Watches.Deliver(unshown));
        unshown = List.of();
      }
    }

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
