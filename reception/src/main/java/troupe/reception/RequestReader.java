package troupe.reception;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import troupe.protocol.ProtocolException;
import troupe.protocol.wire.AclMessage;
import troupe.protocol.wire.CreateRequest;
import troupe.protocol.wire.RequestMessage;
import troupe.protocol.wire.SetAclRequest;
import troupe.protocol.wire.SetDataRequest;
import troupe.session.ClientRequest;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;

/** Requests from the protocol to what sessions understand. */
final class RequestReader {
  private static final int TTL_FLAGS = 5;
  private static final int SEQUENTIAL_TTL_FLAGS = 6;
  private static final int SEQUENTIAL_FLAG = 2;
  private static final int CONTAINER_FLAGS = 4;
  private static final long NO_TTL = -1;

  private RequestReader() {}

  /**
   * @param seen of the session's writes, those whose answers its client has
   * @throws ProtocolException for what this version does not know
   */
  static ClientRequest read(RequestMessage request, long seen) throws ProtocolException {
    return switch (request.getRequestCase()) {
      case GET_DATA, GET_CHILDREN -> part(request);
      case EXISTS -> new ClientRequest.Exists(request.getExists(), false);
      case READ_MANY -> {
        List<ClientRequest.Read> parts = new ArrayList<>();
        for (RequestMessage part : request.getReadMany().getPartsList()) {
          parts.add(part(part));
        }
        yield new ClientRequest.ReadMany(parts, true);
      }
      case WHO_AM_I -> new ClientRequest.WhoAmI();
      case GET_ACL -> new ClientRequest.GetAcl(request.getGetAcl());
      case COUNT_DESCENDANTS -> new ClientRequest.CountDescendants(request.getCountDescendants());
      case GET_EPHEMERALS -> new ClientRequest.GetEphemerals(request.getGetEphemerals());
      case SYNC -> new ClientRequest.Sync(0);
      case CLOSE_SESSION -> new ClientRequest.Write((int) request.getWrite(), new Operation.CloseSession());
      default -> new ClientRequest.Write((int) request.getWrite(), operation(request), OptionalInt.of((int) seen));
    };
  }

  private static ClientRequest.Read part(RequestMessage part) throws ProtocolException {
    return switch (part.getRequestCase()) {
      case GET_DATA -> new ClientRequest.GetData(part.getGetData(), false);
      case GET_CHILDREN -> new ClientRequest.GetChildren(part.getGetChildren(), false);
      default -> throw new ProtocolException("a read among several of a kind that this server does not know");
    };
  }

  private static Operation operation(RequestMessage request) throws ProtocolException {
    return switch (request.getRequestCase()) {
      case COMMIT -> {
        List<Operation> operations = new ArrayList<>();
        for (RequestMessage change : request.getCommit().getChangesList()) {
          operations.add(change(change));
        }
        yield new Operation.Multi(operations);
      }
      case SET_ACL -> {
        SetAclRequest set = request.getSetAcl();
        yield new Operation.SetAcl(set.getPath(), acl(set.getAclList()), set.getVersion());
      }
      // Outside of a transaction it is one of its own: its place in history says when it held.
      case CHECK -> new Operation.Multi(List.of(change(request)));
      default -> change(request);
    };
  }

  private static Operation change(RequestMessage change) throws ProtocolException {
    return switch (change.getRequestCase()) {
      case CREATE -> create(change.getCreate());
      case DELETE -> new Operation.Delete(change.getDelete().getPath(), change.getDelete().getVersion());
      case SET_DATA -> {
        SetDataRequest set = change.getSetData();
        yield new Operation.SetData(set.getPath(), bytes(set.getData()), set.getVersion());
      }
      case CHECK -> new Operation.Check(change.getCheck().getPath(), change.getCheck().getVersion());
      default -> throw new ProtocolException("a request of a kind that this server does not know");
    };
  }

  private static Operation create(CreateRequest create) {
    int mode = create.getMode();
    boolean ttl = create.getTtl() > 0;
    if (mode < 0 || mode > CONTAINER_FLAGS || ttl && mode != 0 && mode != SEQUENTIAL_FLAG) {
      return new Operation.Refused(ErrorCode.BAD_ARGUMENTS);
    }
    Operation.Create.Kind kind = ttl
        ? Operation.Create.Kind.TTL
        : mode == CONTAINER_FLAGS ? Operation.Create.Kind.CONTAINER : Operation.Create.Kind.PLAIN;
    int flags = !ttl ? mode : mode == 0 ? TTL_FLAGS : SEQUENTIAL_TTL_FLAGS;
    return new Operation.Create(
        create.getPath(), bytes(create.getData()), acl(create.getAclList()), flags, kind, ttl ? create.getTtl() : NO_TTL);
  }

  private static List<Acl.Entry> acl(List<AclMessage> acl) {
    return acl.stream()
        .map(entry -> new Acl.Entry(entry.getPermissions(), new Identity(entry.getScheme(), entry.getId())))
        .toList();
  }

  /** Its own array, so that a znode does not keep a whole envelope in memory. */
  private static byte[] bytes(ByteString data) {
    return data.toByteArray();
  }
}
