package troupe.broadcast;

import com.google.protobuf.ByteString;
import java.util.List;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.persistence.Batch;
import troupe.persistence.SnapshotRef;

/**
 * What a leader tells a learner.
 *
 * @param number 0 for {@link Leave}, which ends the conversation; otherwise 1, 2, ...
 */
public record FromLeader(ServerId from, Conversation conversation, long number, Message message)
    implements PeerMessage {
  /** In ZooKeeper's words where it has them. */
  public sealed interface Message {}

  /** Promise to follow nobody older (LEADERINFO; NEWEPOCH in the Zab paper). */
  public record LeaderInfo(long epoch) implements Message {}

  /** What you have after this was never committed: give it up, then come again (TRUNC). */
  public record Truncate(Zxid keepUpTo) implements Message {}

  /**
   * A part of a snapshot (SNAP). Once all of it is there, come again.
   *
   * @param last whether it is the last part
   */
  public record SnapshotPart(SnapshotRef snapshot, ByteString bytes, boolean last) implements Message {}

  /**
   * Put this into your log: of the leader's history (DIFF), or new (PROPOSAL).
   *
   * @param previous what it follows, without a gap
   */
  public record Propose(Zxid previous, Batch batch) implements Message {}

  /** That was my history; say when it is on your disk, and that you belong to this epoch (NEWLEADER). */
  public record NewLeader(long epoch) implements Message {}

  /** Serve clients, once you are as far as this (UPTODATE). */
  public record UpToDate(Zxid committed) implements Message {}

  /** All up to this is committed (COMMIT). */
  public record Commit(Zxid upTo) implements Message {}

  /** To sessions of this server, behind all that was committed before. */
  public record Tell(List<Notice> notices) implements Message {
    public Tell {
      notices = List.copyOf(notices);
    }
  }

  /**
   * I lead still (PING).
   *
   * @param round 1, 2, ...: say the same, so that I know that nobody newer led when I asked; 0: I know enough
   */
  public record Ping(long round) implements Message {
    public Ping() {
      this(0);
    }
  }

  /** This conversation is over: I lead no more, or do not know you. */
  public record Leave() implements Message {}
}
