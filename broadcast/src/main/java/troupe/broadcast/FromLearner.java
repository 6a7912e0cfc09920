package troupe.broadcast;

import java.util.List;
import java.util.Map;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.tree.Password;
import troupe.tree.Request;

/**
 * What a learner tells its leader.
 *
 * @param number 0 for {@link LearnerInfo}, which begins a conversation and is repeated until there is an answer, and for
 *     {@link Leave}, which ends it; then 1, 2, ...
 */
public record FromLearner(ServerId from, Conversation conversation, long number, Message message)
    implements PeerMessage {
  /** In ZooKeeper's words where it has them. */
  public sealed interface Message {}

  /** I would follow (FOLLOWERINFO, OBSERVERINFO). */
  public record LearnerInfo(long acceptedEpoch) implements Message {}

  /**
   * Your epoch is on my disk (ACKEPOCH).
   *
   * @param epoch which; 0 from an older version, which does not say
   * @param promised false: it had been accepted before, perhaps for another leader, so it counts for nobody
   * @param currentEpoch the leader whose history I have
   * @param last where my log ends
   */
  public record AckEpoch(long epoch, boolean promised, long currentEpoch, Zxid last) implements Message {}

  /** Your history and then your epoch are on my disk (ACK of NEWLEADER). */
  public record AckNewLeader() implements Message {}

  /** All up to this is on my disk (ACK). */
  public record Ack(Zxid upTo) implements Message {}

  /** A part of a snapshot is stored; the next one may come. */
  public record PartStored() implements Message {}

  /** What clients of this server ask for, in their order (REQUEST). */
  public record Forward(List<Request> requests) implements Message {
    public Forward {
      requests = List.copyOf(requests);
    }
  }

  /** A client's sync. */
  public record Sync(long session, int cxid) implements Message {}

  /** A client's read that must not miss anything: as a sync, once it is sure that nobody newer leads. */
  public record ReadIndex(long session, int cxid) implements Message {}

  /**
   * A session lives at this server (REVALIDATE).
   *
   * @param kept true: it has done so under an earlier leader; false: its client has come here with it now
   */
  public record Claim(long session, int cxid, Password password, boolean kept) implements Message {}

  /**
   * Clients that have been heard of (PING).
   *
   * @param timeouts by session id; 0 where it has not changed, in milliseconds
   */
  public record Touch(Map<Long, Integer> timeouts) implements Message {
    public Touch {
      timeouts = Map.copyOf(timeouts);
    }
  }

  /** The answer to a ping, with its round: I have promised nobody newer. */
  public record Alive(long round) implements Message {
    public Alive() {
      this(0);
    }
  }

  /** This conversation is over. */
  public record Leave() implements Message {}
}
