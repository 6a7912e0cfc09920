package troupe.actors;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.broadcast.FromLearner;
import troupe.broadcast.Leader;
import troupe.ensemble.ServerId;
import troupe.persistence.TreeAt;
import troupe.session.Proposer;
import troupe.session.SessionTracker;
import troupe.tree.Password;
import troupe.tree.Request;

/** LEADING: the leader, what only a leader does, and the {@link Staff} that every role has. */
final class Leading {
  private final Server.Setup server;
  private final Staff staff;
  private final ActorRef<Leader.Command> leader;
  private final AtomicReference<Set<ServerId>> inStep = new AtomicReference<>(Set.of());
  private Optional<ActorRef<SessionTracker.Command>> tracker = Optional.empty();

  /** Timeouts by session, from learners that were faster than our own word that clients are served. */
  private final Map<Long, Integer> touchedEarly = new HashMap<>();

  private Leading(
      ActorContext<Role.Command> context,
      Server.Setup server,
      Beginning beginning,
      Clients.ToServe clients,
      AtomicReference<Optional<TreeAt>> committed) {
    this.server = server;
    this.staff = new Staff(context, server, beginning, clients, committed);
    Leader.Surroundings around = new Leader.Surroundings(
        server.settings().ensemble(),
        server.settings().broadcast(),
        server.links(),
        server.log(),
        server.journal(),
        server.settings().snapshots().directory(),
        staff.replica(),
        server.sources().clock(),
        server.metrics());
    leader = staff.spawn(
        Leader.create(
            around,
            beginning.history(),
            beginning.tree().tree(),
            context.messageAdapter(Leader.Report.class, Role.LeaderReported::new)),
        "leader");
  }

  /**
   * @param clients whom it serves
   * @param committed where the newest committed tree is kept for the next role
   */
  static Behavior<Role.Command> create(
      Server.Setup server, Beginning beginning, Clients.ToServe clients, AtomicReference<Optional<TreeAt>> committed) {
    return Behaviors.setup(context ->
        Behaviors.receiveMessage(new Leading(context, server, beginning, clients, committed)::onMessage));
  }

  private Behavior<Role.Command> onMessage(Role.Command message) {
    switch (message) {
      case Role.LeaderReported reported -> {
        return onReport(reported.report());
      }
      case Role.Heard heard when heard.message() instanceof FromLearner fromLearner ->
          leader.tell(new Leader.Heard(fromLearner));
      case Role.Heard stray -> server.turnAway(stray.message());
      case Role.PeerLost lost -> leader.tell(new Leader.PeerLost(lost.peer()));
      case Role.Resign resign -> leader.tell(new Leader.Resign());
      case Role.LearnerReported impossible -> throw new IllegalStateException(impossible + " at the leader");
    }
    return Behaviors.same();
  }

  private Behavior<Role.Command> onReport(Leader.Report report) {
    return switch (report) {
      case Leader.Established established -> {
        serve(established.epoch());
        yield Behaviors.same();
      }
      case Leader.InStep changed -> {
        inStep.set(changed.learners());
        yield Behaviors.same();
      }
      case Leader.SessionsTouched touched -> {
        tracker.ifPresentOrElse(
            ref -> touch(ref, touched.timeouts()),
            () -> touched.timeouts().forEach((session, timeout) -> touchedEarly.merge(session, timeout, Math::max)));
        yield Behaviors.same();
      }
      case Leader.SteppedDown down -> Behaviors.stopped();
    };
  }

  private void serve(long epoch) {
    Consumer<List<Request>> housekeeping = requests -> leader.tell(new Leader.SubmitOwn(requests));
    Consumer<List<Request>> expiries = requests -> {
      server.metrics().sessionsExpired(requests.size());
      housekeeping.accept(requests);
    };
    ActorRef<SessionTracker.Command> sessionTracker = staff.spawn(
        SessionTracker.create(staff.published(), expiries, server.settings().session()), "session-tracker");
    tracker = Optional.of(sessionTracker);
    touch(sessionTracker, touchedEarly);
    touchedEarly.clear();
    staff.spawn(
        ContainerReaper.create(
            staff.published(),
            housekeeping,
            server.sources().clock(),
            server.settings().containerCheck(),
            server.settings().containersPerMinute()),
        "container-reaper");
    ServerId self = server.settings().ensemble().self();
    boolean alone = server.settings().ensemble().peers().isEmpty();
    Server.Mode mode = alone ? Server.Mode.STANDALONE : Server.Mode.LEADER;
    staff.serve(new Server.Office(epoch, mode, self, inStep::get), new ToLeader(leader, self), sessionTracker);
  }

  private static void touch(ActorRef<SessionTracker.Command> tracker, Map<Long, Integer> timeouts) {
    timeouts.forEach((session, timeout) -> tracker.tell(timeout == 0
        ? new SessionTracker.Touched(session)
        : new SessionTracker.Resumed(session, timeout)));
  }

  /** Sessions reach the leader of this server. */
  private record ToLeader(ActorRef<Leader.Command> leader, ServerId self) implements Proposer {
    @Override
    public void submit(List<Request> requests) {
      leader.tell(new Leader.Submit(self, requests));
    }

    @Override
    public void sync(long session, int cxid) {
      leader.tell(new Leader.Sync(self, session, cxid));
    }

    @Override
    public void readIndex(long session, int cxid) {
      leader.tell(new Leader.ReadIndex(self, session, cxid));
    }

    @Override
    public void claim(long session, int cxid, Password password) {
      leader.tell(new Leader.Claim(self, session, cxid, password, false));
    }

    @Override
    public void keep(long session, int cxid, Password password) {
      leader.tell(new Leader.Claim(self, session, cxid, password, true));
    }
  }
}
