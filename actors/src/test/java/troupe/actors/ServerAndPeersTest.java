package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.broadcast.Conversation;
import troupe.broadcast.FromLeader;
import troupe.broadcast.FromLearner;
import troupe.election.Election;
import troupe.election.Round;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.persistence.History;
import troupe.persistence.TransactionLog;
import troupe.persistence.TreeAt;
import troupe.tree.DataTree;

/** A server in each state with what comes from the other servers, and with its own retirement. */
class ServerAndPeersTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final Beginning BEGINNING =
      new Beginning(History.EMPTY, new TreeAt(DataTree.initial(), 0), Optional.empty(), Optional.empty());
  private static final Conversation CONVERSATION = new Conversation(5);

  private static final Election.Notification VOTE =
      new Election.Notification(TWO, new Round(1), Optional.empty(), true);
  private static final PeerMessage LEARNER_GREETS = fromLearner(new FromLearner.LearnerInfo(1));
  private static final PeerMessage LEARNER_SPEAKS = fromLearner(new FromLearner.Alive());
  private static final PeerMessage LEARNER_LEAVES = fromLearner(new FromLearner.Leave());
  private static final PeerMessage LEADER_SPEAKS = fromLeader(new FromLeader.Ping());
  private static final PeerMessage LEADER_LEAVES = fromLeader(new FromLeader.Leave());

  /** What the other side is told of a conversation that is over. */
  private static final PeerMessage NO_LEADER =
      new FromLeader(ONE, CONVERSATION, 0, new FromLeader.Leave());
  private static final PeerMessage NO_LEARNER =
      new FromLearner(ONE, CONVERSATION, 0, new FromLearner.Leave());

  @TempDir private static Path directory;
  private static ServerFixture fixture;

  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final TestInbox<Election.Command> election = TestInbox.create();
  private final TestInbox<Done> retired = TestInbox.create();
  private final List<PeerMessage> sent = new ArrayList<>();
  private ActorRef<Role.Command> role;

  private final Map<String, State> states = Map.of(
      "recovering", setup -> new Recovering(setup, Subscribers.NONE, Optional.empty()).enter(),
      "looking", setup -> new Looking(setup, Subscribers.NONE, BEGINNING).enter(),
      "leading", setup -> InOffice.leading(setup, Subscribers.NONE, BEGINNING),
      "following", setup -> InOffice.following(setup, Subscribers.NONE, TWO, BEGINNING),
      "ending", setup -> Ending.retire(setup, Subscribers.NONE, List.of(new Server.Retire(retired.getRef()))));

  private static final Set<String> ROLES = Set.of("leading", "following");

  private interface State {
    Behavior<Server.Command> begin(Server.Setup setup);
  }

  private static PeerMessage fromLearner(FromLearner.Message message) {
    return new FromLearner(TWO, CONVERSATION, 3, message);
  }

  private static PeerMessage fromLeader(FromLeader.Message message) {
    return new FromLeader(TWO, CONVERSATION, 3, message);
  }

  @BeforeAll
  static void begin() {
    fixture = new ServerFixture(directory);
  }

  @AfterAll
  static void end() {
    fixture.close();
  }

  @SuppressWarnings("unchecked") // a server has no other anonymous child
  private BehaviorTestKit<Server.Command> server(String state) {
    BehaviorTestKit<Server.Command> server =
        BehaviorTestKit.create(Behaviors.setup(context -> Behaviors.withTimers(timers ->
            states.get(state).begin(fixture.setup((to, message) -> {
              assertEquals(TWO, to);
              sent.add(message);
            }, log.getRef(), election.getRef(), context, timers)))));
    for (Effect effect : server.getAllEffects()) {
      if (effect instanceof Effect.SpawnedAnonymous<?> spawned) {
        role = (ActorRef<Role.Command>) spawned.ref();
      }
    }
    forget();
    return server;
  }

  private void forget() {
    log.getAllReceived();
    election.getAllReceived();
    retired.getAllReceived();
    sent.clear();
  }

  private List<Role.Command> toRole(BehaviorTestKit<Server.Command> server) {
    return server.<Role.Command>childInbox(role).getAllReceived();
  }

  @Test
  void votesGoToTheElectionInEveryStateButTheLast() {
    states.keySet().forEach(state -> {
      server(state).run(new Server.FromPeer(VOTE));
      assertEquals(state.equals("ending") ? List.of() : List.of(VOTE), election.getAllReceived(), state);
      assertEquals(List.of(), sent, state);
    });
  }

  @Test
  void whatIsForARoleGoesThere() {
    for (String state : ROLES) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.FromPeer(LEARNER_GREETS));
      server.run(new Server.FromPeer(LEADER_SPEAKS));
      assertEquals(List.of(new Role.Heard(LEARNER_GREETS), new Role.Heard(LEADER_SPEAKS)), toRole(server), state);
      assertFalse(election.hasMessages(), state);
    }
  }

  @Test
  void withoutARoleNobodyIsLeftWaitingForAnAnswer() {
    for (String state : List.of("recovering", "looking", "ending")) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.FromPeer(LEARNER_SPEAKS));
      server.run(new Server.FromPeer(LEADER_SPEAKS));
      assertEquals(List.of(NO_LEADER, NO_LEARNER), sent, state);
    }
  }

  @Test
  void aFarewellGetsNoAnswer() {
    for (String state : List.of("recovering", "looking", "ending")) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.FromPeer(LEARNER_LEAVES));
      server.run(new Server.FromPeer(LEADER_LEAVES));
      assertEquals(List.of(), sent, state);
    }
  }

  @Test
  void whoWouldFollowWaitsForAServerThatMayBecomeALeaderAndNotForOneThatRetires() {
    for (String state : List.of("recovering", "looking")) {
      server(state).run(new Server.FromPeer(LEARNER_GREETS));
      assertEquals(List.of(), sent, state);
    }
    server("ending").run(new Server.FromPeer(LEARNER_GREETS));
    assertEquals(List.of(NO_LEADER), sent);
  }

  @Test
  void whoIsGoneOrBackIsForTheElectionAndTheRole() {
    for (String state : List.of("recovering", "looking", "leading", "following")) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.PeerLost(TWO));
      server.run(new Server.PeerFound(TWO));
      assertEquals(
          List.of(new Election.PeerLost(TWO), new Election.PeerFound(TWO)), election.getAllReceived(), state);
      if (ROLES.contains(state)) {
        assertEquals(List.of(new Role.PeerLost(TWO)), toRole(server), state);
      }
    }
  }

  /** Where its disk is slow it reads its log for long, and those who look would be told that it leads, and wait for it. */
  @Test
  void whoLedDoesNotSayWhileItReadsItsLogThatItLeads() {
    for (String state : ROLES) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.RoleEnded());
      assertEquals(
          state.equals("leading") ? List.of(new Election.StandAside()) : List.of(), election.getAllReceived(), state);
    }
  }

  @Test
  void withoutARoleItIsRetiredAtOnce() {
    for (String state : List.of("recovering", "looking", "ending")) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.Retire(retired.getRef()));
      retired.expectMessage(Done.getInstance());
      assertTrue(server.isAlive());
      server.run(new Server.Retire(retired.getRef()));
      retired.expectMessage(Done.getInstance());
    }
  }

  @Test
  void aRoleIsFinishedFirst() {
    for (String state : ROLES) {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.Retire(retired.getRef()));
      assertEquals(List.of(new Role.Resign()), toRole(server), state);
      TestInbox<Done> impatient = TestInbox.create();
      server.run(new Server.Retire(impatient.getRef()));
      assertFalse(retired.hasMessages() || impatient.hasMessages(), state);
      server.run(new Server.RoleEnded());
      retired.expectMessage(Done.getInstance());
      impatient.expectMessage(Done.getInstance());
      assertFalse(log.hasMessages(), state + ": it does not begin again");
    }
  }

  @Test
  void whateverComesAfterTheEndChangesNothing() {
    BehaviorTestKit<Server.Command> server = server("ending");
    TestInbox<Server.Service> late = TestInbox.create();
    server.run(new Server.Subscribe(late.getRef()));
    late.expectMessage(new Server.NotServing("it stops", false));
    for (Server.Command message : List.of(
        new Server.RoleEnded(), new Server.PauseElapsed(), new Server.PeerLost(TWO), new Server.PeerFound(TWO),
        new Server.ElectionEnded(new Election.Elected(new Round(1), ONE)),
        new Server.Recovered(BEGINNING, Duration.ZERO),
        new Server.NotRecovered(new IllegalStateException("late")))) {
      server.run(message);
    }
    assertTrue(server.isAlive());
    assertFalse(log.hasMessages() || election.hasMessages());
    server.run(new Server.LogLost());
    assertFalse(server.isAlive());
  }

  @Test
  void aRoleThatServedNobodyIsFollowedByAPause() {
    BehaviorTestKit<Server.Command> server = server("following");
    server.run(new Server.RoleEnded());
    assertFalse(log.hasMessages());
    assertTrue(server.getAllEffects().stream().anyMatch(effect ->
        effect instanceof Effect.TimerScheduled<?> timer && timer.msg().equals(new Server.PauseElapsed())));
    server.run(new Server.PauseElapsed());
    assertTrue(log.receiveMessage() instanceof TransactionLog.GetHistory);
  }
}
