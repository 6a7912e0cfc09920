package troupe.broadcast;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import troupe.ensemble.ServerId;

/**
 * Reads that wait for word that this server leads still. Part of the leader's actor.
 *
 * <p>A quorum that follows this leader has promised nobody newer, so until it was asked nobody newer had a quorum, and
 * nothing was committed that is not in this leader's history. Who asks while a round is under way waits for the next: the
 * answers to that one may be older than the question.
 */
final class ReadRounds {
  private final ServerId self;
  private long round;
  private boolean open;
  private Set<ServerId> confirmed = Set.of();
  private List<Leader.ReadIndex> underWay = new ArrayList<>();
  private List<Leader.ReadIndex> next = new ArrayList<>();

  ReadRounds(ServerId self) {
    this.self = self;
  }

  void add(Leader.ReadIndex read) {
    next.add(read);
  }

  /** The session has another connection now, for which an answer to what the last one asked would be out of turn. */
  void forget(long session) {
    underWay.removeIf(read -> read.session() == session);
    next.removeIf(read -> read.session() == session);
  }

  /** The number of the round that is under way; 0: none is. */
  long current() {
    return open ? round : 0;
  }

  /** Begins a round for all that wait. Returns whether there is anything to ask the learners for. */
  boolean begin() {
    if (open || next.isEmpty()) {
      return false;
    }
    round++;
    open = true;
    underWay = next;
    next = new ArrayList<>();
    confirmed = new HashSet<>(Set.of(self));
    return true;
  }

  /** Those who follow, as far as is known in this round. */
  Set<ServerId> confirm(ServerId server, long ofRound) {
    if (ofRound == current()) {
      confirmed.add(server);
    }
    return confirmed;
  }

  /** The reads of the round, which is over. */
  List<Leader.ReadIndex> end() {
    open = false;
    return underWay;
  }
}
