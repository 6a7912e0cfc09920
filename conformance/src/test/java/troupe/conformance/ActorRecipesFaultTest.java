package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static troupe.conformance.ActorApplication.bytes;
import static troupe.conformance.ActorApplication.get;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import troupe.client.Fence;
import troupe.client.Session;
import troupe.client.SessionEvent;
import troupe.client.TroupeClient;
import troupe.conformance.EnsembleFault.Struck;
import troupe.recipes.Claim;
import troupe.recipes.Group;
import troupe.recipes.Holding;
import troupe.recipes.LeaderElection;
import troupe.recipes.Lock;
import troupe.recipes.Lost;
import troupe.recipes.Renewed;
import troupe.recipes.Suspended;

/** No recipe breaks its promise, whatever happens to servers and to those who hold something. */
class ActorRecipesFaultTest {
  private static final int SOME = 3; // rounds of each recipe

  @RegisterExtension
  static final SharedEnsemble ensemble = new SharedEnsemble(3, 0);

  private static ActorApplication application;

  @BeforeAll
  static void join() {
    application = ActorApplication.join(ensemble.servers());
  }

  @AfterAll
  static void leave() throws Exception {
    application.close();
  }

  @Test
  void allRecipesGoOnAndNoneBreaksItsPromise() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    try (RecipeWork work = RecipeWork.begin(application, "work")) {
      work.awaitRounds("at first", SOME);
      through(work, "the leader is killed", EnsembleFault.LEADER_KILLED.strike(servers));
      int own = idOf(work.servers().getFirst());
      servers.kill(own);
      through(work, "the server of a session is killed", servers::launchDead);
      if (EnsembleFault.LEADER_CUT_OFF.isPermitted(servers)) {
        through(work, "the leader is cut off", EnsembleFault.LEADER_CUT_OFF.strike(servers));
      }
      System.out.println("rounds: " + work.judge());
    }
  }

  private static void through(RecipeWork work, String what, Struck struck) {
    work.awaitRounds(what, SOME);
    struck.end();
    ensemble.servers().awaitServing();
    work.awaitRounds("after " + what, SOME);
  }

  private static int idOf(String server) {
    List<String> addresses = ensemble.servers().peerAddresses();
    return 1 + addresses.indexOf(
        addresses.stream().filter(server::endsWith).findFirst().orElseThrow(() -> new AssertionError(server)));
  }

  /** A store that takes what carries a fence at least as large as the largest that it has seen. */
  private static final class Store implements Consumer<Fence> {
    private final List<Fence> accepted = new ArrayList<>();
    private int refused;

    @Override
    public synchronized void accept(Fence fence) {
      if (accepted.isEmpty() || !accepted.getLast().isAfter(fence)) {
        accepted.add(fence);
      } else {
        refused++;
      }
    }

    synchronized int size() {
      return accepted.size();
    }

    synchronized int refused() {
      return refused;
    }

    synchronized Fence last() {
      return accepted.getLast();
    }
  }

  @Test
  void whoWasPausedWhileAnotherGotTheLockWritesNothingMore() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    var store = new Store();
    TroupeClient client = application.open();
    try (RecipeHolder paused = RecipeHolder.start(List.of(), servers.clientHost(), servers, "/paused", store)) {
      paused.awaitTold(Claim.Held.class);
      Await.until("it writes", () -> store.size() > 0);
      Fence former = store.last();
      paused.pause();
      Holding holding = get(Lock.of(application.system(), client, "/paused").acquire());
      assertTrue(holding.fence().isAfter(former));
      store.accept(holding.fence());
      paused.resume();
      Await.until("it goes on writing, in vain", () -> store.refused() > 0);
      paused.awaitTold(Lost.class);
      assertEquals(holding.fence(), store.last());
      assertTrue(holding.isHeld());
    }
    get(client.close());
  }

  @Test
  void whoIsCutOffPausesBeforeAnotherHasTheLock() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    assumeTrue(servers.cables().isPresent(), "not permitted on this machine, see above");
    EnsembleCables cables = servers.cables().get();
    int place = servers.ids().size() + 1;
    EnsembleNetwork.Site site = cables.site(place);
    var store = new Store();
    TroupeClient client = application.open();
    try (RecipeHolder cutOff = RecipeHolder.start(site.within(), site.host(), servers, "/cut-off", store)) {
      cutOff.awaitTold(Claim.Held.class);
      Await.until("it writes", () -> store.size() > 0);
      Fence former = store.last();
      cables.isolate(place);
      Holding holding = get(Lock.of(application.system(), client, "/cut-off").acquire());
      assertTrue(cutOff.wasTold(Suspended.class), "it is told before the lock is another's");
      assertTrue(holding.fence().isAfter(former));
      store.accept(holding.fence());
      cables.heal();
      cutOff.awaitTold(Lost.class);
      assertEquals(0, store.refused());
    }
    get(client.close());
  }

  /** The first one's session ends as when its process dies: nobody says that it does. */
  @Test
  void anotherLeadsWhenALeadersProcessIsGone() throws Exception {
    EnsembleUnderTest servers = ensemble.servers();
    ActorApplication mortal = ActorApplication.join(servers);
    TroupeClient doomed = get(TroupeClient.open(
        mortal.system(), mortal.settings().withTimeout(RecipeHolder.SESSION_TIMEOUT)));
    Holding first = get(LeaderElection.of(mortal.system(), doomed, "/elected", "first").lead());
    TroupeClient client = application.open();
    LeaderElection election = LeaderElection.of(application.system(), client, "/elected", "second");
    CompletionStage<Holding> next = election.lead();
    mortal.close();
    Holding second = get(next);
    assertTrue(second.fence().isAfter(first.fence()));
    assertEquals("second", get(election.leader()).orElseThrow().id());
    get(client.close());
  }

  @Test
  void aMemberIsOneAgainInANewSession() throws Exception {
    TestProbe<Claim.Event> owner = TestProbe.create(application.system());
    BlockingQueue<ActorRef<Session.Command>> sessions = new LinkedBlockingQueue<>();
    ActorRef<Claim.Command> member = application.system().systemActorOf(
        Renewed.<Claim.Command>create(application.settings(), session -> {
          sessions.add(session);
          return Group.member(session, "/renewed", "me", bytes("here"), owner.getRef());
        }),
        "renewed", Props.empty());
    Fence first = awaitHeld(owner);
    end(sessions.take());
    Fence second = awaitHeld(owner);
    assertTrue(second.isAfter(first));
    member.tell(new Claim.Release());
    owner.expectMessage(Await.LIMIT, new Claim.Released());
    owner.expectTerminated(member, Await.LIMIT);
    assertEquals(1, sessions.size());
  }

  private static Fence awaitHeld(TestProbe<Claim.Event> owner) {
    while (true) {
      if (owner.receiveMessage(Await.LIMIT) instanceof Claim.Held held) {
        return held.fence();
      }
    }
  }

  /** Another takes it over and closes it. */
  private static void end(ActorRef<Session.Command> session) throws Exception {
    TestProbe<SessionEvent> events = TestProbe.create(application.system());
    session.tell(new Session.Subscribe(events.getRef()));
    SessionEvent.Connected connected =
        assertInstanceOf(SessionEvent.Connected.class, events.receiveMessage(Await.LIMIT));
    get(get(TroupeClient.open(application.system(), application.settings().resuming(connected.session()))).close());
  }
}
