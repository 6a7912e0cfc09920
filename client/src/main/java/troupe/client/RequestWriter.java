package troupe.client;

import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.util.ByteString;
import troupe.protocol.wire.AclMessage;
import troupe.protocol.wire.AddAuthRequest;
import troupe.protocol.wire.CommitRequest;
import troupe.protocol.wire.CreateRequest;
import troupe.protocol.wire.ReadManyRequest;
import troupe.protocol.wire.RequestMessage;
import troupe.protocol.wire.SetAclRequest;
import troupe.protocol.wire.SetDataRequest;
import troupe.protocol.wire.VersionedRequest;

/** Operations to the protocol. */
final class RequestWriter {
  private RequestWriter() {}

  /** What is wrong with it, as far as can be told without a server. */
  static Optional<String> wrong(Operation<?> operation) {
    return switch (operation) {
      case Operation.Create create when create.ttl().isPresent() && !maySetTtl(create) -> Optional.of(
          "a time to live is for persistent znodes, and at least 1 ms: " + create.mode() + ", " + create.ttl().get());
      case Operation.Create create -> Paths.wrong(create.path(), isSequential(create.mode()));
      case Operation.Change<?> change -> Paths.wrong(change.path(), false);
      case Operation.SetAcl set -> Paths.wrong(set.path(), false);
      case Operation.Commit commit -> commit.changes().stream().flatMap(each -> wrong(each).stream()).findFirst();
      case Operation.GetData get -> Paths.wrong(get.path(), false);
      case Operation.Exists exists -> Paths.wrong(exists.path(), false);
      case Operation.GetChildren get -> Paths.wrong(get.path(), false);
      case Operation.GetAcl get -> Paths.wrong(get.path(), false);
      case Operation.CountDescendants count -> Paths.wrong(count.path(), false);
      case Operation.GetEphemerals get -> Optional.empty();
      case Operation.ReadMany many -> many.parts().stream().flatMap(each -> wrong(each).stream()).findFirst();
      case Operation.WhoAmI who -> Optional.empty();
      case Operation.Sync sync -> Optional.empty();
      case Operation.AddAuth auth -> Optional.empty();
    };
  }

  private static boolean maySetTtl(Operation.Create create) {
    boolean persistent =
        create.mode() == CreateMode.PERSISTENT || create.mode() == CreateMode.PERSISTENT_SEQUENTIAL;
    return persistent && create.ttl().get().toMillis() > 0;
  }

  private static boolean isSequential(CreateMode mode) {
    return mode == CreateMode.PERSISTENT_SEQUENTIAL || mode == CreateMode.EPHEMERAL_SEQUENTIAL;
  }

  static RequestMessage write(Operation<?> operation) {
    RequestMessage.Builder message = RequestMessage.newBuilder();
    switch (operation) {
      case Operation.Create create -> message.setCreate(create(create));
      case Operation.Delete delete -> message.setDelete(versioned(delete.path(), delete.version()));
      case Operation.SetData set -> message.setSetData(SetDataRequest.newBuilder()
          .setPath(set.path()).setData(bytes(set.data())).setVersion(set.version()));
      case Operation.Check check -> message.setCheck(versioned(check.path(), check.version()));
      case Operation.SetAcl set -> message.setSetAcl(SetAclRequest.newBuilder()
          .setPath(set.path()).addAllAcl(acl(set.acl())).setVersion(set.version()));
      case Operation.Commit commit -> message.setCommit(CommitRequest.newBuilder()
          .addAllChanges(commit.changes().stream().map(RequestWriter::write).toList()));
      case Operation.GetData get -> message.setGetData(get.path());
      case Operation.Exists exists -> message.setExists(exists.path());
      case Operation.GetChildren get -> message.setGetChildren(get.path());
      case Operation.GetAcl get -> message.setGetAcl(get.path());
      case Operation.CountDescendants count -> message.setCountDescendants(count.path());
      case Operation.GetEphemerals get -> message.setGetEphemerals(get.prefix());
      case Operation.ReadMany many -> message.setReadMany(ReadManyRequest.newBuilder()
          .addAllParts(many.parts().stream().map(RequestWriter::write).toList()));
      case Operation.WhoAmI who -> message.setWhoAmI(true);
      case Operation.Sync sync -> message.setSync(true);
      case Operation.AddAuth auth -> message.setAddAuth(write(auth));
    }
    if (operation instanceof Operation.Read<?> read) {
      message.setLinearizable(read.consistency() == Consistency.LINEARIZABLE);
    }
    return message.build();
  }

  static AddAuthRequest write(Operation.AddAuth auth) {
    return AddAuthRequest.newBuilder().setScheme(auth.scheme()).setCredentials(bytes(auth.credentials())).build();
  }

  private static CreateRequest create(Operation.Create create) {
    CreateRequest.Builder message = CreateRequest.newBuilder()
        .setPath(create.path())
        .setData(bytes(create.data()))
        .setMode(switch (create.mode()) { // ZooKeeper's flags
          case PERSISTENT -> 0;
          case EPHEMERAL -> 1;
          case PERSISTENT_SEQUENTIAL -> 2;
          case EPHEMERAL_SEQUENTIAL -> 3;
          case CONTAINER -> 4;
        })
        .addAllAcl(acl(create.acl()));
    create.ttl().ifPresent(ttl -> message.setTtl(ttl.toMillis()));
    return message.build();
  }

  private static VersionedRequest versioned(String path, int version) {
    return VersionedRequest.newBuilder().setPath(path).setVersion(version).build();
  }

  private static List<AclMessage> acl(List<Acl> acl) {
    return acl.stream()
        .map(each -> AclMessage.newBuilder()
            .setPermissions(each.permissions()).setScheme(each.scheme()).setId(each.id()).build())
        .toList();
  }

  private static com.google.protobuf.ByteString bytes(ByteString data) {
    return UnsafeByteOperations.unsafeWrap(data.asByteBuffer()); // immutable on either side
  }
}
