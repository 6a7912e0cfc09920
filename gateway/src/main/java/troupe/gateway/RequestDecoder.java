package troupe.gateway;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import troupe.session.ClientRequest;
import troupe.session.ClientRequest.WatchType;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Operation;

/**
 * Requests from their bytes.
 *
 * <p>Not every malformed request is refused in the same way. Where ZooKeeper gives a refusal a place in history, so does
 * this: clients see the zxids. Source: ZooKeeper's zookeeper.jute, MultiOperationRecord, PrepRequestProcessor.
 */
final class RequestDecoder {
  private static final int CONTAINER_FLAG = 4;
  private static final int TTL_FLAGS = 5;
  private static final int SEQUENTIAL_TTL_FLAGS = 6;
  private static final int ONE_SHOT_VECTORS = 3;
  private static final int ALL_VECTORS = 5;

  /**
   * What the connection has to remember until the answer comes.
   *
   * @param detail of a multi the operations' codes; of a sync its path
   */
  record Decoded(ClientRequest request, Object detail) {}

  /** No ACL at all: within a multi, ZooKeeper stumbles over it before the multi gets its place in history. */
  private static final class NoAcl extends Jute.Malformed {
    private static final long serialVersionUID = 1L;

    NoAcl() {
      super("a create without an ACL in a multi");
    }
  }

  /** How an ACL that is not there is taken. */
  @FunctionalInterface
  private interface IfNoAcl {
    List<Acl.Entry> get(int flags) throws Jute.Malformed;
  }

  private static final IfNoAcl INVALID = flags -> List.of();
  private static final IfNoAcl STUMBLE = flags -> {
    requireFlags(flags, SEQUENTIAL_TTL_FLAGS); // which it looks at before
    throw new NoAcl();
  };

  private static final Object NOTHING = new Object();

  private RequestDecoder() {}

  static boolean isKnown(int op) {
    return switch (op) {
      case OpCode.CREATE, OpCode.DELETE, OpCode.EXISTS, OpCode.GET_DATA, OpCode.SET_DATA, OpCode.GET_ACL,
          OpCode.SET_ACL, OpCode.GET_CHILDREN, OpCode.SYNC, OpCode.PING, OpCode.GET_CHILDREN_2, OpCode.MULTI,
          OpCode.CREATE_2, OpCode.RECONFIG, OpCode.CHECK_WATCHES, OpCode.REMOVE_WATCHES, OpCode.CREATE_CONTAINER,
          OpCode.CREATE_TTL, OpCode.MULTI_READ, OpCode.SET_WATCHES, OpCode.GET_EPHEMERALS,
          OpCode.GET_ALL_CHILDREN_NUMBER, OpCode.SET_WATCHES_2, OpCode.ADD_WATCH, OpCode.WHO_AM_I,
          OpCode.CLOSE_SESSION -> true;
      default -> false;
    };
  }

  /** @param op a known one */
  static Decoded decode(int xid, int op, ByteBuf in) {
    try {
      return switch (op) {
        case OpCode.MULTI -> multi(xid, in);
        case OpCode.SYNC -> new Decoded(new ClientRequest.Sync(xid), Jute.readOptionalString(in));
        default -> new Decoded(simple(xid, op, in), NOTHING);
      };
    } catch (Jute.Malformed | IndexOutOfBoundsException e) {
      return new Decoded(new ClientRequest.Fail(ErrorCode.MARSHALLING_ERROR), NOTHING);
    }
  }

  private static ClientRequest simple(int xid, int op, ByteBuf in) throws Jute.Malformed {
    return switch (op) {
      case OpCode.GET_DATA -> new ClientRequest.GetData(Jute.readString(in), in.readBoolean());
      case OpCode.EXISTS -> new ClientRequest.Exists(Jute.readString(in), in.readBoolean());
      case OpCode.GET_CHILDREN, OpCode.GET_CHILDREN_2 ->
          new ClientRequest.GetChildren(Jute.readString(in), in.readBoolean());
      case OpCode.GET_ACL -> new ClientRequest.GetAcl(Jute.readString(in));
      case OpCode.GET_ALL_CHILDREN_NUMBER -> new ClientRequest.CountDescendants(Jute.readString(in));
      case OpCode.GET_EPHEMERALS -> getEphemerals(in);
      case OpCode.WHO_AM_I -> new ClientRequest.WhoAmI();
      case OpCode.PING -> new ClientRequest.Ping();
      case OpCode.MULTI_READ -> multiRead(in);
      case OpCode.ADD_WATCH -> addWatch(in);
      case OpCode.CHECK_WATCHES -> new ClientRequest.CheckWatch(watchedPath(in), watchType(in.readInt()));
      case OpCode.REMOVE_WATCHES -> new ClientRequest.RemoveWatch(watchedPath(in), watchType(in.readInt()));
      case OpCode.SET_WATCHES -> setWatches(in, ONE_SHOT_VECTORS);
      case OpCode.SET_WATCHES_2 -> setWatches(in, ALL_VECTORS);
      case OpCode.CLOSE_SESSION -> new ClientRequest.Write(xid, new Operation.CloseSession());
      case OpCode.RECONFIG -> {
        for (int i = 0; i < 3; i++) {
          Jute.readOptionalString(in); // joining, leaving, new members
        }
        in.readLong();
        yield new ClientRequest.Write(xid, new Operation.Refused(ErrorCode.RECONFIG_DISABLED));
      }
      default -> new ClientRequest.Write(xid, operation(op, in, INVALID));
    };
  }

  private static Operation operation(int op, ByteBuf in, IfNoAcl ifNoAcl) throws Jute.Malformed {
    String path = Jute.readOptionalString(in).orElse(Operation.MISSING);
    return switch (op) {
      case OpCode.CREATE, OpCode.CREATE_2 -> create(path, in, Operation.Create.Kind.PLAIN, ifNoAcl);
      case OpCode.CREATE_CONTAINER -> create(path, in, Operation.Create.Kind.CONTAINER, ifNoAcl);
      case OpCode.CREATE_TTL -> createTtl(path, in);
      case OpCode.DELETE -> new Operation.Delete(path, in.readInt());
      case OpCode.SET_DATA -> new Operation.SetData(path, Jute.readData(in), in.readInt());
      case OpCode.SET_ACL -> new Operation.SetAcl(path, Jute.readAcl(in).orElse(List.of()), in.readInt());
      case OpCode.CHECK -> new Operation.Check(path, in.readInt());
      default -> throw new Jute.Malformed("no operation " + op);
    };
  }

  private static Operation.Create create(String path, ByteBuf in, Operation.Create.Kind kind, IfNoAcl ifNoAcl)
      throws Jute.Malformed {
    byte[] data = Jute.readData(in);
    Optional<List<Acl.Entry>> acl = Jute.readAcl(in);
    int flags = in.readInt();
    return new Operation.Create(path, data, acl.isPresent() ? acl.get() : ifNoAcl.get(flags), flags, kind, -1);
  }

  private static Operation.Create createTtl(String path, ByteBuf in) throws Jute.Malformed {
    byte[] data = Jute.readData(in);
    List<Acl.Entry> acl = Jute.readAcl(in).orElse(List.of());
    int flags = in.readInt();
    return new Operation.Create(path, data, acl, flags, Operation.Create.Kind.TTL, in.readLong());
  }

  private static ClientRequest getEphemerals(ByteBuf in) throws Jute.Malformed {
    String prefix = Jute.readOptionalString(in).orElse("");
    String trimmed = prefix.trim();
    return new ClientRequest.GetEphemerals(trimmed.isEmpty() || trimmed.equals("/") ? "" : prefix);
  }

  private static ClientRequest addWatch(ByteBuf in) throws Jute.Malformed {
    String path = watchedPath(in);
    int mode = in.readInt();
    if (mode != 0 && mode != 1) {
      throw new Jute.Malformed("no watch mode " + mode);
    }
    return new ClientRequest.AddWatch(path, mode == 1);
  }

  /** ZooKeeper accepts none, and so watches nothing. */
  private static String watchedPath(ByteBuf in) throws Jute.Malformed {
    return Jute.readOptionalString(in).orElse("");
  }

  /** ZooKeeper takes what comes before a path that is not there, and then fails; persistent watches it takes even so. */
  private static ClientRequest setWatches(ByteBuf in, int vectors) throws Jute.Malformed {
    long since = in.readLong();
    List<Optional<List<Optional<String>>>> read = new ArrayList<>();
    for (int i = 0; i < vectors; i++) {
      read.add(Jute.readStrings(in));
    }
    List<List<String>> lists = new ArrayList<>();
    boolean complete = true;
    for (int i = 0; i < ALL_VECTORS; i++) {
      List<String> list = new ArrayList<>();
      if (i < vectors) {
        boolean persistent = i >= ONE_SHOT_VECTORS;
        complete &= read.get(i).isPresent();
        for (Optional<String> path : read.get(i).orElse(List.of())) {
          complete &= persistent || path.isPresent();
          if (complete) {
            list.add(path.orElse(""));
          }
        }
      }
      lists.add(list);
    }
    return new ClientRequest.SetWatches(
        since, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), complete);
  }

  private static WatchType watchType(int wire) throws Jute.Malformed {
    return switch (wire) {
      case 1 -> WatchType.CHILDREN;
      case 2 -> WatchType.DATA;
      case 3 -> WatchType.ANY;
      case 4 -> WatchType.PERSISTENT;
      case 5 -> WatchType.RECURSIVE;
      default -> throw new Jute.Malformed("no watch type " + wire);
    };
  }

  /** Where the operations themselves make no sense, ZooKeeper gives the results before, and the error. */
  private static ClientRequest multiRead(ByteBuf in) throws Jute.Malformed {
    List<ClientRequest.Read> reads = new ArrayList<>();
    boolean complete = true;
    boolean writes = false;
    boolean first = true;
    for (int op = nextOp(in); op != OpCode.ERROR; op = nextOp(in)) {
      boolean read = op == OpCode.GET_DATA || op == OpCode.GET_CHILDREN;
      if (!first && read == writes) {
        throw new Jute.Malformed("reads and writes in a multiRead");
      }
      first = false;
      writes = !read;
      if (writes) {
        inMulti(op, in);
        complete = false;
      } else {
        Optional<String> path = Jute.readOptionalString(in);
        in.readBoolean(); // watches of a multiRead are ignored
        complete &= path.isPresent();
        if (complete) {
          reads.add(op == OpCode.GET_DATA
              ? new ClientRequest.GetData(path.get(), false)
              : new ClientRequest.GetChildren(path.get(), false));
        }
      }
    }
    return new ClientRequest.ReadMany(reads, complete);
  }

  /** A multi that cannot be read takes its place in history, as in ZooKeeper. */
  private static Decoded multi(int xid, ByteBuf in) {
    List<Operation> operations = new ArrayList<>();
    List<Integer> codes = new ArrayList<>();
    boolean everyPath = true;
    try {
      for (int op = nextOp(in); op != OpCode.ERROR; op = nextOp(in)) {
        everyPath &= Jute.isStringNext(in); // whatever it is, its path comes first
        Operation operation = inMulti(op, in);
        operations.add(operation);
        codes.add(codeInMulti(op, operation));
      }
      if (!everyPath) {
        throw new Jute.Malformed("an operation without a path");
      }
      return new Decoded(new ClientRequest.Write(xid, new Operation.Multi(operations)), codes);
    } catch (NoAcl e) {
      return new Decoded(new ClientRequest.Fail(ErrorCode.MARSHALLING_ERROR), NOTHING);
    } catch (Jute.Malformed | IndexOutOfBoundsException e) {
      return new Decoded(
          new ClientRequest.Write(xid, new Operation.Refused(ErrorCode.MARSHALLING_ERROR)), NOTHING);
    }
  }

  /** The code of the next operation, {@link OpCode#ERROR} at the end. */
  private static int nextOp(ByteBuf in) {
    int op = in.readInt();
    boolean done = in.readBoolean();
    in.readInt(); // an error code that means nothing in a request
    return done ? OpCode.ERROR : op;
  }

  private static Operation inMulti(int op, ByteBuf in) throws Jute.Malformed {
    Operation operation = switch (op) {
      case OpCode.CREATE, OpCode.CREATE_2, OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL, OpCode.DELETE, OpCode.SET_DATA,
          OpCode.CHECK -> operation(op, in, STUMBLE);
      default -> throw new Jute.Malformed("operation " + op + " in a multi");
    };
    return operation instanceof Operation.Create create ? createInMulti(op, create) : operation;
  }

  /** Within a multi, the flags decide what is created, and not the code: so it is in ZooKeeper's Op.Create. */
  private static Operation createInMulti(int op, Operation.Create create) throws Jute.Malformed {
    int flags = create.flags();
    if (op == OpCode.CREATE_TTL) {
      boolean ttl = flags >= TTL_FLAGS;
      return ttl ? create : withKind(create, flags == CONTAINER_FLAG);
    }
    requireFlags(flags, CONTAINER_FLAG);
    return withKind(create, flags == CONTAINER_FLAG || op == OpCode.CREATE_CONTAINER);
  }

  private static void requireFlags(int flags, int largest) throws Jute.Malformed {
    if (flags < 0 || flags > largest) {
      throw new Jute.Malformed("flags " + flags + " of a create in a multi");
    }
  }

  private static Operation withKind(Operation.Create create, boolean container) {
    Operation.Create.Kind kind = container ? Operation.Create.Kind.CONTAINER : Operation.Create.Kind.PLAIN;
    return new Operation.Create(create.path(), create.data(), create.acl(), create.flags(), kind, -1);
  }

  /** How the result is written: with the path only, or with the stat too. */
  private static int codeInMulti(int op, Operation operation) {
    boolean plain = operation instanceof Operation.Create create && create.kind() == Operation.Create.Kind.PLAIN;
    return switch (op) {
      case OpCode.CREATE, OpCode.CREATE_TTL -> plain ? OpCode.CREATE : OpCode.CREATE_2;
      case OpCode.CREATE_CONTAINER -> OpCode.CREATE_2;
      default -> op;
    };
  }
}
