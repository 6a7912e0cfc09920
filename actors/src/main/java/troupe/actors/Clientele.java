package troupe.actors;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.metrics.Metrics;
import troupe.persistence.TreeAt;
import troupe.session.PublishedTree;
import troupe.session.Sessions;
import troupe.session.Watches;

/**
 * Keeps the {@link Clients} of a server from one role to the next, so that they need not notice a change of leader. Part
 * of the server's actor.
 *
 * <p>They go on if they have been shown a committed tree, have not waited for too long, and everything since is known.
 * Otherwise they are sent away, as ZooKeeper does it always, and the next role begins with nobody.
 */
final class Clientele {
  private static final Server.Command WAITED_ENOUGH = new Server.ClientsWaitedEnough();

  private final ServerSettings settings;
  private final Server.Sources sources;
  private final Metrics metrics;
  private final ActorContext<Server.Command> context;
  private final TimerScheduler<Server.Command> timers;
  private Optional<Clients> clients = Optional.empty();
  private int generation;

  /** Whether the present role serves them. */
  private boolean served;

  /** Whether there are some who were served, and may be again by the next role. */
  private boolean waiting;

  /** The zxid of the last transaction that the registry of watches has been given. */
  private long shown;

  Clientele(
      ServerSettings settings,
      Server.Sources sources,
      Metrics metrics,
      ActorContext<Server.Command> context,
      TimerScheduler<Server.Command> timers) {
    this.settings = settings;
    this.sources = sources;
    this.metrics = metrics;
    this.context = context;
    this.timers = timers;
  }

  /** For a role that begins. */
  Clients.ToServe with(Beginning beginning) {
    if (clients.isPresent() && waiting && beginning.unshown().isPresent()) {
      return new Clients.ToServe(clients.get(), beginning.unshown().get());
    }
    end();
    Clients fresh = begin(beginning.tree());
    clients = Optional.of(fresh);
    return new Clients.ToServe(fresh, List.of());
  }

  private Clients begin(TreeAt tree) {
    generation++;
    PublishedTree published = new PublishedTree(tree.tree());
    ActorRef<Watches.Command> watches = spawn(Watches.create(published, metrics), "watches");
    ActorRef<Sessions.Command> sessions = spawn(
        Sessions.create(
            settings.ensemble().self(),
            published,
            watches,
            settings.session(),
            sources.clock(),
            sources.nanos(),
            sources.random()),
        "sessions");
    return new Clients(published, watches, sessions);
  }

  private <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
    ActorRef<T> child = context.spawn(behavior, name + "-" + generation, Server.CORE);
    context.watchWith(child, new Server.ClientsLost(generation));
    return child;
  }

  /**
   * The role is ready to serve them.
   *
   * @return whether there are any to serve: their actors may have failed just now
   */
  boolean served() {
    served = clients.isPresent();
    waiting = false;
    timers.cancel(WAITED_ENOUGH);
    return served;
  }

  /** @param committed what the role has committed; none if it is not known */
  void roleEnded(Optional<TreeAt> committed) {
    committed.ifPresent(last -> shown = last.tree().lastZxidNumber());
    if (served) {
      served = false;
      clients.ifPresent(all -> all.watches().tell(new Watches.Leaderless()));
      waiting = !settings.leaderWait().isZero();
      if (waiting) {
        timers.startSingleTimer(WAITED_ENOUGH, settings.leaderWait());
      }
    }
  }

  void waitedEnough() {
    waiting = false;
  }

  boolean isWaiting() {
    return waiting;
  }

  /** What those who wait have been shown. */
  OptionalLong shown() {
    return waiting ? OptionalLong.of(shown) : OptionalLong.empty();
  }

  /**
   * One of the actors has failed.
   *
   * @return whether it was one of those that there are now
   */
  boolean lost(Server.ClientsLost lost) {
    if (lost.generation() != generation || clients.isEmpty()) {
      return false;
    }
    end();
    return true;
  }

  void end() {
    waiting = false;
    served = false;
    timers.cancel(WAITED_ENOUGH);
    clients.ifPresent(all -> {
      context.stop(all.sessions());
      context.stop(all.watches());
    });
    clients = Optional.empty();
  }
}
