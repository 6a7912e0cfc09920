package troupe.election;

import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * LOOKING: no leader known. Becomes {@link Settled} once a quorum backs one vote.
 *
 * @param find the question that is being answered
 * @param proposal the best vote so far
 * @param ballots the votes of this round, from servers that are looking too
 * @param settled what servers say that are not looking, whatever their round
 */
record Looking(
    Election.Setup setup,
    Round round,
    Election.FindLeader find,
    Vote proposal,
    Ballots ballots,
    Ballots settled) {

  static Looking start(Election.Setup setup, Round last, Election.FindLeader find) {
    return inRound(setup, last.next(), find, find.own());
  }

  private static Looking inRound(Election.Setup setup, Round round, Election.FindLeader find, Vote proposal) {
    return new Looking(
        setup, round, find, proposal, Ballots.NONE.with(setup.self(), proposal), Ballots.NONE);
  }

  /** Every change of mind starts here: tell all the others, then listen. */
  Behavior<Election.Command> enter() {
    setup.timers().cancelAll();
    tellEverybody();
    askAgainAfter(setup.settings().resendAfter());
    return listen();
  }

  private Behavior<Election.Command> listen() {
    if (ballots.isUnanimous(proposal, setup.ensemble())) {
      return settle(proposal);
    }
    if (ballots.elect(proposal, setup.ensemble())) {
      // Not settled yet. A better vote may still be on its way, and a server that leaves without it follows another
      // leader than the rest (ZooKeeper: FastLeaderElection.finalizeWait).
      setup.timers().startSingleTimer(new Election.FinalizeWaitElapsed(), setup.settings().finalizeWait());
    }
    return Behaviors.receiveMessage(this::onMessage);
  }

  private Behavior<Election.Command> onMessage(Election.Command message) {
    return switch (message) {
      case Election.Notification n when !n.looking() -> hearSettled(n);
      case Election.Notification n when n.round().compareTo(round) < 0 -> bringUpToDate(n);
      case Election.Notification n when n.round().compareTo(round) > 0 -> joinRoundOf(n);
      case Election.Notification n when n.vote().beats(proposal) -> adopt(n);
      case Election.Notification n -> with(ballots.with(n.from(), n.vote()), settled).listen();
      case Election.SilenceElapsed timer -> {
        tellEverybody();
        Duration doubled = timer.silence().multipliedBy(2);
        Duration max = setup.settings().resendAfterMax();
        askAgainAfter(doubled.compareTo(max) < 0 ? doubled : max);
        yield Behaviors.same();
      }
      case Election.FinalizeWaitElapsed timer -> settle(proposal);
      case Election.FindLeader again -> start(setup, round, again).enter();
    };
  }

  private Behavior<Election.Command> bringUpToDate(Election.Notification behind) {
    setup.peers().send(behind.from(), notification());
    return Behaviors.same();
  }

  private Behavior<Election.Command> joinRoundOf(Election.Notification ahead) {
    Vote best = ahead.vote().beats(find.own()) ? ahead.vote() : find.own();
    Looking joined = inRound(setup, ahead.round(), find, best);
    return joined.with(joined.ballots.with(ahead.from(), ahead.vote()), settled).enter();
  }

  private Behavior<Election.Command> adopt(Election.Notification better) {
    return new Looking(
            setup,
            round,
            find,
            better.vote(),
            ballots.with(setup.self(), better.vote()).with(better.from(), better.vote()),
            settled)
        .enter();
  }

  /** There is a leader already if a quorum that settled says so, and the leader itself is among them. */
  private Behavior<Election.Command> hearSettled(Election.Notification n) {
    Looking heard = with(ballots, settled.with(n.from(), n.vote()));
    boolean leaderAgrees = n.vote().equals(heard.settled.votes().get(n.vote().leader()));
    return leaderAgrees && heard.settled.elect(n.vote(), setup.ensemble())
        ? new Looking(setup, max(round, n.round()), find, n.vote(), ballots, heard.settled).settle(n.vote())
        : heard.listen();
  }

  private Behavior<Election.Command> settle(Vote vote) {
    setup.context().getLog().info("round {}: server {} is to lead, at {} of epoch {}",
        round.number(), vote.leader(), vote.last(), vote.epoch());
    find.replyTo().tell(new Election.Elected(round, vote.leader()));
    return new Settled(setup, round, vote).enter();
  }

  private Looking with(Ballots moreBallots, Ballots moreSettled) {
    return new Looking(setup, round, find, proposal, moreBallots, moreSettled);
  }

  private void tellEverybody() {
    setup.broadcast(notification());
  }

  private Election.Notification notification() {
    return new Election.Notification(setup.self(), round, proposal, true);
  }

  private void askAgainAfter(Duration silence) {
    if (!setup.ensemble().peers().isEmpty()) {
      setup.timers().startSingleTimer(new Election.SilenceElapsed(silence), silence);
    }
  }

  private static Round max(Round a, Round b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
