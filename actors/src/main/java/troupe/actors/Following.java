package troupe.actors;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.broadcast.FromLeader;
import troupe.broadcast.Learner;
import troupe.ensemble.Ensemble;
import troupe.ensemble.ServerId;
import troupe.persistence.TreeAt;
import troupe.session.Proposer;
import troupe.session.TrackerRelay;
import troupe.tree.Password;
import troupe.tree.Request;

/** FOLLOWING or OBSERVING: the learner, and the {@link Staff} that every role has. */
final class Following {
  private final Server.Setup server;
  private final ServerId leader;
  private final Staff staff;
  private final ActorRef<Learner.Command> learner;

  private Following(
      ActorContext<Role.Command> context,
      Server.Setup server,
      ServerId leader,
      Beginning beginning,
      Clients.ToServe clients,
      AtomicReference<Optional<TreeAt>> committed) {
    this.server = server;
    this.leader = leader;
    this.staff = new Staff(context, server, beginning, clients, committed);
    Learner.Surroundings around = new Learner.Surroundings(
        server.settings().ensemble(),
        leader,
        server.settings().broadcast(),
        server.links(),
        server.log(),
        server.settings().snapshots().directory(),
        staff.replica(),
        server.sources().random());
    learner = staff.spawn(
        Learner.create(
            around,
            beginning.history(),
            beginning.tree().tree(),
            context.messageAdapter(Learner.Report.class, Role.LearnerReported::new)),
        "learner");
  }

  /**
   * @param leader whom to follow
   * @param clients whom it serves
   * @param committed where the newest committed tree is kept for the next role
   */
  static Behavior<Role.Command> create(
      Server.Setup server,
      ServerId leader,
      Beginning beginning,
      Clients.ToServe clients,
      AtomicReference<Optional<TreeAt>> committed) {
    return Behaviors.setup(context ->
        Behaviors.receiveMessage(new Following(context, server, leader, beginning, clients, committed)::onMessage));
  }

  private Behavior<Role.Command> onMessage(Role.Command message) {
    switch (message) {
      case Role.LearnerReported reported -> {
        return onReport(reported.report());
      }
      case Role.Heard heard when heard.message() instanceof FromLeader fromLeader ->
          learner.tell(new Learner.Heard(fromLeader));
      case Role.Heard stray -> server.turnAway(stray.message());
      case Role.PeerLost lost -> learner.tell(new Learner.PeerLost(lost.peer()));
      case Role.Resign resign -> learner.tell(new Learner.Resign());
      case Role.LeaderReported impossible -> throw new IllegalStateException(impossible + " at a learner");
    }
    return Behaviors.same();
  }

  private Behavior<Role.Command> onReport(Learner.Report report) {
    return switch (report) {
      case Learner.UpToDate upToDate -> {
        boolean votes = server.settings().ensemble().role() == Ensemble.Role.VOTER;
        staff.serve(
            new Server.Office(
                upToDate.epoch(), votes ? Server.Mode.FOLLOWER : Server.Mode.OBSERVER, leader, Set::of),
            new ToLearner(learner),
            staff.spawn(TrackerRelay.create(heard -> learner.tell(new Learner.Touch(heard))), "tracker-relay"));
        yield Behaviors.same();
      }
      case Learner.Lost lost -> Behaviors.stopped();
    };
  }

  /** Sessions reach the leader through the learner. */
  private record ToLearner(ActorRef<Learner.Command> learner) implements Proposer {
    @Override
    public void submit(List<Request> requests) {
      learner.tell(new Learner.Submit(requests));
    }

    @Override
    public void sync(long session, int cxid) {
      learner.tell(new Learner.Sync(session, cxid));
    }

    @Override
    public void readIndex(long session, int cxid) {
      learner.tell(new Learner.ReadIndex(session, cxid));
    }

    @Override
    public void claim(long session, int cxid, Password password) {
      learner.tell(new Learner.Claim(session, cxid, password, false));
    }

    @Override
    public void keep(long session, int cxid, Password password) {
      learner.tell(new Learner.Claim(session, cxid, password, true));
    }
  }
}
