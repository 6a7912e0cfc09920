package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.election.Election;
import troupe.election.Round;
import troupe.ensemble.Links;
import troupe.ensemble.ServerId;
import troupe.persistence.History;
import troupe.persistence.Snapshots;
import troupe.persistence.TransactionLog;
import troupe.persistence.TreeAt;
import troupe.session.ChangeHistory;
import troupe.session.PublishedTree;
import troupe.session.SessionTracker;
import troupe.session.Sessions;
import troupe.session.Watches;
import troupe.tree.Applied;
import troupe.tree.DataTree;

/** {@link Recovering}, {@link Looking} and {@link InOffice}, each with each message. */
class ServerStatesTest {
  private static final DataTree TREE = DataTree.initial();
  private static final TreeAt START = new TreeAt(TREE, 0);
  private static final Beginning BEGINNING = new Beginning(History.EMPTY, START, Optional.empty(), Optional.empty());
  private static final Server.Serving SERVING = new Server.Serving(
      new Server.Office(1, Server.Mode.STANDALONE, new ServerId(1), Set::of),
      new PublishedTree(TREE), new ChangeHistory(1),
      TestInbox.<Sessions.Command>create().getRef(),
      TestInbox.<Watches.Command>create().getRef(),
      TestInbox.<SessionTracker.Command>create().getRef(),
      TestInbox.<Snapshots.Command>create().getRef(),
      TestInbox.<TransactionLog.Command>create().getRef());
  private static final Server.Command ELECTED = elected(1);
  private static final Server.Command RECOVERED = new Server.Recovered(BEGINNING, Duration.ZERO);
  private static final Server.Command NOT_RECOVERED = new Server.NotRecovered(new IllegalStateException("torn"));
  private static final Server.Command HISTORY =
      new Server.LogReplied(new TransactionLog.Reply.TheHistory(History.EMPTY));

  @TempDir private static Path directory;
  private static ServerFixture fixture;

  private final TestInbox<TransactionLog.Command> log = TestInbox.create();
  private final TestInbox<Election.Command> election = TestInbox.create();
  private final TestInbox<Server.Service> service = TestInbox.create();

  private final Map<String, State> states = Map.of(
      "recovering", setup -> new Recovering(setup, Subscribers.NONE, Optional.empty()).enter(),
      "looking", setup -> new Looking(setup, Subscribers.NONE, BEGINNING).enter(),
      "in office", setup -> InOffice.leading(setup, Subscribers.NONE, BEGINNING));

  private interface State {
    Behavior<Server.Command> begin(Server.Setup setup);
  }

  @BeforeAll
  static void begin() {
    fixture = new ServerFixture(directory);
  }

  @AfterAll
  static void end() {
    fixture.close();
  }

  private BehaviorTestKit<Server.Command> server(String state) {
    BehaviorTestKit<Server.Command> server = BehaviorTestKit.create(Behaviors.setup(context -> Behaviors.withTimers(timers ->
        states.get(state).begin(fixture.setup(Links.NONE, log.getRef(), election.getRef(), context, timers)))));
    server.run(new Server.Subscribe(service.getRef()));
    assertInstanceOf(Server.NotServing.class, service.receiveMessage());
    server.clearLog();
    server.getAllEffects();
    return server;
  }

  private static Server.Command elected(int id) {
    return new Server.ElectionEnded(new Election.Elected(new Round(1), new ServerId(id)));
  }

  @Test
  void itBeginsWithWhatItsLogHolds() {
    server("recovering");
    assertInstanceOf(TransactionLog.GetHistory.class, log.receiveMessage());
  }

  @Test
  void whatWasRecoveredIsVotedFor() {
    BehaviorTestKit<Server.Command> server = server("recovering");
    assertFalse(election.hasMessages());
    server.run(RECOVERED);
    Election.FindLeader find = assertInstanceOf(Election.FindLeader.class, election.receiveMessage());
    assertEquals(TREE.lastZxid(), find.own().orElseThrow().last());
  }

  @Test
  void whatCannotBeRecoveredEndsIt() {
    BehaviorTestKit<Server.Command> server = server("recovering");
    server.run(NOT_RECOVERED);
    assertFalse(server.isAlive());
  }

  @Test
  void electedItTakesOfficeAndServesWhenTheRoleSaysSo() {
    BehaviorTestKit<Server.Command> server = server("looking");
    server.run(ELECTED);
    assertTrue(server.getAllEffects().stream().anyMatch(Effect.SpawnedAnonymous.class::isInstance));
    service.expectMessage(new Server.NotServing("it was elected, and waits for a quorum to follow it", false));
    assertFalse(service.hasMessages());
    server.run(new Server.ServiceBegan(SERVING));
    service.expectMessage(SERVING);
  }

  @Test
  void theEndOfItsRoleEndsServiceAndBeginsWithTheLogAgain() {
    BehaviorTestKit<Server.Command> server = server("in office");
    server.run(new Server.ServiceBegan(SERVING));
    service.expectMessage(SERVING);
    log.getAllReceived(); // what its leader asked
    server.run(new Server.RoleEnded());
    assertInstanceOf(Server.NotServing.class, service.receiveMessage());
    assertInstanceOf(TransactionLog.GetHistory.class, log.receiveMessage());
  }

  /** From what a role serves to the next role, as its clients hear of it. */
  private void goOn(BehaviorTestKit<Server.Command> server, Optional<List<Applied>> unshown) {
    server.run(new Server.Recovered(new Beginning(History.EMPTY, START, Optional.empty(), unshown), Duration.ZERO));
    server.run(ELECTED);
  }

  private BehaviorTestKit<Server.Command> serverThatHasServed() {
    BehaviorTestKit<Server.Command> server = server("in office");
    server.run(new Server.ServiceBegan(SERVING));
    service.getAllReceived();
    server.run(new Server.RoleEnded());
    return server;
  }

  private List<Boolean> whetherClientsWait() {
    return service.getAllReceived().stream().map(heard -> ((Server.NotServing) heard).clientsWait()).toList();
  }

  private static List<String> spawned(BehaviorTestKit<Server.Command> server) {
    return server.getAllEffects().stream()
        .filter(Effect.Spawned.class::isInstance).map(effect -> ((Effect.Spawned<?>) effect).childName()).toList();
  }

  @Test
  void clientsWhoWereServedWaitForTheNextRole() {
    BehaviorTestKit<Server.Command> server = serverThatHasServed();
    assertTrue(server.getAllEffects().stream().anyMatch(effect -> effect instanceof Effect.TimerScheduled<?> timer
        && timer.msg().equals(new Server.ClientsWaitedEnough())
        && timer.duration().equals(fixture.settings.leaderWait())));
    goOn(server, Optional.of(List.of()));
    assertEquals(List.of(true, true, true), whetherClientsWait());
    assertEquals(List.of(), spawned(server));
  }

  @Test
  void clientsWhoHaveNotBeenServedGoElsewhere() {
    BehaviorTestKit<Server.Command> server = server("in office");
    server.run(new Server.RoleEnded());
    goOn(server, Optional.of(List.of()));
    assertEquals(List.of(false, false, false), whetherClientsWait());
    assertEquals(List.of("watches-2", "sessions-2"), spawned(server));
  }

  @Test
  void clientsWhoMissedSomethingGoElsewhere() {
    BehaviorTestKit<Server.Command> server = serverThatHasServed();
    goOn(server, Optional.empty());
    assertEquals(List.of(true, true, false), whetherClientsWait());
    assertEquals(List.of("watches-2", "sessions-2"), spawned(server));
  }

  @Test
  void clientsWhoHaveWaitedForLongGoElsewhereAndTheNextRoleHasNewOnes() {
    BehaviorTestKit<Server.Command> server = serverThatHasServed();
    server.run(new Server.ClientsWaitedEnough());
    assertEquals(List.of(true, false), whetherClientsWait());
    goOn(server, Optional.of(List.of()));
    assertEquals(List.of(false, false), whetherClientsWait());
    assertEquals(List.of("watches-2", "sessions-2"), spawned(server));
  }

  @Test
  void clientsWhoHaveWaitedForTooLongForARoleThatIsBeginningGoElsewhere() {
    BehaviorTestKit<Server.Command> server = serverThatHasServed();
    goOn(server, Optional.of(List.of()));
    service.getAllReceived();
    server.run(new Server.ClientsWaitedEnough());
    assertEquals(List.of(false), whetherClientsWait());
    server.run(new Server.ServiceBegan(SERVING)); // with the same actors, for those who come now
    service.expectMessage(SERVING);
  }

  @Test
  void aRegistryThatFailsEndsTheRole() {
    BehaviorTestKit<Server.Command> server = server("in office");
    server.run(new Server.ServiceBegan(SERVING));
    server.getAllEffects();
    server.run(new Server.ClientsLost(1));
    assertEquals(3, server.getAllEffects().stream().filter(Effect.Stopped.class::isInstance).count()); // the other, and it
    service.getAllReceived();
    server.run(new Server.RoleEnded());
    assertEquals(List.of(false), whetherClientsWait());
    server.run(new Server.ClientsLost(1)); // the other one
    assertEquals(List.of(), spawned(server));
  }

  @Test
  void aRegistryThatFailsJustBeforeServiceBeginsLetsNobodyIn() {
    BehaviorTestKit<Server.Command> server = server("in office");
    server.run(new Server.ClientsLost(1));
    server.run(new Server.ServiceBegan(SERVING));
    assertFalse(service.hasMessages());
  }

  @Test
  void aRegistryThatFailsMeanwhileSendsClientsAway() {
    BehaviorTestKit<Server.Command> server = serverThatHasServed();
    server.run(new Server.ClientsLost(1));
    assertEquals(List.of(true, false), whetherClientsWait());
  }

  @Test
  void aLostLogEndsItInEveryState() {
    states.keySet().forEach(state -> {
      BehaviorTestKit<Server.Command> server = server(state);
      server.run(new Server.LogLost());
      assertFalse(server.isAlive(), state);
    });
  }

  @Test
  void whatComesLateChangesNothing() {
    Server.Command began = new Server.ServiceBegan(SERVING);
    Server.Command ended = new Server.RoleEnded();
    Server.Command handOver = new Server.HandOver();
    Map.of(
        "recovering", List.of(ELECTED, began, ended, handOver),
        "looking", List.of(handOver, HISTORY, RECOVERED, NOT_RECOVERED, began, ended),
        "in office", List.of(HISTORY, RECOVERED, NOT_RECOVERED, ELECTED)).forEach((state, late) -> {
          BehaviorTestKit<Server.Command> server = server(state);
          log.getAllReceived();
          election.getAllReceived();
          late.forEach(server::run);
          assertTrue(server.isAlive(), state);
          assertFalse(service.hasMessages() || log.hasMessages() || election.hasMessages(), state);
          assertEquals(List.of(), server.getAllEffects(), state);
        });
  }
}
