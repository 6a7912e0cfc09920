package troupe.persistence;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import troupe.persistence.wire.CreatedMessage;
import troupe.persistence.wire.KeptOutcomeMessage;
import troupe.persistence.wire.OutcomeMessage;
import troupe.persistence.wire.SeveralOutcomesMessage;
import troupe.persistence.wire.StatMessage;
import troupe.tree.ErrorCode;
import troupe.tree.KeptOutcomes;
import troupe.tree.Outcome;
import troupe.tree.Stat;

/** What became of writes, to Protobuf and back: for snapshots. */
final class OutcomeCodec {
  private OutcomeCodec() {}

  static KeptOutcomeMessage encode(int cxid, KeptOutcomes.Kept kept) {
    return KeptOutcomeMessage.newBuilder()
        .setCxid(cxid).setZxid(kept.zxid()).setOutcome(encode(kept.outcome())).build();
  }

  static KeptOutcomes.Kept decode(KeptOutcomeMessage message) throws InvalidProtocolBufferException {
    return new KeptOutcomes.Kept(message.getZxid(), decode(message.getOutcome()));
  }

  private static OutcomeMessage encode(Outcome outcome) {
    OutcomeMessage.Builder message = OutcomeMessage.newBuilder();
    return (switch (outcome) {
      case Outcome.Created created -> message.setCreated(
          CreatedMessage.newBuilder().setPath(created.path()).setStat(encode(created.stat())));
      case Outcome.Deleted deleted -> message.setDeleted(true);
      case Outcome.DataSet set -> message.setDataSet(encode(set.stat()));
      case Outcome.AclSet set -> message.setAclSet(encode(set.stat()));
      case Outcome.Checked checked -> message.setChecked(true);
      case Outcome.Failed failed -> message.setFailed(failed.reason().wire());
      case Outcome.Several several -> {
        SeveralOutcomesMessage.Builder all = SeveralOutcomesMessage.newBuilder();
        several.outcomes().forEach(each -> all.addOutcomes(encode(each)));
        yield message.setSeveral(all);
      }
      case Outcome.SessionOpened opened -> throw notKept(opened);
      case Outcome.SessionClosed closed -> throw notKept(closed);
    }).build();
  }

  private static Outcome decode(OutcomeMessage message) throws InvalidProtocolBufferException {
    return switch (message.getOutcomeCase()) {
      case CREATED -> new Outcome.Created(message.getCreated().getPath(), decode(message.getCreated().getStat()));
      case DELETED -> new Outcome.Deleted();
      case DATA_SET -> new Outcome.DataSet(decode(message.getDataSet()));
      case ACL_SET -> new Outcome.AclSet(decode(message.getAclSet()));
      case CHECKED -> new Outcome.Checked();
      case FAILED -> new Outcome.Failed(ErrorCode.of(message.getFailed()));
      case SEVERAL -> {
        List<Outcome> outcomes = new ArrayList<>();
        for (OutcomeMessage each : message.getSeveral().getOutcomesList()) {
          outcomes.add(decode(each));
        }
        yield new Outcome.Several(outcomes);
      }
      case OUTCOME_NOT_SET -> throw new InvalidProtocolBufferException(
          "an outcome of a kind that this version does not know");
    };
  }

  private static StatMessage encode(Stat stat) {
    return StatMessage.newBuilder()
        .setCzxid(stat.czxid())
        .setMzxid(stat.mzxid())
        .setCtime(stat.ctime())
        .setMtime(stat.mtime())
        .setVersion(stat.version())
        .setCversion(stat.cversion())
        .setAversion(stat.aversion())
        .setEphemeralOwner(stat.ephemeralOwner())
        .setDataLength(stat.dataLength())
        .setNumChildren(stat.numChildren())
        .setPzxid(stat.pzxid())
        .build();
  }

  private static Stat decode(StatMessage stat) {
    return new Stat(
        stat.getCzxid(),
        stat.getMzxid(),
        stat.getCtime(),
        stat.getMtime(),
        stat.getVersion(),
        stat.getCversion(),
        stat.getAversion(),
        stat.getEphemeralOwner(),
        stat.getDataLength(),
        stat.getNumChildren(),
        stat.getPzxid());
  }

  /** The first comes before a session's first write, the other takes what is kept with it. */
  private static IllegalStateException notKept(Outcome outcome) {
    return new IllegalStateException("no outcome that a session keeps: " + outcome);
  }
}
