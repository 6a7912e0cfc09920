package troupe.links;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import troupe.links.wire.AclEntryMessage;
import troupe.links.wire.CheckOperation;
import troupe.links.wire.CreateOperation;
import troupe.links.wire.DeleteOperation;
import troupe.links.wire.IdentityMessage;
import troupe.links.wire.MultiOperation;
import troupe.links.wire.OpenSessionOperation;
import troupe.links.wire.OperationMessage;
import troupe.links.wire.PasswordMessage;
import troupe.links.wire.RequestMessage;
import troupe.links.wire.SetAclOperation;
import troupe.links.wire.SetDataOperation;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Password;
import troupe.tree.Request;
import troupe.tree.Requester;
import troupe.tree.Znode;

/** Requests on their way to the leader, to Protobuf and back. */
final class RequestCodec {
  private static final Operation.Create.Kind[] KINDS = Operation.Create.Kind.values();

  private RequestCodec() {}

  static RequestMessage encode(Request request) {
    RequestMessage.Builder message = RequestMessage.newBuilder()
        .setSession(request.requester().session())
        .setCxid(request.cxid())
        .setOperation(encode(request.operation()));
    request.requester().identities().forEach(identity -> message.addIdentities(encode(identity)));
    if (request.heardUpTo().isPresent()) {
      message.setHeardUpTo(request.heardUpTo().getAsInt());
    }
    return message.build();
  }

  static Request decode(RequestMessage message) throws InvalidProtocolBufferException {
    List<Identity> identities = message.getIdentitiesList().stream().map(RequestCodec::decode).toList();
    return new Request(
        new Requester(message.getSession(), identities),
        message.getCxid(),
        decode(message.getOperation()),
        message.hasHeardUpTo() ? OptionalInt.of(message.getHeardUpTo()) : OptionalInt.empty());
  }

  private static OperationMessage encode(Operation operation) {
    OperationMessage.Builder message = OperationMessage.newBuilder();
    return switch (operation) {
      case Operation.Create create -> message.setCreate(encode(create)).build();
      case Operation.Delete delete -> {
        DeleteOperation.Builder builder = DeleteOperation.newBuilder().setVersion(delete.version());
        ifPresent(delete.path(), builder::setPath);
        yield message.setDelete(builder).build();
      }
      case Operation.SetData set -> {
        SetDataOperation.Builder builder = SetDataOperation.newBuilder().setVersion(set.version());
        ifPresent(set.path(), builder::setPath);
        ifPresent(set.data(), builder::setData);
        yield message.setSetData(builder).build();
      }
      case Operation.SetAcl set -> {
        SetAclOperation.Builder builder = SetAclOperation.newBuilder().setVersion(set.version());
        ifPresent(set.path(), builder::setPath);
        set.acl().forEach(entry -> builder.addAcl(encode(entry)));
        yield message.setSetAcl(builder).build();
      }
      case Operation.Check check -> {
        CheckOperation.Builder builder = CheckOperation.newBuilder().setVersion(check.version());
        ifPresent(check.path(), builder::setPath);
        yield message.setCheck(builder).build();
      }
      case Operation.Multi multi -> {
        MultiOperation.Builder builder = MultiOperation.newBuilder();
        multi.operations().forEach(each -> builder.addOperations(encode(each)));
        yield message.setMulti(builder).build();
      }
      case Operation.OpenSession open -> message.setOpenSession(OpenSessionOperation.newBuilder()
          .setTimeout(open.timeout()).setPassword(encode(open.password()))).build();
      case Operation.CloseSession close -> message.setCloseSession(true).build();
      case Operation.DeleteContainer delete -> message.setDeleteContainer(delete.path()).build();
      case Operation.Refused refused -> message.setRefused(refused.reason().wire()).build();
    };
  }

  private static CreateOperation encode(Operation.Create create) {
    CreateOperation.Builder builder = CreateOperation.newBuilder()
        .setFlags(create.flags()).setKind(create.kind().ordinal()).setTtl(create.ttl());
    ifPresent(create.path(), builder::setPath);
    ifPresent(create.data(), builder::setData);
    create.acl().forEach(entry -> builder.addAcl(encode(entry)));
    return builder.build();
  }

  private static Operation decode(OperationMessage message) throws InvalidProtocolBufferException {
    return switch (message.getOperationCase()) {
      case CREATE -> {
        CreateOperation create = message.getCreate();
        if (create.getKind() < 0 || create.getKind() >= KINDS.length) {
          throw unknown();
        }
        yield new Operation.Create(
            path(create.hasPath(), create.getPath()),
            data(create.hasData(), create.getData()),
            acl(create.getAclList()),
            create.getFlags(),
            KINDS[create.getKind()],
            create.getTtl());
      }
      case DELETE -> new Operation.Delete(
          path(message.getDelete().hasPath(), message.getDelete().getPath()), message.getDelete().getVersion());
      case SET_DATA -> {
        SetDataOperation set = message.getSetData();
        yield new Operation.SetData(
            path(set.hasPath(), set.getPath()), data(set.hasData(), set.getData()), set.getVersion());
      }
      case SET_ACL -> {
        SetAclOperation set = message.getSetAcl();
        yield new Operation.SetAcl(path(set.hasPath(), set.getPath()), acl(set.getAclList()), set.getVersion());
      }
      case CHECK -> new Operation.Check(
          path(message.getCheck().hasPath(), message.getCheck().getPath()), message.getCheck().getVersion());
      case MULTI -> {
        List<Operation> operations = new ArrayList<>();
        for (OperationMessage each : message.getMulti().getOperationsList()) {
          operations.add(decode(each));
        }
        yield new Operation.Multi(operations);
      }
      case OPEN_SESSION -> new Operation.OpenSession(
          message.getOpenSession().getTimeout(), decode(message.getOpenSession().getPassword()));
      case CLOSE_SESSION -> new Operation.CloseSession();
      case DELETE_CONTAINER -> new Operation.DeleteContainer(message.getDeleteContainer());
      case REFUSED -> new Operation.Refused(ErrorCode.of(message.getRefused()));
      case OPERATION_NOT_SET -> throw unknown();
    };
  }

  static PasswordMessage encode(Password password) {
    return PasswordMessage.newBuilder().setHigh(password.high()).setLow(password.low()).build();
  }

  static Password decode(PasswordMessage message) {
    return new Password(message.getHigh(), message.getLow());
  }

  private static AclEntryMessage encode(Acl.Entry entry) {
    return AclEntryMessage.newBuilder().setPermissions(entry.permissions()).setWho(encode(entry.who())).build();
  }

  private static IdentityMessage encode(Identity identity) {
    IdentityMessage.Builder message = IdentityMessage.newBuilder().setScheme(identity.scheme());
    ifPresent(identity.id(), message::setId);
    return message.build();
  }

  private static Identity decode(IdentityMessage message) {
    return new Identity(message.getScheme(), path(message.hasId(), message.getId()));
  }

  private static List<Acl.Entry> acl(List<AclEntryMessage> entries) {
    return entries.stream().map(entry -> new Acl.Entry(entry.getPermissions(), decode(entry.getWho()))).toList();
  }

  // What a request does not have is told by identity in memory, and by absence on the wire.

  private static void ifPresent(String string, Consumer<String> setter) {
    Optional.of(string).filter(any -> any != Operation.MISSING).ifPresent(setter);
  }

  private static void ifPresent(byte[] data, Consumer<ByteString> setter) {
    if (data != Znode.NO_DATA) {
      setter.accept(UnsafeByteOperations.unsafeWrap(data));
    }
  }

  private static String path(boolean present, String string) {
    return present ? string : Operation.MISSING;
  }

  private static byte[] data(boolean present, ByteString data) {
    return present ? data.toByteArray() : Znode.NO_DATA;
  }

  private static InvalidProtocolBufferException unknown() {
    return new InvalidProtocolBufferException("a request of a kind that this version does not know");
  }
}
