package troupe.reception;

import com.google.protobuf.UnsafeByteOperations;
import troupe.protocol.wire.AclAnswer;
import troupe.protocol.wire.AclMessage;
import troupe.protocol.wire.AnswerMessage;
import troupe.protocol.wire.ChildrenAnswer;
import troupe.protocol.wire.CommittedAnswer;
import troupe.protocol.wire.CreatedAnswer;
import troupe.protocol.wire.ExistenceAnswer;
import troupe.protocol.wire.FailedAnswer;
import troupe.protocol.wire.IdentitiesAnswer;
import troupe.protocol.wire.IdentityMessage;
import troupe.protocol.wire.ManyAnswer;
import troupe.protocol.wire.NodeAnswer;
import troupe.protocol.wire.PathsAnswer;
import troupe.protocol.wire.RequestMessage.RequestCase;
import troupe.protocol.wire.StatMessage;
import troupe.session.Answer;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Outcome;
import troupe.tree.Stat;

/** What sessions answer, to the protocol. */
final class AnswerWriter {
  private static final int TOO_LARGE = 0;

  private AnswerWriter() {}

  static AnswerMessage write(RequestCase asked, long zxid, Answer answer) {
    AnswerMessage.Builder message = AnswerMessage.newBuilder().setZxid(zxid);
    return (switch (answer) {
      case Answer.Node node when asked == RequestCase.EXISTS -> message.setExistence(
          ExistenceAnswer.newBuilder().setStat(stat(node.node().stat())));
      case Answer.Failed failed when asked == RequestCase.EXISTS && failed.reason() == ErrorCode.NO_NODE ->
          message.setExistence(ExistenceAnswer.getDefaultInstance());
      case Answer.Node node -> message.setNode(NodeAnswer.newBuilder()
          .setData(UnsafeByteOperations.unsafeWrap(node.node().data())).setStat(stat(node.node().stat())));
      case Answer.Children children -> message.setChildren(ChildrenAnswer.newBuilder()
          .addAllNames(children.names()).setStat(stat(children.node().stat())));
      case Answer.AclOf acl -> message.setAcl(AclAnswer.newBuilder()
          .addAllAcl(acl.entries().stream().map(AnswerWriter::entry).toList()).setStat(stat(acl.node().stat())));
      case Answer.Count count -> message.setCount(count.number());
      case Answer.Paths paths -> message.setPaths(PathsAnswer.newBuilder().addAllPaths(paths.paths()));
      case Answer.Written written -> outcome(message, written.outcome());
      case Answer.Done done -> message.setDone(true);
      case Answer.Failed failed -> failed(message, failed.reason().wire());
      case Answer.Identities known -> message.setIdentities(IdentitiesAnswer.newBuilder()
          .addAllIdentities(known.identities().stream().map(AnswerWriter::identity).toList()));
      case Answer.Many many -> message.setMany(ManyAnswer.newBuilder()
          .addAllParts(many.answers().stream().map(part -> write(asked, zxid, part)).toList()));
    }).build();
  }

  /** Bytes, about: what makes an answer large. */
  static long size(Answer answer) {
    return switch (answer) {
      case Answer.Node node -> node.node().data().length;
      case Answer.Children children -> children.names().stream().mapToLong(String::length).sum();
      case Answer.Paths paths -> paths.paths().stream().mapToLong(String::length).sum();
      case Answer.Many many -> many.answers().stream().mapToLong(AnswerWriter::size).sum();
      default -> 0;
    };
  }

  static AnswerMessage outcome(long zxid, Outcome outcome) {
    return outcome(AnswerMessage.newBuilder().setZxid(zxid), outcome).build();
  }

  static AnswerMessage failed(long zxid, ErrorCode reason) {
    return failed(AnswerMessage.newBuilder().setZxid(zxid), reason.wire()).build();
  }

  static AnswerMessage done(long zxid) {
    return AnswerMessage.newBuilder().setZxid(zxid).setDone(true).build();
  }

  static AnswerMessage tooLarge(long zxid) {
    return failed(AnswerMessage.newBuilder().setZxid(zxid), TOO_LARGE).build();
  }

  private static AnswerMessage.Builder outcome(AnswerMessage.Builder message, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Created created -> message.setCreated(
          CreatedAnswer.newBuilder().setPath(created.path()).setStat(stat(created.stat())));
      case Outcome.Deleted deleted -> message.setDeleted(true);
      case Outcome.DataSet set -> message.setDataSet(stat(set.stat()));
      case Outcome.AclSet set -> message.setAclSet(stat(set.stat()));
      case Outcome.Checked checked -> message.setChecked(true);
      case Outcome.SessionClosed closed -> message.setDone(true);
      case Outcome.Failed failed -> failed(message, failed.reason().wire());
      case Outcome.Several several -> message.setCommitted(CommittedAnswer.newBuilder()
          .addAllEffects(several.outcomes().stream().map(each -> outcome(message.getZxid(), each)).toList()));
      case Outcome.SessionOpened never -> throw new IllegalStateException("nobody asked for " + never);
    };
  }

  private static AnswerMessage.Builder failed(AnswerMessage.Builder message, int code) {
    return message.setFailed(FailedAnswer.newBuilder().setCode(code));
  }

  private static AclMessage entry(Acl.Entry entry) {
    return AclMessage.newBuilder()
        .setPermissions(entry.permissions())
        .setScheme(entry.who().scheme())
        .setId(entry.who().id())
        .build();
  }

  private static IdentityMessage identity(Identity known) {
    return IdentityMessage.newBuilder().setScheme(known.scheme()).setUser(known.user()).build();
  }

  private static StatMessage stat(Stat stat) {
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
}
