package troupe.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import troupe.election.Election.Elected;
import troupe.election.Election.FinalizeWaitElapsed;
import troupe.election.Election.FindLeader;
import troupe.election.Election.Notification;
import troupe.election.Election.PeerFound;
import troupe.election.Election.PeerLost;
import troupe.election.Election.SilenceElapsed;
import troupe.election.Election.StandAside;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Quorum;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;

/** Server 2 of three, in each state with each message. */
class ElectionTest {
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final ServerId THREE = new ServerId(3);
  private static final Round FIRST = new Round(1);
  private static final Round SECOND = new Round(2);
  private static final Duration RESEND = Duration.ofMillis(100);
  private static final Duration FINALIZE = Duration.ofMillis(50);

  /** The votes of the three, in ascending order: they have the same history. */
  private static final Vote FOR_ONE = vote(ONE, 7);
  private static final Vote FOR_TWO = vote(TWO, 7);
  private static final Vote FOR_THREE = vote(THREE, 7);

  private record Sent(ServerId to, Election.PeerMessage message) {}

  private final List<Sent> sent = new ArrayList<>();
  private final RecordedTimers timers = new RecordedTimers();
  private final BehaviorTestKit<Election.Command> two = BehaviorTestKit.create(timers.elect(
      Ensemble.ofMajority(TWO, List.of(member(ONE), member(TWO), member(THREE))),
      (to, message) -> sent.add(new Sent(to, (Election.PeerMessage) message)),
      new ElectionSettings(RESEND, Duration.ofMillis(350), FINALIZE)));
  private final TestInbox<Elected> server = TestInbox.create();

  private static Ensemble.Member member(ServerId id) {
    return new Ensemble.Member(id, "host", id.value());
  }

  private static Vote vote(ServerId leader, long counter) {
    return new Vote(leader, 1, new Zxid(1, counter));
  }

  private static Notification looking(ServerId from, Round round, Vote vote) {
    return new Notification(from, round, Optional.of(vote), true);
  }

  private static Notification settled(ServerId from, Round round, Vote vote) {
    return new Notification(from, round, Optional.of(vote), false);
  }

  private void look() {
    two.run(new FindLeader(Optional.of(FOR_TWO), server.getRef()));
  }

  /** Everybody was told this since the last time that was asked. */
  private void expectToldEverybody(Notification notification) {
    assertEquals(List.of(new Sent(ONE, notification), new Sent(THREE, notification)), sent);
    sent.clear();
  }

  private void expectSentNothing() {
    assertEquals(List.of(), sent);
  }

  private void elapse(Election.Command timer) {
    timers.elapse(timer, two);
  }

  private void expectElected(Round round, ServerId leader) {
    server.expectMessage(new Elected(round, leader));
    assertEquals(Map.of(), timers.running(), "a settled server waits for nothing");
  }

  private void expectUndecided() {
    assertFalse(server.hasMessages(), () -> server.getAllReceived().toString());
  }

  @Nested
  class Idle {
    @Test
    void saysNothingUntilItIsAsked() {
      two.run(looking(THREE, FIRST, FOR_THREE));
      two.run(settled(THREE, FIRST, FOR_THREE));
      two.run(new SilenceElapsed(RESEND));
      two.run(new FinalizeWaitElapsed());
      expectSentNothing();
      assertEquals(Map.of(), timers.running());
    }

    @Test
    void votesForItselfInTheFirstRoundWhenItIsAsked() {
      look();
      expectToldEverybody(looking(TWO, FIRST, FOR_TWO));
      assertEquals(Map.of(new SilenceElapsed(RESEND), RESEND), timers.running());
      expectUndecided();
    }

    @Test
    void rememberedNothingOfWhatItHeardTooEarly() {
      two.run(looking(ONE, FIRST, FOR_TWO));
      look();
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }
  }

  @Nested
  class Looking {
    @Test
    void aQuorumElectsOnlyAfterTheFinalizeWait() {
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      expectUndecided();
      assertEquals(FINALIZE, timers.running().get(new FinalizeWaitElapsed()));
      elapse(new FinalizeWaitElapsed());
      expectElected(FIRST, TWO);
    }

    @Test
    void aVoteForAServerThatIsNotOfTheEnsembleIsNone() {
      look();
      expectToldEverybody(looking(TWO, FIRST, FOR_TWO));
      Vote stranger = vote(new ServerId(9), 99);
      two.run(looking(ONE, FIRST, stranger));
      two.run(settled(ONE, FIRST, stranger));
      two.run(settled(THREE, FIRST, stranger));
      expectSentNothing();
      expectUndecided();
    }

    @Test
    void whenAllAgreeThereIsNothingToWaitFor() {
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      expectUndecided();
      two.run(looking(THREE, FIRST, FOR_TWO));
      expectElected(FIRST, TWO);
    }

    @Test
    void aBetterVoteDuringTheFinalizeWaitIsAdoptedAndTheWaitIsOver() {
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      sent.clear();
      two.run(looking(THREE, FIRST, FOR_THREE));
      expectToldEverybody(looking(TWO, FIRST, FOR_THREE));
      expectUndecided();
      assertEquals(FINALIZE, timers.running().get(new FinalizeWaitElapsed()), "its own and that of 3 are a quorum");
      elapse(new FinalizeWaitElapsed());
      expectElected(FIRST, THREE);
    }

    @Test
    void oldVotesDoNotCountForTheOneThatWasAdopted() {
      look();
      two.run(looking(ONE, FIRST, vote(ONE, 8)));
      two.run(looking(THREE, FIRST, vote(THREE, 9)));
      two.run(looking(ONE, FIRST, vote(ONE, 10)));
      assertEquals(FINALIZE, timers.running().get(new FinalizeWaitElapsed())); // 1 and 2, for 1
      elapse(new FinalizeWaitElapsed());
      expectElected(FIRST, ONE);
    }

    @Test
    void aWorseVoteIsNotedAndChangesNothing() {
      look();
      sent.clear();
      two.run(looking(ONE, FIRST, FOR_ONE));
      expectSentNothing();
      expectUndecided();
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void aDuplicateIsNoSecondVote() {
      look();
      sent.clear();
      for (int i = 0; i < 3; i++) {
        two.run(looking(ONE, FIRST, FOR_ONE));
      }
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
      two.run(looking(ONE, FIRST, FOR_TWO));
      two.run(looking(ONE, FIRST, FOR_TWO));
      expectUndecided();
      expectSentNothing();
    }

    @Test
    void itsOwnVoteComingBackChangesNothing() {
      look();
      sent.clear();
      two.run(looking(TWO, FIRST, FOR_TWO));
      expectSentNothing();
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void aServerBehindIsToldAndItsVoteDoesNotCount() {
      look();
      look(); // the second round
      sent.clear();
      two.run(looking(THREE, FIRST, FOR_THREE));
      assertEquals(List.of(new Sent(THREE, looking(TWO, SECOND, FOR_TWO))), sent);
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void aRoundAheadIsJoinedWithItsBetterVote() {
      look();
      sent.clear();
      two.run(looking(THREE, SECOND, FOR_THREE));
      expectToldEverybody(looking(TWO, SECOND, FOR_THREE));
      elapse(new FinalizeWaitElapsed());
      expectElected(SECOND, THREE);
    }

    @Test
    void aRoundAheadIsJoinedWithTheOwnVoteWhereThatIsBetter() {
      look();
      sent.clear();
      two.run(looking(ONE, new Round(9), FOR_ONE));
      expectToldEverybody(looking(TWO, new Round(9), FOR_TWO));
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
      two.run(looking(ONE, new Round(9), FOR_TWO));
      elapse(new FinalizeWaitElapsed());
      expectElected(new Round(9), TWO);
    }

    @Test
    void joiningARoundForgetsTheVotesOfTheOldOneAndTheVoteAdoptedInIt() {
      look();
      two.run(looking(THREE, FIRST, FOR_THREE)); // adopted
      sent.clear();
      two.run(looking(ONE, SECOND, FOR_ONE)); // 3 may be dead by now: in the new round it has to speak again
      expectToldEverybody(looking(TWO, SECOND, FOR_TWO));
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void inANewRoundAVoteHasToBeatTheOwnAndNotTheOneAdoptedBefore() {
      look();
      two.run(looking(THREE, FIRST, vote(THREE, 9))); // adopted
      sent.clear();
      two.run(looking(ONE, SECOND, vote(ONE, 8)));
      expectToldEverybody(looking(TWO, SECOND, vote(ONE, 8)));
    }

    @Test
    void aSilenceRepeatsTheVoteAndDoublesUpToTheLargest() {
      look();
      sent.clear();
      elapse(new SilenceElapsed(RESEND));
      expectToldEverybody(looking(TWO, FIRST, FOR_TWO));
      elapse(new SilenceElapsed(Duration.ofMillis(200)));
      expectToldEverybody(looking(TWO, FIRST, FOR_TWO));
      elapse(new SilenceElapsed(Duration.ofMillis(350)));
      expectToldEverybody(looking(TWO, FIRST, FOR_TWO));
      assertEquals(Map.of(new SilenceElapsed(Duration.ofMillis(350)), Duration.ofMillis(350)), timers.running());
    }

    @Test
    void aChangeOfMindBeginsTheSilenceAnew() {
      look();
      elapse(new SilenceElapsed(RESEND));
      two.run(looking(THREE, FIRST, FOR_THREE));
      assertEquals(Map.of(new SilenceElapsed(RESEND), RESEND, new FinalizeWaitElapsed(), FINALIZE), timers.running());
    }

    @Test
    void joinsASettledEnsembleOnceAQuorumAndTheLeaderSaySo() {
      look();
      sent.clear();
      two.run(settled(ONE, new Round(5), FOR_THREE));
      expectUndecided();
      two.run(settled(ONE, new Round(5), FOR_THREE));
      expectUndecided();
      two.run(settled(THREE, new Round(5), FOR_THREE));
      expectElected(new Round(5), THREE);
      expectSentNothing();
      two.run(looking(ONE, new Round(6), FOR_ONE));
      assertEquals(List.of(new Sent(ONE, settled(TWO, new Round(5), FOR_THREE))), sent);
    }

    @Test
    void whoStandsAsideTellsNobodyOfTheLeaderThatWas() {
      look();
      two.run(settled(ONE, new Round(5), FOR_THREE));
      two.run(settled(THREE, new Round(5), FOR_THREE));
      expectElected(new Round(5), THREE);
      two.run(new StandAside());
      sent.clear();
      two.run(looking(ONE, new Round(6), FOR_ONE));
      expectSentNothing();
      look();
      assertFalse(sent.isEmpty(), "it takes part in the next election");
    }

    @Test
    void joinsALeaderThatLacksOnlyThisServer() { // it has taken a snapshot from it, and comes again
      look();
      two.run(settled(THREE, FIRST, FOR_THREE));
      expectElected(FIRST, THREE);
    }

    @Test
    void aLeaderThatKnowsLessIsNotHelpedToAQuorum() {
      look();
      two.run(settled(THREE, FIRST, vote(THREE, 6)));
      expectUndecided();
      two.run(settled(ONE, FIRST, vote(THREE, 6)));
      expectElected(FIRST, THREE);
    }

    @Test
    void aLeaderThatIsNotKnownToLeadIsNotFollowed() {
      look();
      two.run(settled(ONE, FIRST, FOR_TWO));
      two.run(settled(THREE, FIRST, FOR_TWO));
      expectUndecided(); // both follow this very server, which knows nothing of it any more
    }

    @Test
    void serversThatSettledOnDifferentVotesMakeNoQuorum() {
      Vote lessForThree = vote(THREE, 6);
      look();
      two.run(settled(THREE, FIRST, lessForThree));
      two.run(settled(ONE, FIRST, vote(ONE, 6)));
      expectUndecided();
      two.run(settled(ONE, FIRST, lessForThree)); // found its way
      expectElected(FIRST, THREE);
    }

    @Test
    void joiningAnOlderRoundDoesNotTurnTheOwnBack() {
      look();
      look();
      look();
      two.run(settled(ONE, FIRST, FOR_THREE));
      two.run(settled(THREE, FIRST, FOR_THREE));
      expectElected(new Round(3), THREE);
    }

    @Test
    void votesOfServersThatLookAreNotMixedWithThoseThatSettled() {
      look();
      two.run(looking(ONE, FIRST, FOR_ONE));
      two.run(settled(THREE, FIRST, FOR_ONE));
      expectUndecided();
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void isAskedAgainAndBeginsANewRoundWithTheNewVote() {
      TestInbox<Elected> again = TestInbox.create();
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      sent.clear();
      two.run(new FindLeader(Optional.of(vote(TWO, 8)), again.getRef()));
      expectToldEverybody(looking(TWO, SECOND, vote(TWO, 8)));
      assertEquals(Map.of(new SilenceElapsed(RESEND), RESEND), timers.running());
      two.run(looking(ONE, SECOND, vote(TWO, 8)));
      elapse(new FinalizeWaitElapsed());
      again.expectMessage(new Elected(SECOND, TWO));
      expectUndecided();
    }
  }

  @Nested
  class Settled {
    private void settle() {
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      two.run(looking(THREE, FIRST, FOR_TWO));
      expectElected(FIRST, TWO);
      sent.clear();
    }

    @Test
    void answersWhoeverLooksInWhateverRound() {
      settle();
      for (Round round : List.of(FIRST, SECOND, new Round(40))) {
        two.run(looking(THREE, round, vote(THREE, 99)));
        assertEquals(List.of(new Sent(THREE, settled(TWO, FIRST, FOR_TWO))), sent);
        sent.clear();
      }
      expectUndecided();
    }

    @Test
    void hasNothingToSayToThoseWhoSettledAndToTimersThatComeLate() {
      settle();
      two.run(settled(THREE, FIRST, FOR_TWO));
      two.run(settled(THREE, SECOND, FOR_THREE));
      two.run(new SilenceElapsed(RESEND));
      two.run(new FinalizeWaitElapsed());
      expectSentNothing();
      expectUndecided();
      assertEquals(Map.of(), timers.running());
    }

    @Test
    void looksAgainInTheNextRoundWithTheVoteItIsGiven() {
      settle();
      two.run(new FindLeader(Optional.of(vote(TWO, 12)), server.getRef()));
      expectToldEverybody(looking(TWO, SECOND, vote(TWO, 12)));
      expectUndecided();
    }
  }

  @Nested
  class ServersThatAreGone {
    @Test
    void areNotWaitedFor() {
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      expectUndecided();
      two.run(new PeerLost(THREE));
      expectElected(FIRST, TWO);
    }

    @Test
    void areNotWaitedForWhereThatWasKnownBeforeTheElection() {
      two.run(new PeerLost(THREE));
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      expectElected(FIRST, TWO);
    }

    @Test
    void areWaitedForAgainOnceTheyAreBack() {
      two.run(new PeerLost(THREE));
      look();
      two.run(new PeerFound(THREE));
      two.run(looking(ONE, FIRST, FOR_TWO));
      expectUndecided();
    }

    @Test
    void areToldTheVoteWhenTheyAreBack() {
      look();
      two.run(new PeerLost(THREE));
      sent.clear();
      two.run(new PeerFound(THREE));
      assertEquals(List.of(new Sent(THREE, looking(TWO, FIRST, FOR_TWO))), sent);
    }

    @Test
    void areNoQuorumByTheirAbsence() {
      look();
      two.run(new PeerLost(ONE));
      two.run(new PeerLost(THREE));
      expectUndecided();
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void areNotElected() {
      look();
      two.run(looking(THREE, FIRST, FOR_THREE));
      sent.clear();
      two.run(new PeerLost(THREE));
      expectToldEverybody(looking(TWO, SECOND, FOR_TWO));
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
      two.run(looking(ONE, SECOND, FOR_TWO));
      expectElected(SECOND, TWO);
    }

    @Test
    void areNotFollowedBecauseTheySettledBefore() {
      Vote lessForThree = vote(THREE, 6);
      look();
      two.run(settled(THREE, FIRST, lessForThree));
      two.run(new PeerLost(THREE));
      two.run(settled(ONE, FIRST, lessForThree)); // which has not noticed yet
      expectUndecided();
      two.run(settled(THREE, FIRST, lessForThree)); // it was a false alarm
      expectElected(FIRST, THREE);
    }

    @Test
    void changeNothingOnceALeaderIsKnown() {
      look();
      two.run(looking(ONE, FIRST, FOR_TWO));
      two.run(looking(THREE, FIRST, FOR_TWO));
      expectElected(FIRST, TWO);
      sent.clear();
      two.run(new PeerLost(THREE));
      two.run(new PeerFound(THREE));
      expectSentNothing();
      assertEquals(Map.of(), timers.running());
    }
  }

  @Nested
  class AnObserver {
    private final BehaviorTestKit<Election.Command> observer = BehaviorTestKit.create(timers.elect(
        new Ensemble(TWO, List.of(member(ONE), observer(TWO), member(THREE)),
            new Quorum.Majority(Set.of(ONE, THREE))),
        (to, message) -> sent.add(new Sent(to, (Election.PeerMessage) message)),
        new ElectionSettings(RESEND, Duration.ofMillis(350), FINALIZE)));

    private static Ensemble.Member observer(ServerId id) {
      return new Ensemble.Member(id, Ensemble.Role.OBSERVER, "host", id.value(), 1000);
    }

    private void look() {
      observer.run(new FindLeader(Optional.empty(), server.getRef()));
    }

    @Test
    void asksEverybodyWithoutAVoteOfItsOwn() {
      look();
      expectToldEverybody(new Notification(TWO, FIRST, Optional.empty(), true));
    }

    /** Otherwise two of them would answer each other without end as long as no voter is there. */
    @Test
    void hasNothingToSayToOneThatKnowsAsLittle() {
      look();
      sent.clear();
      observer.run(new Notification(THREE, FIRST, Optional.empty(), true));
      assertEquals(List.of(), sent);
      observer.run(looking(ONE, FIRST, FOR_THREE));
      sent.clear();
      observer.run(new Notification(THREE, FIRST, Optional.empty(), true));
      assertEquals(
          List.of(new Sent(THREE, new Notification(TWO, FIRST, Optional.of(FOR_THREE), true))), sent);
    }

    @Test
    void followsWhomTheVotersAgreeOn() {
      look();
      observer.run(looking(ONE, FIRST, FOR_THREE));
      expectUndecided();
      observer.run(looking(THREE, FIRST, FOR_THREE));
      expectElected(FIRST, THREE);
    }

    @Test
    void itsOwnSupportDoesNotMakeAQuorum() {
      look();
      observer.run(looking(ONE, FIRST, FOR_THREE));
      assertFalse(timers.isTimerActive(new FinalizeWaitElapsed()));
    }

    @Test
    void joinsASettledEnsemble() {
      look();
      observer.run(settled(ONE, SECOND, FOR_ONE));
      observer.run(settled(THREE, SECOND, FOR_ONE));
      expectElected(SECOND, ONE);
    }

    @Test
    void joinsARoundAheadAlsoOfSomebodyWithoutAVote() {
      look();
      sent.clear();
      observer.run(new Notification(THREE, SECOND, Optional.empty(), true));
      expectToldEverybody(new Notification(TWO, SECOND, Optional.empty(), true));
    }
  }

  @Test
  void aVoterToldOfNoVoteAnswersWithItsOwn() {
    look();
    sent.clear();
    two.run(new Notification(THREE, FIRST, Optional.empty(), true));
    assertEquals(List.of(new Sent(THREE, looking(TWO, FIRST, FOR_TWO))), sent);
    expectUndecided();
  }

  @Test
  void aQuorumThatIsNoneAnyMoreWhenTheWaitIsOverElectsNobody() {
    look();
    two.run(looking(ONE, FIRST, FOR_TWO));
    two.run(looking(ONE, FIRST, FOR_ONE)); // it has been started anew, and has not heard of anybody yet
    elapse(new FinalizeWaitElapsed());
    expectUndecided();
    two.run(looking(ONE, FIRST, FOR_TWO));
    elapse(new FinalizeWaitElapsed());
    expectElected(FIRST, TWO);
  }

  @Test
  void aServerAloneElectsItselfAtOnce() {
    BehaviorTestKit<Election.Command> alone = BehaviorTestKit.create(Election.create(
        Ensemble.alone(TWO),
        (to, message) -> sent.add(new Sent(to, (Election.PeerMessage) message)),
        new ElectionSettings(RESEND, RESEND, FINALIZE)));
    alone.run(new FindLeader(Optional.of(FOR_TWO), server.getRef()));
    server.expectMessage(new Elected(FIRST, TWO));
    expectSentNothing();
    assertFalse(alone.getAllEffects().stream().anyMatch(Effect.TimerScheduled.class::isInstance));
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedByName() {
    assertEquals(new ElectionSettings(Duration.ofMillis(5), Duration.ofSeconds(1), Duration.ZERO),
        ElectionSettings.from(ConfigFactory.parseString(
            "resend-after = 5ms, resend-after-max = 1s, finalize-wait = 0s")));
    assertRefused("resend-after ", Duration.ZERO, RESEND, FINALIZE);
    assertRefused("resend-after ", Duration.ofMillis(-1), RESEND, FINALIZE);
    assertRefused("resend-after-max", RESEND, RESEND.minusMillis(1), FINALIZE);
    assertRefused("finalize-wait", RESEND, RESEND, Duration.ofMillis(-1));
  }

  private static void assertRefused(String key, Duration resend, Duration max, Duration finalizeWait) {
    String message = assertThrows(IllegalArgumentException.class,
        () -> new ElectionSettings(resend, max, finalizeWait)).getMessage();
    assertTrue(message.contains("troupe.election." + key), message);
  }
}
