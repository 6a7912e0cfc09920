package troupe.session;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * What sessions have of the leader of one epoch. When it is lost, what they send there is lost too: they know what has no
 * answer yet, and send it again when they hear of another.
 *
 * @param proposer the way to it
 * @param tracker is told which clients were heard of
 */
public record Leadership(long epoch, Proposer proposer, ActorRef<SessionTracker.Command> tracker) {}
