package troupe.actors;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.broadcast.Audience;
import troupe.broadcast.Leader;
import troupe.broadcast.Notice;
import troupe.broadcast.Replica;
import troupe.persistence.History;
import troupe.persistence.JournalStore;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.session.Proposer;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.Applied;
import troupe.tree.DataTree;
import troupe.tree.Request;

/**
 * LEADING: parent of all actors of a leader. They end together: when one of them fails, or the leader steps down, this
 * one stops, and they with it.
 */
final class Leading {
  sealed interface Command {}

  /** The leader tells how it fares. */
  record LeaderReported(Leader.Report report) implements Command {}

  private final ActorContext<Command> context;
  private final ServerSettings settings;
  private final Server.Sources sources;
  private final PublishedTree published;
  private final ActorRef<Watches.Command> watches;
  private final ActorRef<Leader.Command> leader;
  private final ActorRef<Server.Command> server;

  private Leading(
      ActorContext<Command> context,
      ServerSettings settings,
      Server.Sources sources,
      JournalStore journal,
      ActorRef<TransactionLog.Command> log,
      History history,
      DataTree tree,
      ActorRef<Server.Command> server) {
    this.context = context;
    this.settings = settings;
    this.sources = sources;
    this.server = server;
    published = new PublishedTree(tree);
    watches = spawn(Watches.create(published), "watches");
    ActorRef<Snapshots.Command> snapshots =
        spawn(Snapshots.create(settings.snapshots(), journal, log, sources.random()), "snapshots");
    ActorRef<Replica.Command> replica =
        spawn(Replica.create(tree, new Registry(watches), snapshots), "replica");
    leader = spawn(
        Leader.create(
            settings.ensemble(),
            settings.broadcast(),
            history,
            tree,
            log,
            replica,
            context.messageAdapter(Leader.Report.class, LeaderReported::new),
            sources.clock()),
        "leader");
  }

  /**
   * @param history of the log
   * @param tree with all of that history
   * @param server hears of {@link Server.ServiceBegan}
   */
  static Behavior<Command> create(
      ServerSettings settings,
      Server.Sources sources,
      JournalStore journal,
      ActorRef<TransactionLog.Command> log,
      History history,
      DataTree tree,
      ActorRef<Server.Command> server) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(
        new Leading(context, settings, sources, journal, log, history, tree, server)::onMessage));
  }

  private Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case LeaderReported reported -> switch (reported.report()) {
        case Leader.Established established -> {
          serve(established.epoch());
          yield Behaviors.same();
        }
        case Leader.SteppedDown down -> Behaviors.stopped();
      };
    };
  }

  private void serve(long epoch) {
    Proposer proposer = new ToLeader(leader);
    ActorRef<SessionTracker.Command> tracker =
        spawn(SessionTracker.create(published, proposer, settings.session()), "session-tracker");
    spawn(
        ContainerReaper.create(
            published, proposer, sources.clock(), settings.containerCheck(), settings.containersPerMinute()),
        "container-reaper");
    ActorRef<Sessions.Command> sessions = spawn(
        Sessions.create(
            settings.ensemble().self(),
            published,
            proposer,
            watches,
            tracker,
            settings.session(),
            sources.clock(),
            sources.nanos(),
            sources.random()),
        "sessions");
    server.tell(new Server.ServiceBegan(new Server.Serving(epoch, published, sessions, watches, tracker)));
  }

  /** Watched without a word for its end: that one of them stops is the end of this actor, and so of all. */
  private <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
    ActorRef<T> child = context.spawn(behavior, name, Server.CORE);
    context.watch(child);
    return child;
  }

  /** The replica delivers to the registry. */
  private record Registry(ActorRef<Watches.Command> watches) implements Audience {
    @Override
    public void delivered(List<Applied> applied) {
      watches.tell(new Watches.Deliver(applied));
    }

    @Override
    public void delivered(Notice notice) {
      watches.tell(switch (notice) {
        case Notice.Synced synced -> new Watches.Sync(synced.session(), synced.cxid());
        case Notice.Refused refused -> new Watches.Refuse(refused.session(), refused.cxid(), refused.reason());
      });
    }
  }

  /** Sessions reach the leader of this server. */
  private record ToLeader(ActorRef<Leader.Command> leader) implements Proposer {
    @Override
    public void submit(List<Request> requests) {
      leader.tell(new Leader.Submit(requests));
    }

    @Override
    public void sync(long session, int cxid) {
      leader.tell(new Leader.Sync(session, cxid));
    }
  }
}
