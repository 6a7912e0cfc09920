package troupe.persistence;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import troupe.ensemble.Zxid;
import troupe.persistence.wire.AclEntryMessage;
import troupe.persistence.wire.AclMessage;
import troupe.persistence.wire.BatchMessage;
import troupe.persistence.wire.ChangeMessage;
import troupe.persistence.wire.CreateMessage;
import troupe.persistence.wire.SessionClosedMessage;
import troupe.persistence.wire.SessionMessage;
import troupe.persistence.wire.SetAclMessage;
import troupe.persistence.wire.SetDataMessage;
import troupe.persistence.wire.SeveralFailedMessage;
import troupe.persistence.wire.SeveralMessage;
import troupe.persistence.wire.TransactionMessage;
import troupe.tree.Acl;
import troupe.tree.Change;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Password;
import troupe.tree.SessionInfo;
import troupe.tree.Transaction;
import troupe.tree.Znode;

/** Transactions to Protobuf and back. */
final class TransactionCodec {
  private TransactionCodec() {}

  static BatchMessage encode(List<Transaction> transactions, long digest) {
    BatchMessage.Builder batch = BatchMessage.newBuilder().setDigest(digest);
    for (Transaction transaction : transactions) {
      TransactionMessage.Builder message = TransactionMessage.newBuilder()
          .setZxid(transaction.zxid().toLong())
          .setSession(transaction.session())
          .setCxid(transaction.cxid())
          .setTime(transaction.time())
          .setChange(encode(transaction.change()));
      if (transaction.heardUpTo().isPresent()) {
        message.setHeardUpTo(transaction.heardUpTo().getAsInt());
      }
      batch.addTransactions(message);
    }
    return batch.build();
  }

  static List<Transaction> decode(BatchMessage batch) throws InvalidProtocolBufferException {
    List<Transaction> transactions = new ArrayList<>(batch.getTransactionsCount());
    for (TransactionMessage message : batch.getTransactionsList()) {
      transactions.add(new Transaction(
          Zxid.of(message.getZxid()), message.getSession(), message.getCxid(), message.getTime(),
          decode(message.getChange()),
          message.hasHeardUpTo() ? OptionalInt.of(message.getHeardUpTo()) : OptionalInt.empty()));
    }
    return List.copyOf(transactions);
  }

  private static ChangeMessage.Builder encode(Change change) {
    ChangeMessage.Builder message = ChangeMessage.newBuilder();
    return switch (change) {
      case Change.CreateNode create -> message.setCreate(encode(create));
      case Change.DeleteNode delete -> message.setDelete(delete.path());
      case Change.SetNodeData set -> message.setSetData(encode(set));
      case Change.SetNodeAcl set -> message.setSetAcl(SetAclMessage.newBuilder()
          .setPath(set.path()).setAcl(encode(set.acl())).setVersion(set.version()));
      case Change.Checked checked -> message.setChecked(true);
      case Change.Several several -> {
        SeveralMessage.Builder all = SeveralMessage.newBuilder();
        several.changes().forEach(each -> all.addChanges(encode(each)));
        yield message.setSeveral(all);
      }
      case Change.SessionOpened opened -> message.setSessionOpened(encode(opened.session()));
      case Change.SessionClosed closed -> message.setSessionClosed(
          SessionClosedMessage.newBuilder().addAllEphemerals(closed.ephemerals()));
      case Change.Failed failed -> message.setFailed(failed.reason().wire());
      case Change.SeveralFailed failed -> {
        SeveralFailedMessage.Builder reasons = SeveralFailedMessage.newBuilder();
        failed.reasons().forEach(reason -> reasons.addReasons(reason.wire()));
        yield message.setSeveralFailed(reasons);
      }
    };
  }

  private static CreateMessage encode(Change.CreateNode create) {
    CreateMessage.Builder message = CreateMessage.newBuilder().setPath(create.path()).setOwner(create.owner());
    if (create.data() != Znode.NO_DATA) {
      message.setData(UnsafeByteOperations.unsafeWrap(create.data()));
    }
    if (create.acl() != Acl.OPEN) {
      message.setAcl(encode(create.acl()));
    }
    return message.build();
  }

  private static SetDataMessage encode(Change.SetNodeData set) {
    SetDataMessage.Builder message = SetDataMessage.newBuilder().setPath(set.path()).setVersion(set.version());
    if (set.data() != Znode.NO_DATA) {
      message.setData(UnsafeByteOperations.unsafeWrap(set.data()));
    }
    return message.build();
  }

  private static Change decode(ChangeMessage message) throws InvalidProtocolBufferException {
    return switch (message.getChangeCase()) {
      case CREATE -> {
        CreateMessage create = message.getCreate();
        yield new Change.CreateNode(
            create.getPath(),
            create.hasData() ? bytes(create.getData()) : Znode.NO_DATA,
            create.hasAcl() ? decode(create.getAcl()) : Acl.OPEN,
            create.getOwner());
      }
      case DELETE -> new Change.DeleteNode(message.getDelete());
      case SET_DATA -> {
        SetDataMessage set = message.getSetData();
        yield new Change.SetNodeData(
            set.getPath(), set.hasData() ? bytes(set.getData()) : Znode.NO_DATA, set.getVersion());
      }
      case SET_ACL -> new Change.SetNodeAcl(
          message.getSetAcl().getPath(), decode(message.getSetAcl().getAcl()), message.getSetAcl().getVersion());
      case CHECKED -> new Change.Checked();
      case SEVERAL -> {
        List<Change> changes = new ArrayList<>();
        for (ChangeMessage each : message.getSeveral().getChangesList()) {
          changes.add(decode(each));
        }
        yield new Change.Several(changes);
      }
      case SESSION_OPENED -> new Change.SessionOpened(decode(message.getSessionOpened()));
      case SESSION_CLOSED -> new Change.SessionClosed(message.getSessionClosed().getEphemeralsList());
      case FAILED -> new Change.Failed(ErrorCode.of(message.getFailed()));
      case SEVERAL_FAILED -> new Change.SeveralFailed(
          message.getSeveralFailed().getReasonsList().stream().map(ErrorCode::of).toList());
      case CHANGE_NOT_SET -> throw new InvalidProtocolBufferException(
          "a transaction of a kind that this version does not know");
    };
  }

  static AclMessage encode(Acl acl) {
    AclMessage.Builder message = AclMessage.newBuilder();
    for (Acl.Entry entry : acl.entries()) {
      message.addEntries(AclEntryMessage.newBuilder()
          .setPermissions(entry.permissions()).setScheme(entry.who().scheme()).setId(entry.who().id()));
    }
    return message.build();
  }

  static Acl decode(AclMessage message) {
    return Acl.of(message.getEntriesList().stream()
        .map(entry -> new Acl.Entry(entry.getPermissions(), new Identity(entry.getScheme(), entry.getId())))
        .toList());
  }

  static SessionMessage encode(SessionInfo session) {
    return SessionMessage.newBuilder()
        .setTimeout(session.timeout())
        .setPasswordHigh(session.password().high())
        .setPasswordLow(session.password().low())
        .build();
  }

  static SessionInfo decode(SessionMessage message) {
    return new SessionInfo(message.getTimeout(), new Password(message.getPasswordHigh(), message.getPasswordLow()));
  }

  /** Its own array, so that a znode does not keep a whole batch in memory. */
  static byte[] bytes(ByteString bytes) {
    return bytes.toByteArray();
  }
}
