package troupe.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.pekko.util.ByteString;
import troupe.protocol.wire.AnswerMessage;
import troupe.protocol.wire.AnswerMessage.AnswerCase;
import troupe.protocol.wire.CommittedAnswer;
import troupe.protocol.wire.StatMessage;

/** Answers from the protocol. */
final class AnswerReader {
  private static final int OK = 0;
  private static final int RUNTIME_INCONSISTENCY = -2;

  private AnswerReader() {}

  static Result<?> read(Operation<?> asked, AnswerMessage message) {
    return switch (message.getAnswerCase()) {
      case FAILED -> failed(asked, message.getFailed().getCode());
      case COMMITTED -> committed(asked, message);
      case MANY -> new Result.Done<>(many((Operation.ReadMany) asked, message));
      default -> new Result.Done<>(answer(asked, message));
    };
  }

  private static Result<?> committed(Operation<?> asked, AnswerMessage message) {
    CommittedAnswer committed = message.getCommitted();
    for (int i = 0; i < committed.getEffectsCount(); i++) {
      AnswerMessage effect = committed.getEffects(i);
      int code = effect.getFailed().getCode();
      if (effect.getAnswerCase() == AnswerCase.FAILED && code != OK && code != RUNTIME_INCONSISTENCY) {
        return refused(asked, i, code);
      }
    }
    List<Answer> effects =
        committed.getEffectsList().stream().map(each -> answer(asked, each.toBuilder().setZxid(message.getZxid()).build())).toList();
    // A check alone goes as a transaction of one.
    return asked instanceof Operation.Check && effects.size() == 1
        ? new Result.Done<>(effects.getFirst())
        : new Result.Done<>(new Answer.Committed(effects, message.getZxid()));
  }

  private static Answer.Many many(Operation.ReadMany asked, AnswerMessage message) {
    List<AnswerMessage> parts = message.getMany().getPartsList();
    return new Answer.Many(
        IntStream.range(0, parts.size())
            .<Result<?>>mapToObj(i -> read(asked.parts().get(i), parts.get(i).toBuilder().setZxid(message.getZxid()).build()))
            .toList(),
        message.getZxid());
  }

  private static Result<?> refused(Operation<?> asked, int operation, int code) {
    Operation<?> change = asked instanceof Operation.Commit commit ? commit.changes().get(operation) : asked;
    return new Result.Failed<>(new Failure(
        code(code),
        "operation " + operation + " of the transaction, " + words(change, code(code)),
        asked instanceof Operation.Commit ? OptionalInt.of(operation) : OptionalInt.empty()));
  }

  private static Answer answer(Operation<?> asked, AnswerMessage message) {
    long zxid = message.getZxid();
    return switch (message.getAnswerCase()) {
      case CREATED -> new Answer.Created(message.getCreated().getPath(), stat(message.getCreated().getStat()), zxid);
      case DELETED -> new Answer.Deleted(zxid);
      case DATA_SET -> new Answer.DataSet(stat(message.getDataSet()), zxid);
      case ACL_SET -> new Answer.AclSet(stat(message.getAclSet()), zxid);
      case CHECKED -> new Answer.Checked(zxid);
      case NODE -> new Answer.Node(
          ByteString.fromArrayUnsafe(message.getNode().getData().toByteArray()), stat(message.getNode().getStat()), zxid);
      case EXISTENCE -> new Answer.Existence(
          message.getExistence().hasStat() ? Optional.of(stat(message.getExistence().getStat())) : Optional.empty(), zxid);
      case CHILDREN -> new Answer.Children(
          message.getChildren().getNamesList(), stat(message.getChildren().getStat()), zxid);
      case ACL -> new Answer.AclOf(
          message.getAcl().getAclList().stream()
              .map(each -> new Acl(each.getPermissions(), each.getScheme(), each.getId())).toList(),
          stat(message.getAcl().getStat()),
          zxid);
      case COUNT -> new Answer.Count(message.getCount(), zxid);
      case PATHS -> new Answer.Paths(message.getPaths().getPathsList(), zxid);
      case IDENTITIES -> new Answer.Identities(
          message.getIdentities().getIdentitiesList().stream()
              .map(each -> new Answer.Identity(each.getScheme(), each.getUser())).toList(),
          zxid);
      case DONE -> asked instanceof Operation.AddAuth ? new Answer.Authenticated(zxid) : new Answer.Synced(zxid);
      case FAILED, COMMITTED, MANY, ANSWER_NOT_SET -> throw new IllegalStateException(
          "an answer to " + asked + " that this version of the library does not know: " + message.getAnswerCase());
    };
  }

  private static Result<?> failed(Operation<?> asked, int wire) {
    ErrorCode code = wire == OK ? ErrorCode.TOO_LARGE : code(wire);
    return new Result.Failed<>(new Failure(code, words(asked, code) + (code == ErrorCode.UNKNOWN ? " (" + wire + ")" : "")));
  }

  private static String words(Operation<?> asked, ErrorCode code) {
    String what = asked.getClass().getSimpleName() + path(asked).map(path -> " " + path).orElse("");
    return what + ": " + switch (code) {
      case NO_NODE -> asked instanceof Operation.Create ? "its parent does not exist" : "there is no such znode";
      case NODE_EXISTS -> "there is such a znode";
      case BAD_VERSION -> "the znode has another version";
      case NOT_EMPTY -> "the znode has children";
      case NO_CHILDREN_FOR_EPHEMERALS -> "its parent is ephemeral";
      case NO_AUTH -> "the ACL does not allow it";
      case AUTH_FAILED -> "the credentials are not understood; the scheme that there is is digest, user:password";
      case INVALID_ACL -> "the ACL is empty, or an entry makes no sense";
      case BAD_ARGUMENTS -> "the servers do not accept it";
      case TOO_LARGE -> asked instanceof Operation.Read
          ? "the answer is larger than the servers send (troupe.client.unread-limit there)"
          : "it is larger than the servers take (troupe.client.max-frame-size there)";
      case THROTTLED -> "not done: the servers have too much to do, or too little room on the disk; try again later";
      case UNIMPLEMENTED -> "the servers do not offer it (TTL znodes need troupe.tree.extended-types there)";
      case QUOTA_EXCEEDED -> "the quota is used up";
      case SESSION_EXPIRED -> "the session is over";
      case ROLLED_BACK, SESSION_CLOSED, FOREIGN_SESSION, NO_SERVER, COMPACTED, UNKNOWN -> "not done";
    };
  }

  private static Optional<String> path(Operation<?> asked) {
    return switch (asked) {
      case Operation.Change<?> change -> Optional.of(change.path());
      case Operation.SetAcl set -> Optional.of(set.path());
      case Operation.GetData get -> Optional.of(get.path());
      case Operation.Exists exists -> Optional.of(exists.path());
      case Operation.GetChildren get -> Optional.of(get.path());
      case Operation.GetAcl get -> Optional.of(get.path());
      case Operation.CountDescendants count -> Optional.of(count.path());
      case Operation.GetEphemerals get -> Optional.of(get.prefix());
      case Operation.Commit commit -> Optional.empty();
      case Operation.ReadMany many -> Optional.empty();
      case Operation.WhoAmI who -> Optional.empty();
      case Operation.Sync sync -> Optional.empty();
      case Operation.AddAuth auth -> Optional.empty();
    };
  }

  /** Source: ZooKeeper's KeeperException.Code. */
  static ErrorCode code(int wire) {
    return switch (wire) {
      case RUNTIME_INCONSISTENCY -> ErrorCode.ROLLED_BACK;
      case -5, -8 -> ErrorCode.BAD_ARGUMENTS;
      case -6 -> ErrorCode.UNIMPLEMENTED;
      case -101 -> ErrorCode.NO_NODE;
      case -102 -> ErrorCode.NO_AUTH;
      case -103 -> ErrorCode.BAD_VERSION;
      case -108 -> ErrorCode.NO_CHILDREN_FOR_EPHEMERALS;
      case -110 -> ErrorCode.NODE_EXISTS;
      case -111 -> ErrorCode.NOT_EMPTY;
      case -112 -> ErrorCode.SESSION_EXPIRED;
      case -114 -> ErrorCode.INVALID_ACL;
      case -115 -> ErrorCode.AUTH_FAILED;
      case -125 -> ErrorCode.QUOTA_EXCEEDED;
      case -127 -> ErrorCode.THROTTLED;
      default -> ErrorCode.UNKNOWN;
    };
  }

  private static Stat stat(StatMessage stat) {
    return new Stat(
        stat.getCzxid(),
        stat.getMzxid(),
        Instant.ofEpochMilli(stat.getCtime()),
        Instant.ofEpochMilli(stat.getMtime()),
        stat.getVersion(),
        stat.getCversion(),
        stat.getAversion(),
        stat.getEphemeralOwner(),
        stat.getDataLength(),
        stat.getNumChildren(),
        stat.getPzxid());
  }
}
