package troupe.actors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.election.Election;
import troupe.ensemble.ServerId;
import troupe.persistence.TreeAt;

/**
 * The server plays its role. Back to {@link Recovering} when that ends, for whatever reason: what the role's actors
 * knew ends with them, but for the committed tree, which is in the log, and the {@link Clientele}, which has been shown it.
 *
 * @param known the newest tree that was known to be committed when the role began
 * @param committed filled by the role's replica
 * @param leads whether the role is that of the leader
 * @param served whether clients have been let in
 * @param handsOver whether another server is to lead next
 * @param retiring who want this to be the last role, and an answer after it
 */
record InOffice(
    Server.Setup setup,
    Subscribers subscribers,
    Optional<TreeAt> known,
    ActorRef<Role.Command> role,
    AtomicReference<Optional<TreeAt>> committed,
    boolean leads,
    boolean served,
    boolean handsOver,
    List<Server.Retire> retiring) {
  /** Of the time in which the others agree on a vote: who stays away for so long is not elected again. */
  private static final int ASIDE = 5;

  static Behavior<Server.Command> leading(
      Server.Setup setup, Subscribers subscribers, Beginning beginning) {
    AtomicReference<Optional<TreeAt>> committed = new AtomicReference<>(Optional.empty());
    Behavior<Role.Command> role = Leading.create(setup, beginning, setup.clientele().with(beginning), committed);
    Subscribers told = subscribers.tell(setup.notServing("it was elected, and waits for a quorum to follow it"));
    return begin(setup, told, beginning.committed(), committed, true, role);
  }

  static Behavior<Server.Command> following(
      Server.Setup setup, Subscribers subscribers, ServerId leader, Beginning beginning) {
    AtomicReference<Optional<TreeAt>> committed = new AtomicReference<>(Optional.empty());
    Behavior<Role.Command> role =
        Following.create(setup, leader, beginning, setup.clientele().with(beginning), committed);
    Subscribers told =
        subscribers.tell(setup.notServing("server " + leader + " is to lead; it is being brought up to date"));
    return begin(setup, told, beginning.committed(), committed, false, role);
  }

  private static Behavior<Server.Command> begin(
      Server.Setup setup,
      Subscribers subscribers,
      Optional<TreeAt> known,
      AtomicReference<Optional<TreeAt>> committed,
      boolean leads,
      Behavior<Role.Command> behavior) {
    ActorRef<Role.Command> role = setup.context().spawnAnonymous(behavior, Server.CORE);
    setup.context().watchWith(role, new Server.RoleEnded());
    return new InOffice(setup, subscribers, known, role, committed, leads, false, false, List.of()).listen();
  }

  private Behavior<Server.Command> listen() {
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Server.Command> onMessage(Server.Command message) {
    return switch (message) {
      case Server.Subscribe subscribe ->
          with(subscribers.with(subscribe.subscriber())).listen();
      case Server.ServiceBegan began -> {
        Subscribers told = setup.clientele().served() ? subscribers.tell(began.serving()) : subscribers;
        yield new InOffice(setup, told, known, role, committed, leads, true, handsOver, retiring).listen();
      }
      case Server.FromPeer fromPeer -> {
        setup.forRole(fromPeer.message()).ifPresent(forRole -> role.tell(new Role.Heard(forRole)));
        yield Behaviors.same();
      }
      case Server.PeerLost lost -> {
        role.tell(new Role.PeerLost(lost.peer()));
        yield setup.tellElection(lost);
      }
      case Server.PeerFound found -> setup.tellElection(found);
      case Server.Retire last -> {
        role.tell(new Role.Resign());
        List<Server.Retire> all = new ArrayList<>(retiring);
        all.add(last);
        yield new InOffice(setup, subscribers, known, role, committed, leads, served, handsOver, all).listen();
      }
      case Server.HandOver handOver when leads -> {
        setup.election().tell(new Election.StandAside()); // or the first to look would be told that it still leads
        role.tell(new Role.Resign());
        yield new InOffice(setup, subscribers, known, role, committed, leads, served, true, retiring).listen();
      }
      case Server.HandOver late -> Behaviors.same();
      case Server.RoleEnded ended when !retiring.isEmpty() -> Ending.retire(setup, subscribers, retiring);
      case Server.RoleEnded ended -> recover();
      case Server.LogLost lost -> Ending.logLost(setup);
      case Server.ClientsWaitedEnough enough -> with(setup.sendClientsAway(subscribers)).listen();
      case Server.ClientsLost lost -> {
        if (setup.clientele().lost(lost)) {
          setup.context().stop(role);
        }
        yield Behaviors.same();
      }
      case Server.PauseElapsed late -> Behaviors.same();
      case Server.LogReplied late -> Behaviors.same();
      case Server.Recovered late -> Behaviors.same();
      case Server.NotRecovered late -> Behaviors.same();
      case Server.ElectionEnded late -> Behaviors.same();
    };
  }

  private InOffice with(Subscribers others) {
    return new InOffice(setup, others, known, role, committed, leads, served, handsOver, retiring);
  }

  private Behavior<Server.Command> recover() {
    if (leads) {
      // Reading the log may take long where the disk is slow, and whoever looks is not to be told that this one leads.
      setup.election().tell(new Election.StandAside());
    }
    Optional<TreeAt> newest = committed.get().or(() -> known);
    setup.clientele().roleEnded(newest);
    Subscribers told = subscribers.tell(setup.notServing("it reads its log"));
    Recovering recovering = new Recovering(setup, told, newest);
    if (handsOver) {
      return recovering.enterAfter(setup.settings().election().finalizeWait().multipliedBy(ASIDE));
    }
    return served ? recovering.enter() : recovering.enterAfterAPause();
  }
}
