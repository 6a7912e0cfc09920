package troupe.links;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import troupe.broadcast.Conversation;
import troupe.broadcast.FromLeader;
import troupe.broadcast.FromLearner;
import troupe.broadcast.Notice;
import troupe.election.Election;
import troupe.election.Round;
import troupe.election.Vote;
import troupe.ensemble.PeerMessage;
import troupe.ensemble.ServerId;
import troupe.ensemble.Zxid;
import troupe.links.wire.AckEpochMessage;
import troupe.links.wire.ClaimMessage;
import troupe.links.wire.ConversationMessage;
import troupe.links.wire.ForwardMessage;
import troupe.links.wire.NoticeMessage;
import troupe.links.wire.NotificationMessage;
import troupe.links.wire.PartMessage;
import troupe.links.wire.PeerEnvelope;
import troupe.links.wire.ProposeMessage;
import troupe.links.wire.RefusedNotice;
import troupe.links.wire.RequestMessage;
import troupe.links.wire.SnapshotPartMessage;
import troupe.links.wire.SyncMessage;
import troupe.links.wire.TellMessage;
import troupe.links.wire.TouchMessage;
import troupe.links.wire.VoteMessage;
import troupe.persistence.Batch;
import troupe.persistence.SnapshotRef;
import troupe.tree.ErrorCode;
import troupe.tree.Request;

/** What servers tell each other, to Protobuf and back. A batch travels in the bytes that the journal has. */
public final class PeerCodec {
  private PeerCodec() {}

  /** @throws IllegalArgumentException for a kind of message that has no wire form: a bug */
  public static byte[] encode(PeerMessage message) {
    return envelope(message).toByteArray();
  }

  /** As {@link #encode}, for who knows where the bytes are to be. */
  static PeerEnvelope envelope(PeerMessage message) {
    PeerEnvelope.Builder envelope = PeerEnvelope.newBuilder();
    return (switch (message) {
      case Election.Notification n -> envelope.setFrom(n.from().value()).setNotification(encode(n));
      case FromLearner f -> envelope.setFrom(f.from().value()).setConversation(encode(f));
      case FromLeader f -> envelope.setFrom(f.from().value()).setConversation(encode(f));
      case Part p -> envelope.setFrom(p.from().value()).setPart(PartMessage.newBuilder()
          .setMessage(p.message()).setIndex(p.index()).setIsLast(p.last()).setContent(p.content()));
      default -> throw new IllegalArgumentException("no wire form for " + message.getClass().getName());
    }).build();
  }

  /**
   * @param bytes not to be changed afterwards: the message may keep parts of them
   * @throws InvalidProtocolBufferException if the bytes are no message, or one that this version does not know
   */
  public static PeerMessage decode(byte[] bytes) throws InvalidProtocolBufferException {
    PeerEnvelope envelope = parse(bytes);
    try {
      ServerId from = server(envelope.getFrom());
      return switch (envelope.getMessageCase()) {
        case NOTIFICATION -> decode(from, envelope.getNotification());
        case CONVERSATION -> decode(from, envelope.getConversation());
        case PART -> new Part(
            from,
            envelope.getPart().getMessage(),
            envelope.getPart().getIndex(),
            envelope.getPart().getIsLast(),
            envelope.getPart().getContent());
        case MESSAGE_NOT_SET -> throw unknown();
      };
    } catch (IllegalArgumentException e) {
      throw new InvalidProtocolBufferException("a message that makes no sense: " + e.getMessage());
    }
  }

  private static PeerEnvelope parse(byte[] bytes) throws InvalidProtocolBufferException {
    CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    in.enableAliasing(true);
    try {
      return PeerEnvelope.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException impossible) { // of bytes in memory
      throw new UncheckedIOException(impossible);
    }
  }

  private static NotificationMessage encode(Election.Notification n) {
    NotificationMessage.Builder message =
        NotificationMessage.newBuilder().setRound(n.round().number()).setLooking(n.looking());
    n.vote().ifPresent(vote -> message.setVote(VoteMessage.newBuilder()
        .setLeader(vote.leader().value()).setEpoch(vote.epoch()).setLast(vote.last().toLong())));
    return message.build();
  }

  private static Election.Notification decode(ServerId from, NotificationMessage message) {
    Optional<Vote> vote = message.hasVote()
        ? Optional.of(new Vote(
            server(message.getVote().getLeader()), message.getVote().getEpoch(), Zxid.of(message.getVote().getLast())))
        : Optional.empty();
    return new Election.Notification(from, new Round(message.getRound()), vote, message.getLooking());
  }

  private static ConversationMessage.Builder encode(FromLearner from) {
    ConversationMessage.Builder message = ConversationMessage.newBuilder()
        .setId(from.conversation().id()).setNumber(from.number());
    return switch (from.message()) {
      case FromLearner.LearnerInfo info -> message.setLearnerInfo(info.acceptedEpoch());
      case FromLearner.AckEpoch ack -> message.setAckEpoch(AckEpochMessage.newBuilder()
          .setEpoch(ack.epoch()).setPromised(ack.promised())
          .setCurrentEpoch(ack.currentEpoch()).setLast(ack.last().toLong()));
      case FromLearner.AckNewLeader ack -> message.setAckNewLeader(true);
      case FromLearner.Ack ack -> message.setAck(ack.upTo().toLong());
      case FromLearner.PartStored stored -> message.setPartStored(true);
      case FromLearner.Forward forward -> message.setForward(ForwardMessage.newBuilder()
          .addAllRequests(forward.requests().stream().map(RequestCodec::encode).toList()));
      case FromLearner.Sync sync -> message.setSync(
          SyncMessage.newBuilder().setSession(sync.session()).setCxid(sync.cxid()));
      case FromLearner.ReadIndex read -> message.setReadIndex(
          SyncMessage.newBuilder().setSession(read.session()).setCxid(read.cxid()));
      case FromLearner.Claim claim -> message.setClaim(ClaimMessage.newBuilder()
          .setSession(claim.session()).setCxid(claim.cxid()).setPassword(RequestCodec.encode(claim.password()))
          .setKept(claim.kept()));
      case FromLearner.Touch touch -> message.setTouch(TouchMessage.newBuilder().putAllTimeouts(touch.timeouts()));
      case FromLearner.Alive alive -> message.setAlive(true).setRound(alive.round());
      case FromLearner.Leave leave -> message.setLearnerLeaves(true);
    };
  }

  private static ConversationMessage.Builder encode(FromLeader from) {
    ConversationMessage.Builder message = ConversationMessage.newBuilder()
        .setId(from.conversation().id()).setNumber(from.number());
    return switch (from.message()) {
      case FromLeader.LeaderInfo info -> message.setLeaderInfo(info.epoch());
      case FromLeader.Truncate truncate -> message.setTruncate(truncate.keepUpTo().toLong());
      case FromLeader.SnapshotPart part -> message.setSnapshotPart(SnapshotPartMessage.newBuilder()
          .setLast(part.snapshot().last().toLong())
          .setFile(part.snapshot().file())
          .setDigest(part.snapshot().digest())
          .setContent(part.bytes())
          .setIsLast(part.last()));
      case FromLeader.Propose propose -> message.setPropose(ProposeMessage.newBuilder()
          .setPrevious(propose.previous().toLong()).setBatch(propose.batch().encoded()));
      case FromLeader.NewLeader leader -> message.setNewLeader(leader.epoch());
      case FromLeader.UpToDate upToDate -> message.setUpToDate(upToDate.committed().toLong());
      case FromLeader.Commit commit -> message.setCommit(commit.upTo().toLong());
      case FromLeader.Tell tell -> message.setTell(TellMessage.newBuilder()
          .addAllNotices(tell.notices().stream().map(PeerCodec::encode).toList()));
      case FromLeader.Ping ping -> message.setPing(true).setRound(ping.round());
      case FromLeader.Leave leave -> message.setLeaderLeaves(true);
    };
  }

  private static PeerMessage decode(ServerId from, ConversationMessage message) throws InvalidProtocolBufferException {
    Conversation conversation = new Conversation(message.getId());
    long number = message.getNumber();
    return switch (message.getMessageCase()) {
      case LEARNER_INFO, ACK_EPOCH, ACK_NEW_LEADER, ACK, PART_STORED, FORWARD, SYNC, READ_INDEX, CLAIM, TOUCH,
          ALIVE, LEARNER_LEAVES -> new FromLearner(from, conversation, number, ofLearner(message));
      case LEADER_INFO, TRUNCATE, SNAPSHOT_PART, PROPOSE, NEW_LEADER, UP_TO_DATE, COMMIT, TELL, PING, LEADER_LEAVES ->
          new FromLeader(from, conversation, number, ofLeader(message));
      case MESSAGE_NOT_SET -> throw unknown();
    };
  }

  private static FromLearner.Message ofLearner(ConversationMessage message) throws InvalidProtocolBufferException {
    return switch (message.getMessageCase()) {
      case LEARNER_INFO -> new FromLearner.LearnerInfo(message.getLearnerInfo());
      case ACK_EPOCH -> new FromLearner.AckEpoch(
          message.getAckEpoch().getEpoch(),
          message.getAckEpoch().getPromised(),
          message.getAckEpoch().getCurrentEpoch(),
          Zxid.of(message.getAckEpoch().getLast()));
      case ACK_NEW_LEADER -> new FromLearner.AckNewLeader();
      case ACK -> new FromLearner.Ack(Zxid.of(message.getAck()));
      case PART_STORED -> new FromLearner.PartStored();
      case FORWARD -> {
        List<Request> requests = new ArrayList<>(message.getForward().getRequestsCount());
        for (RequestMessage request : message.getForward().getRequestsList()) {
          requests.add(RequestCodec.decode(request));
        }
        yield new FromLearner.Forward(requests);
      }
      case SYNC -> new FromLearner.Sync(message.getSync().getSession(), message.getSync().getCxid());
      case READ_INDEX -> new FromLearner.ReadIndex(
          message.getReadIndex().getSession(), message.getReadIndex().getCxid());
      case CLAIM -> new FromLearner.Claim(
          message.getClaim().getSession(),
          message.getClaim().getCxid(),
          RequestCodec.decode(message.getClaim().getPassword()),
          message.getClaim().getKept());
      case TOUCH -> new FromLearner.Touch(message.getTouch().getTimeoutsMap());
      case ALIVE -> new FromLearner.Alive(message.getRound());
      case LEARNER_LEAVES -> new FromLearner.Leave();
      default -> throw unknown();
    };
  }

  private static FromLeader.Message ofLeader(ConversationMessage message) throws InvalidProtocolBufferException {
    return switch (message.getMessageCase()) {
      case LEADER_INFO -> new FromLeader.LeaderInfo(message.getLeaderInfo());
      case TRUNCATE -> new FromLeader.Truncate(Zxid.of(message.getTruncate()));
      case SNAPSHOT_PART -> {
        SnapshotPartMessage part = message.getSnapshotPart();
        // Where it is in the leader's journal means nothing here.
        yield new FromLeader.SnapshotPart(
            new SnapshotRef(Zxid.of(part.getLast()), 0, part.getFile(), part.getDigest()),
            part.getContent(),
            part.getIsLast());
      }
      case PROPOSE -> new FromLeader.Propose(
          Zxid.of(message.getPropose().getPrevious()), Batch.decode(message.getPropose().getBatch()));
      case NEW_LEADER -> new FromLeader.NewLeader(message.getNewLeader());
      case UP_TO_DATE -> new FromLeader.UpToDate(Zxid.of(message.getUpToDate()));
      case COMMIT -> new FromLeader.Commit(Zxid.of(message.getCommit()));
      case TELL -> {
        List<Notice> notices = new ArrayList<>(message.getTell().getNoticesCount());
        for (NoticeMessage notice : message.getTell().getNoticesList()) {
          notices.add(decode(notice));
        }
        yield new FromLeader.Tell(notices);
      }
      case PING -> new FromLeader.Ping(message.getRound());
      case LEADER_LEAVES -> new FromLeader.Leave();
      default -> throw unknown();
    };
  }

  private static NoticeMessage encode(Notice notice) {
    NoticeMessage.Builder message = NoticeMessage.newBuilder().setSession(notice.session());
    return (switch (notice) {
      case Notice.Synced synced -> message.setSynced(synced.cxid());
      case Notice.Refused refused -> message.setRefused(
          RefusedNotice.newBuilder().setCxid(refused.cxid()).setReason(refused.reason().wire()));
      case Notice.Moved moved -> message.setMoved(true);
    }).build();
  }

  private static Notice decode(NoticeMessage message) throws InvalidProtocolBufferException {
    return switch (message.getNoticeCase()) {
      case SYNCED -> new Notice.Synced(message.getSession(), message.getSynced());
      case REFUSED -> new Notice.Refused(
          message.getSession(), message.getRefused().getCxid(), ErrorCode.of(message.getRefused().getReason()));
      case MOVED -> new Notice.Moved(message.getSession());
      case NOTICE_NOT_SET -> throw unknown();
    };
  }

  private static ServerId server(int id) {
    return new ServerId(id);
  }

  private static InvalidProtocolBufferException unknown() {
    return new InvalidProtocolBufferException("a message of a kind that this version does not know");
  }
}
