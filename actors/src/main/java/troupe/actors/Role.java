package troupe.actors;

import troupe.broadcast.Leader;
import troupe.broadcast.Learner;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;

/**
 * What a server does while it has a leader: {@link Leading} or {@link Following}. Either is the parent of all actors of
 * that role, which end together: when one of them fails, or the epoch is over, the role stops, and they with it.
 */
final class Role {
  /** All that a role understands. */
  sealed interface Command {}

  /** From another server, about the broadcast. */
  record Heard(PeerMessage message) implements Command {}

  /** The process of that server is gone, or it seems so. */
  record PeerLost(ServerId peer) implements Command {}

  /** The server is to stop: finish, and let the others know. */
  record Resign() implements Command {}

  /** The leader tells how it fares. */
  record LeaderReported(Leader.Report report) implements Command {}

  /** The learner tells how it fares. */
  record LearnerReported(Learner.Report report) implements Command {}

  private Role() {}
}
