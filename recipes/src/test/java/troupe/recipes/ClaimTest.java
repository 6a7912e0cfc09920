package troupe.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import troupe.client.CreateMode;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.PretendedServers;
import troupe.client.Session;
import troupe.client.SessionEvent;

/** What is held, by whom and until when, against servers that do as a test says. */
class ClaimTest {
  private static final ActorTestKit kit = ActorTestKit.create();

  private final PretendedServers servers = new PretendedServers();
  private final ActorRef<Session.Command> one = kit.spawn(servers.session());
  private final ActorRef<Session.Command> two = kit.spawn(servers.session());
  private final ActorRef<Session.Command> three = kit.spawn(servers.session());

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  /** One attempt, and what its owner hears. */
  private record Attempt(ActorRef<Claim.Command> claim, TestProbe<Claim.Event> owner) {
    Claim.Held awaitHeld() {
      return assertInstanceOf(Claim.Held.class, owner.receiveMessage());
    }

    void awaitReleased() {
      claim.tell(new Claim.Release());
      assertInstanceOf(Claim.Released.class, owner.receiveMessage());
      owner.expectTerminated(claim);
    }
  }

  private static Attempt attempt(Function<ActorRef<Claim.Event>, Behavior<Claim.Command>> recipe) {
    TestProbe<Claim.Event> owner = kit.createTestProbe();
    return new Attempt(kit.spawn(recipe.apply(owner.getRef())), owner);
  }

  private static Attempt lock(ActorRef<Session.Command> session) {
    return attempt(owner -> Lock.create(session, "/locks/a", owner));
  }

  private static void awaitSuspended(ActorRef<Session.Command> session) {
    TestProbe<SessionEvent> events = kit.createTestProbe();
    session.tell(new Session.Subscribe(events.getRef()));
    events.fishForMessage(Duration.ofSeconds(10), event -> event instanceof SessionEvent.Suspended
        ? FishingOutcomes.complete()
        : FishingOutcomes.continueAndIgnore());
  }

  private void awaitInLine(String path, int number) {
    kit.createTestProbe().awaitAssert(() -> {
      assertEquals(number, servers.children(path).size());
      return null;
    });
  }

  @Test
  void aLockGoesFromOneToTheNextInTheOrderInWhichTheyCame() {
    Attempt first = lock(one);
    Claim.Held held = first.awaitHeld();
    Attempt second = lock(two);
    awaitInLine("/locks/a", 2);
    Attempt third = lock(three);
    awaitInLine("/locks/a", 3);
    first.awaitReleased();
    Claim.Held next = second.awaitHeld();
    assertTrue(next.fence().isAfter(held.fence()));
    third.owner().expectNoMessage(Duration.ZERO);
    second.awaitReleased();
    assertTrue(third.awaitHeld().fence().isAfter(next.fence()));
    third.awaitReleased();
    assertEquals(List.of(), servers.children("/locks/a"));
  }

  @Test
  void whoLeavesTheLineBetweenDoesNotLetAnybodyIn() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    awaitInLine("/locks/a", 2);
    Attempt third = lock(three);
    awaitInLine("/locks/a", 3);
    second.awaitReleased();
    awaitInLine("/locks/a", 2);
    third.owner().expectNoMessage(Duration.ofMillis(50));
    first.awaitReleased();
    third.awaitHeld();
  }

  @Test
  void whoLeavesJustAfterTheLineWasReadIsNotWaitedFor() {
    Claim.Held held = lock(one).awaitHeld();
    servers.interruptAfter(Operation.GetChildren.class, () -> servers.act(new Operation.Delete(held.fence().path())));
    lock(two).awaitHeld();
  }

  @Test
  void aHolderIsToldThatItsSessionIsSuspendedResumedAndExpired() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    PretendedServers.suspend(one);
    assertInstanceOf(Suspended.class, first.owner().receiveMessage());
    PretendedServers.resume(one);
    assertInstanceOf(Resumed.class, first.owner().receiveMessage());
    PretendedServers.expire(one);
    assertEquals(ErrorCode.SESSION_EXPIRED,
        assertInstanceOf(Lost.class, first.owner().receiveMessage()).failure().code());
    first.owner().expectTerminated(first.claim());
    second.awaitHeld();
  }

  @Test
  void whoWaitsWhileItsSessionIsSuspendedHearsOfItsTurnAfterwards() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    awaitInLine("/locks/a", 2);
    PretendedServers.suspend(two);
    awaitSuspended(two); // else it might look at the line once more, and just then the first is gone
    first.awaitReleased();
    second.owner().expectNoMessage(Duration.ofMillis(50));
    PretendedServers.resume(two);
    second.awaitHeld();
  }

  @Test
  void aHolderWhoseZnodeSomebodyDeletesHasLostIt() {
    Attempt first = lock(one);
    Claim.Held held = first.awaitHeld();
    servers.act(new Operation.Delete(held.fence().path()));
    assertEquals(ErrorCode.NO_NODE, assertInstanceOf(Lost.class, first.owner().receiveMessage()).failure().code());
  }

  @Test
  void anOwnerThatStopsReleases() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    first.owner().stop();
    second.awaitHeld();
  }

  @Test
  void anActorThatIsStoppedLeavesNoZnodeWhereverItWas() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    awaitInLine("/locks/a", 2);
    PretendedServers.suspend(three);
    Attempt third = lock(three);
    for (Attempt each : List.of(first, second, third)) {
      kit.stop(each.claim());
    }
    PretendedServers.resume(three);
    awaitInLine("/locks/a", 0);
  }

  @Test
  void whoIsNotPatientGivesUpAndLeavesTheLine() {
    lock(one).awaitHeld();
    Attempt second = attempt(owner -> Lock.create(two, "/locks/a", Optional.of(Duration.ofMillis(20)), owner));
    assertInstanceOf(Claim.GaveUp.class, second.owner().receiveMessage());
    second.owner().expectTerminated(second.claim());
    awaitInLine("/locks/a", 1);
  }

  @Test
  void whoReleasesBeforeItHasItNeverHasIt() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    second.awaitReleased();
    PretendedServers.suspend(three);
    Attempt third = lock(three);
    third.claim().tell(new Claim.Release());
    PretendedServers.resume(three);
    assertInstanceOf(Claim.Released.class, third.owner().receiveMessage());
    awaitInLine("/locks/a", 1);
  }

  @Test
  void aSessionThatIsOverGetsNothing() {
    PretendedServers.expire(two);
    Attempt attempt = lock(two);
    assertInstanceOf(Lost.class, attempt.owner().receiveMessage());
  }

  @Test
  void curatorsNamesStandInTheSameLine() {
    servers.act(new Operation.Create("/locks", ByteString.emptyByteString(), CreateMode.PERSISTENT));
    servers.act(new Operation.Create("/locks/a", ByteString.emptyByteString(), CreateMode.PERSISTENT));
    String curators = "/locks/a/_c_6a5c5fe4-2f0b-4a0e-9f3b-1d2f6c7a8b90-lock-";
    servers.act(new Operation.Create(curators, ByteString.emptyByteString(), CreateMode.PERSISTENT_SEQUENTIAL));
    Attempt ours = lock(one);
    awaitInLine("/locks/a", 2);
    ours.owner().expectNoMessage(Duration.ofMillis(50));
    servers.act(new Operation.Delete(curators + "0000000000"));
    ours.awaitHeld();
  }

  @Test
  void readersShareAndWritersDoNot() {
    Attempt reader = attempt(owner -> ReadWriteLock.reader(one, "/rw", Optional.empty(), owner));
    reader.awaitHeld();
    Attempt other = attempt(owner -> ReadWriteLock.reader(two, "/rw", Optional.empty(), owner));
    other.awaitHeld();
    Attempt writer = attempt(owner -> ReadWriteLock.writer(three, "/rw", Optional.empty(), owner));
    awaitInLine("/rw", 3);
    Attempt late = attempt(owner -> ReadWriteLock.reader(one, "/rw", Optional.empty(), owner));
    awaitInLine("/rw", 4);
    other.awaitReleased();
    writer.owner().expectNoMessage(Duration.ofMillis(50));
    reader.awaitReleased();
    Claim.Held written = writer.awaitHeld();
    late.owner().expectNoMessage(Duration.ofMillis(50));
    writer.awaitReleased();
    assertTrue(late.awaitHeld().fence().isAfter(written.fence()));
  }

  @Test
  void aSemaphoreHasSoManyLeasesWhoeverReturnsOne() {
    Attempt first = lease(one);
    first.awaitHeld();
    Attempt second = lease(two);
    second.awaitHeld();
    Attempt third = lease(three);
    awaitInLine("/sem/leases", 3);
    Attempt fourth = lease(one);
    awaitInLine("/sem/locks", 2);
    third.owner().expectNoMessage(Duration.ofMillis(50));
    second.awaitReleased();
    third.awaitHeld();
    PretendedServers.expire(three);
    assertInstanceOf(Lost.class, third.owner().receiveMessage());
    fourth.awaitHeld();
    awaitInLine("/sem/locks", 0);
  }

  @Test
  void whoGivesUpBeforeASemaphoreLetsTheNextOneThrough() {
    lease(one).awaitHeld();
    Attempt second = lease(one);
    second.awaitHeld();
    Attempt third = attempt(owner -> Semaphore.create(two, "/sem", 2, Optional.of(Duration.ofMillis(50)), owner));
    assertInstanceOf(Claim.GaveUp.class, third.owner().receiveMessage());
    Attempt fourth = lease(three);
    second.awaitReleased();
    fourth.awaitHeld();
  }

  private static Attempt lease(ActorRef<Session.Command> session) {
    return attempt(owner -> Semaphore.create(session, "/sem", 2, Optional.empty(), owner));
  }

  @Test
  void whoLeadsIsKnownByName() throws Exception {
    Attempt first = attempt(owner -> LeaderElection.create(one, "/election", "anna", owner));
    Claim.Held held = first.awaitHeld();
    Attempt second = attempt(owner -> LeaderElection.create(two, "/election", "bert", owner));
    assertEquals(Optional.of(new LeaderElection.Leader("anna", held.fence())),
        LeaderElection.leader(three, "/election").toCompletableFuture().get());
    PretendedServers.expire(one);
    Claim.Held next = second.awaitHeld();
    assertTrue(next.fence().isAfter(held.fence()));
    assertEquals(Optional.of(new LeaderElection.Leader("bert", next.fence())),
        LeaderElection.leader(three, "/election").toCompletableFuture().get());
    second.awaitReleased();
    assertEquals(Optional.empty(), LeaderElection.leader(three, "/election").toCompletableFuture().get());
  }

  @Test
  void aNameIsWaitedForAndMadeAgainWhenSomebodyDeletesIt() {
    Attempt first = member(one, "x");
    first.awaitHeld();
    Attempt second = member(two, "y");
    second.owner().expectNoMessage(Duration.ofMillis(50));
    second.claim().tell(new Claim.SetData(ByteString.fromString("z")));
    PretendedServers.expire(one);
    Claim.Held held = second.awaitHeld();
    servers.act(new Operation.Delete("/group/m"));
    assertInstanceOf(Suspended.class, second.owner().receiveMessage());
    assertTrue(second.awaitHeld().fence().isAfter(held.fence()));
    second.awaitReleased();
  }

  private static Attempt member(ActorRef<Session.Command> session, String saying) {
    return attempt(owner -> Group.member(session, "/group", "m", ByteString.fromString(saying), owner));
  }

  @Test
  void whoHasNoPatienceHasWhatIsFreeAndDoesNotWaitForOthers() {
    Attempt first = attempt(owner -> Lock.create(one, "/locks/a", Optional.of(Duration.ZERO), owner));
    first.awaitHeld();
    Attempt second = attempt(owner -> Lock.create(two, "/locks/a", Optional.of(Duration.ZERO), owner));
    assertInstanceOf(Claim.GaveUp.class, second.owner().receiveMessage());
    second.owner().expectTerminated(second.claim());
    awaitInLine("/locks/a", 1);
    Attempt lease = attempt(owner -> Semaphore.create(one, "/sem", 1, Optional.of(Duration.ZERO), owner));
    lease.awaitHeld();
    awaitInLine("/sem/locks", 0);
    Attempt waiting = attempt(owner -> Semaphore.create(two, "/sem", 1, Optional.empty(), owner));
    awaitInLine("/sem/leases", 2);
    Attempt atGate = attempt(owner -> Semaphore.create(three, "/sem", 1, Optional.of(Duration.ZERO), owner));
    assertInstanceOf(Claim.GaveUp.class, atGate.owner().receiveMessage());
    atGate.owner().expectTerminated(atGate.claim());
    awaitInLine("/sem/locks", 1);
    lease.awaitReleased();
    waiting.awaitHeld();
  }

  @Test
  void whoIsRefusedItsLastDeletionForWantOfRoomTriesAgainEvenAfterItsEnd() {
    Attempt first = lock(one);
    first.awaitHeld();
    Attempt second = lock(two);
    awaitInLine("/locks/a", 2);
    servers.refuse(Operation.Delete.class, ErrorCode.THROTTLED);
    kit.stop(first.claim());
    second.awaitHeld();
    servers.refuse(Operation.Delete.class, ErrorCode.THROTTLED);
    second.awaitReleased();
    assertEquals(List.of(), servers.children("/locks/a"));
  }

  @Test
  void whoReleasesWhenItsSessionIsOverHasReleased() {
    for (ErrorCode code : List.of(ErrorCode.SESSION_EXPIRED, ErrorCode.SESSION_CLOSED)) {
      Attempt first = lock(one);
      Claim.Held held = first.awaitHeld();
      servers.refuse(Operation.Delete.class, code);
      first.awaitReleased();
      servers.act(new Operation.Delete(held.fence().path()));
    }
  }

  @Test
  void aNameThatIsAnothersSinceIsLeftAlone() {
    Attempt first = member(one, "x");
    first.awaitHeld();
    PretendedServers.suspend(one);
    assertInstanceOf(Suspended.class, first.owner().receiveMessage());
    Attempt other = usurper();
    first.claim().tell(new Claim.SetData(ByteString.fromString("z")));
    awaitWaiting(1);
    PretendedServers.resume(one);
    assertInstanceOf(Resumed.class, first.owner().receiveMessage());
    assertEquals(ErrorCode.NO_NODE,
        assertInstanceOf(Claim.Refused.class, first.owner().receiveMessage()).failure().code());
    assertInstanceOf(Suspended.class, first.owner().receiveMessage());
    assertEquals(ByteString.fromString("y"), servers.data("/group/m"));
    other.awaitReleased();
    first.awaitHeld();
  }

  @Test
  void whoStopsOrReleasesLeavesAloneWhatIsAnothersSince() {
    for (boolean stops : List.of(true, false)) {
      Attempt first = member(one, "x");
      first.awaitHeld();
      PretendedServers.suspend(one);
      assertInstanceOf(Suspended.class, first.owner().receiveMessage());
      Attempt other = usurper();
      if (stops) {
        kit.stop(first.claim());
      } else {
        first.claim().tell(new Claim.Release());
      }
      awaitWaiting(1);
      PretendedServers.resume(one);
      Attempt behind = lock(one); // all that the first has asked
      behind.awaitHeld();
      behind.awaitReleased();
      assertEquals(ByteString.fromString("y"), servers.data("/group/m"));
      other.awaitReleased();
    }
  }

  /** Somebody has deleted the name of the first, and the second has taken it. */
  private Attempt usurper() {
    servers.act(new Operation.Delete("/group/m"));
    Attempt other = member(two, "y");
    other.awaitHeld();
    return other;
  }

  private void awaitWaiting(int number) {
    kit.createTestProbe().awaitAssert(() -> {
      assertEquals(number, servers.waiting());
      return null;
    });
  }
}
