package troupe.recipes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import troupe.client.ErrorCode;
import troupe.client.Operation;
import troupe.client.PretendedServers;
import troupe.client.Session;

/** A recipe that goes on in a new session, and one that does not. */
class RenewedTest {
  private static final ActorTestKit kit = ActorTestKit.create();

  private final PretendedServers servers = new PretendedServers();
  private final TestProbe<ActorRef<Session.Command>> sessions = kit.createTestProbe();
  private final TestProbe<Claim.Event> owner = kit.createTestProbe();

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  /** Each session that it has is told to the test. */
  private <C> ActorRef<C> renewed(Function<ActorRef<Session.Command>, Behavior<C>> recipe) {
    return kit.spawn(Renewed.create(servers::session, session -> {
      sessions.getRef().tell(session);
      return recipe.apply(session);
    }));
  }

  private ActorRef<Claim.Command> candidate() {
    return renewed(session -> LeaderElection.create(session, "/election", "anna", owner.getRef()));
  }

  private void awaitCandidates(int number) {
    owner.awaitAssert(() -> {
      assertEquals(number, servers.children("/election").size());
      return null;
    });
  }

  @Test
  void aCandidateIsOneAgainInANewSession() {
    ActorRef<Claim.Command> candidate = candidate();
    for (int i = 0; i < 3; i++) {
      assertInstanceOf(Claim.Held.class, owner.receiveMessage());
      PretendedServers.expire(sessions.receiveMessage());
      assertInstanceOf(Lost.class, owner.receiveMessage());
    }
    assertInstanceOf(Claim.Held.class, owner.receiveMessage());
    candidate.tell(new Claim.Release());
    assertInstanceOf(Claim.Released.class, owner.receiveMessage());
    owner.expectTerminated(candidate);
  }

  @Test
  void whatDoesNotEndWithItsSessionAnswersInTheNextOne() {
    ActorRef<Counter.Command> counter = renewed(session -> Counter.create(session, "/c", Counter.Width.INT));
    TestProbe<Outcome<Counter.Value>> answers = kit.createTestProbe();
    counter.tell(new Counter.Set(5, answers.getRef()));
    assertInstanceOf(Outcome.Done.class, answers.receiveMessage());
    PretendedServers.expire(sessions.receiveMessage());
    counter.tell(new Counter.Get(answers.getRef()));
    assertEquals(ErrorCode.SESSION_EXPIRED,
        assertInstanceOf(Outcome.Failed.class, answers.receiveMessage()).failure().code());
    sessions.receiveMessage();
    counter.tell(new Counter.Get(answers.getRef()));
    assertInstanceOf(Outcome.Done.class, answers.receiveMessage());
  }

  @Test
  void whatIsNotWantedAnyMoreIsNotRenewed() {
    ActorRef<Claim.Command> candidate = candidate();
    assertInstanceOf(Claim.Held.class, owner.receiveMessage());
    ActorRef<Session.Command> session = sessions.receiveMessage();
    PretendedServers.suspend(session);
    assertInstanceOf(Suspended.class, owner.receiveMessage());
    candidate.tell(new Claim.Release());
    owner.awaitAssert(() -> {
      assertEquals(1, servers.waiting());
      return null;
    });
    PretendedServers.expire(session);
    assertInstanceOf(Claim.Released.class, owner.receiveMessage());
    owner.expectTerminated(candidate);
    sessions.expectNoMessage(Duration.ZERO);
    awaitCandidates(0);
  }

  @Test
  void whatEndsForAReasonOfItsOwnIsNotRenewed() {
    ActorRef<Claim.Command> candidate = candidate();
    Claim.Held held = assertInstanceOf(Claim.Held.class, owner.receiveMessage());
    servers.act(new Operation.Delete(held.fence().path()));
    assertInstanceOf(Lost.class, owner.receiveMessage());
    owner.expectTerminated(candidate);
    sessions.receiveMessage();
    sessions.expectNoMessage(Duration.ZERO);
  }

  @Test
  void whoIsStoppedLeavesNothingBehind() {
    ActorRef<Claim.Command> candidate = candidate();
    assertInstanceOf(Claim.Held.class, owner.receiveMessage());
    kit.stop(candidate);
    awaitCandidates(0);
  }

  /** A session refuses what it was asked before it says that it is over. */
  @Test
  void whoHearsOfTheEndByARefusalIsRenewed() {
    servers.refuse(Operation.GetChildren.class, ErrorCode.SESSION_EXPIRED);
    servers.interruptAfter(Operation.GetChildren.class, () -> PretendedServers.expire(sessions.receiveMessage()));
    candidate();
    assertInstanceOf(Lost.class, owner.receiveMessage());
    assertInstanceOf(Claim.Held.class, owner.receiveMessage());
  }
}
