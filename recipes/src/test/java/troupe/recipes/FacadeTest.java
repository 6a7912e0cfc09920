package troupe.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import troupe.client.PretendedServers;
import troupe.client.Session;

/** What is held by who waits for futures and listens, and what he has given up. */
class FacadeTest {
  private static final ActorTestKit kit = ActorTestKit.create();

  private final PretendedServers servers = new PretendedServers();
  private final ActorRef<Session.Command> one = kit.spawn(servers.session());
  private final ActorRef<Session.Command> two = kit.spawn(servers.session());

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static CompletableFuture<Holding> lock(ActorTestKit kit, ActorRef<Session.Command> session) {
    return new Facade(kit.system(), Znodes.of(session))
        .hold(owner -> Lock.create(session, "/locks/a", owner)).toCompletableFuture();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(3, TimeUnit.SECONDS);
  }

  private void awaitInLine(int number) {
    kit.createTestProbe().awaitAssert(() -> {
      assertEquals(number, servers.children("/locks/a").size());
      return null;
    });
  }

  @Test
  void whoDoesNotWaitAnyLongerHasNothing() throws Exception {
    Holding first = get(lock(kit, one));
    CompletableFuture<Holding> cancelled = lock(kit, two);
    CompletableFuture<Holding> timedOut = lock(kit, two);
    awaitInLine(3);
    cancelled.cancel(false);
    awaitInLine(2);
    timedOut.orTimeout(1, TimeUnit.MILLISECONDS);
    assertInstanceOf(TimeoutException.class, assertThrows(ExecutionException.class, () -> get(timedOut)).getCause());
    awaitInLine(1);
    assertTrue(first.isHeld());
    CompletableFuture<Holding> third = lock(kit, two);
    first.release();
    get(get(third).release().toCompletableFuture());
    lock(kit, one).cancel(false); // while it is about to be had
    get(get(lock(kit, two)).release().toCompletableFuture());
    awaitInLine(0);
  }

  @Test
  void whoHasNoPatienceGetsWhatIsFree() throws Exception {
    Facade facade = new Facade(kit.system(), Znodes.of(one));
    for (boolean isFree : new boolean[] {true, false}) {
      assertEquals(isFree, get(facade.tryToHold(owner ->
          Lock.create(one, "/locks/a", Optional.of(Duration.ZERO), owner)).toCompletableFuture()).isPresent());
    }
  }

  @Test
  void aListenerThatThrowsDoesNotGiveAwayWhatIsHeld() throws Exception {
    Holding holding = get(lock(kit, one));
    holding.onEvent(event -> {
      if (event instanceof Suspended) {
        throw new IllegalStateException("so the test says");
      }
    });
    TestProbe<Claim.Event> events = kit.createTestProbe();
    holding.onEvent(events.getRef()::tell);
    assertInstanceOf(Claim.Held.class, events.receiveMessage());
    PretendedServers.suspend(one);
    assertInstanceOf(Suspended.class, events.receiveMessage());
    PretendedServers.resume(one);
    assertInstanceOf(Resumed.class, events.receiveMessage());
    assertTrue(holding.isHeld());
    awaitInLine(1);
  }

  @Test
  void whoFollowsIsToldOnAfterHeHasThrown() {
    TestProbe<Group.Event> events = kit.createTestProbe();
    new Facade(kit.system(), Znodes.of(one)).<Group.Command, Group.Event>spawn(
        owner -> Group.view(one, "/group", owner), event -> {
          events.getRef().tell(event);
          throw new IllegalStateException("so the test says");
        });
    assertInstanceOf(Group.Members.class, events.receiveMessage());
    PretendedServers.suspend(one);
    assertInstanceOf(Suspended.class, events.receiveMessage());
  }

  @Test
  void aHolderIsToldWhenItsActorSystemEnds() throws Exception {
    ActorTestKit other = ActorTestKit.create();
    Holding holding = get(lock(other, one));
    CompletableFuture<Holding> waiting = lock(other, two);
    awaitInLine(2);
    other.shutdownTestKit();
    TestProbe<Claim.Event> events = kit.createTestProbe();
    holding.onEvent(events.getRef()::tell);
    assertInstanceOf(Lost.class, events.receiveMessage());
    assertFalse(holding.isHeld());
    get(holding.release().toCompletableFuture());
    assertThrows(ExecutionException.class, () -> get(waiting));
    awaitInLine(0);
  }
}
