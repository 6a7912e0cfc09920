package troupe.election;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.ensemble.ServerId;

/**
 * LOOKING: no leader known. Becomes {@link Settled} once a quorum backs one vote.
 *
 * @param find the question that is being answered
 * @param proposal the best vote so far; an observer begins without one
 * @param ballots the votes of this round, from servers that are looking too
 * @param settled what servers say that are not looking, whatever their round
 */
record Looking(
    Election.Setup setup,
    Round round,
    Election.FindLeader find,
    Optional<Vote> proposal,
    Ballots ballots,
    Ballots settled) {

  static Looking start(Election.Setup setup, Round last, Election.FindLeader find) {
    return inRound(setup, last.next(), find, find.own());
  }

  private static Looking inRound(Election.Setup setup, Round round, Election.FindLeader find, Optional<Vote> proposal) {
    Ballots own = proposal.map(vote -> Ballots.NONE.with(setup.self(), vote)).orElse(Ballots.NONE);
    return new Looking(setup, round, find, proposal, own, Ballots.NONE);
  }

  /** Every change of mind starts here: tell all the others, then listen. */
  Behavior<Election.Command> enter() {
    setup.timers().cancelAll();
    tellEverybody();
    askAgainAfter(setup.settings().resendAfter());
    return listen();
  }

  private Behavior<Election.Command> listen() {
    if (proposal.filter(vote -> isElected(vote) && setup.isEverybody(ballots.supporters(vote))).isPresent()) {
      return settle(proposal.get());
    }
    if (proposal.filter(this::isElected).isPresent()) {
      // Not settled yet. A better vote may still be on its way, and a server that leaves without it follows another
      // leader than the rest (ZooKeeper: FastLeaderElection.finalizeWait).
      setup.timers().startSingleTimer(new Election.FinalizeWaitElapsed(), setup.settings().finalizeWait());
    }
    return Behaviors.receiveMessage(this::onMessage);
  }

  private boolean isElected(Vote vote) {
    return ballots.elect(vote, setup.ensemble());
  }

  private Behavior<Election.Command> onMessage(Election.Command message) {
    return switch (message) {
      case Election.Notification n when n.vote().filter(vote -> !setup.mayLead(vote)).isPresent() -> Behaviors.same();
      case Election.Notification n when !n.looking() -> hearSettled(n);
      case Election.Notification n when n.round().compareTo(round) < 0 -> bringUpToDate(n);
      case Election.Notification n when n.round().compareTo(round) > 0 -> joinRoundOf(n);
      case Election.Notification n when n.vote().isEmpty() ->
          proposal.isPresent() ? bringUpToDate(n) : Behaviors.same(); // two that know nothing need not tell each other
      case Election.Notification n when isBetter(n.vote().get()) -> adopt(n, n.vote().get());
      case Election.Notification n -> with(ballots.with(n.from(), n.vote().get()), settled).listen();
      case Election.SilenceElapsed timer -> {
        tellEverybody();
        Duration doubled = timer.silence().multipliedBy(2);
        Duration max = setup.settings().resendAfterMax();
        askAgainAfter(doubled.compareTo(max) < 0 ? doubled : max);
        yield Behaviors.same();
      }
      // There may be no quorum any more, where a server has been started anew meanwhile.
      case Election.FinalizeWaitElapsed timer ->
          proposal.filter(this::isElected).map(this::settle).orElseGet(this::listen);
      case Election.StandAside late -> Behaviors.same();
      case Election.PeerLost lost -> {
        setup.on(lost);
        yield without(lost.peer());
      }
      case Election.PeerFound found -> {
        setup.links().send(found.peer(), notification());
        yield setup.on(found);
      }
      case Election.FindLeader again -> start(setup, round, again).enter();
    };
  }

  private Behavior<Election.Command> bringUpToDate(Election.Notification behind) {
    setup.links().send(behind.from(), notification());
    return Behaviors.same();
  }

  private boolean isBetter(Vote vote) {
    return proposal.isEmpty() || vote.beats(proposal.get());
  }

  private Behavior<Election.Command> joinRoundOf(Election.Notification ahead) {
    Optional<Vote> best = ahead.vote().filter(vote -> find.own().isEmpty() || vote.beats(find.own().get()))
        .or(find::own);
    Looking joined = inRound(setup, ahead.round(), find, best);
    return joined.with(withVoteOf(ahead, joined.ballots), settled).enter();
  }

  private Behavior<Election.Command> adopt(Election.Notification better, Vote vote) {
    return new Looking(
            setup,
            round,
            find,
            Optional.of(vote),
            ballots.with(setup.self(), vote).with(better.from(), vote),
            settled)
        .enter();
  }

  /**
   * There is a leader already if it says so itself, and those who settled are a quorum, with this server where that has
   * no more than the leader had: a leader that lacks only this one would wait for it, and no other can be elected.
   */
  private Behavior<Election.Command> hearSettled(Election.Notification n) {
    Looking heard = with(ballots, withVoteOf(n, settled));
    return n.vote()
        .filter(vote -> vote.equals(heard.settled.votes().get(vote.leader())))
        .filter(vote -> heard.settledWithThis(vote).elect(vote, setup.ensemble()))
        .map(vote -> new Looking(setup, max(round, n.round()), find, n.vote(), ballots, heard.settled).settle(vote))
        .orElseGet(heard::listen);
  }

  private Ballots settledWithThis(Vote vote) {
    return find.own().filter(own -> !own.hasNewerHistoryThan(vote)).isPresent()
        ? settled.with(setup.self(), vote)
        : settled;
  }

  /** Whoever followed a leader that is gone would wait for it in vain. */
  private Behavior<Election.Command> without(ServerId gone) {
    return proposal.filter(vote -> vote.leader().equals(gone)).isPresent()
        ? start(setup, round, find).enter()
        : with(ballots, settled.without(gone)).listen(); // perhaps it was the only one to wait for
  }

  private static Ballots withVoteOf(Election.Notification n, Ballots ballots) {
    return n.vote().map(vote -> ballots.with(n.from(), vote)).orElse(ballots);
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
