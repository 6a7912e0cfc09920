package troupe.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.jute.Record;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.proto.AddWatchRequest;
import org.apache.zookeeper.proto.AuthPacket;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CheckWatchesRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.CreateTTLRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.GetACLRequest;
import org.apache.zookeeper.proto.GetAllChildrenNumberRequest;
import org.apache.zookeeper.proto.GetChildren2Request;
import org.apache.zookeeper.proto.GetChildrenRequest;
import org.apache.zookeeper.proto.GetDataRequest;
import org.apache.zookeeper.proto.GetEphemeralsRequest;
import org.apache.zookeeper.proto.MultiHeader;
import org.apache.zookeeper.proto.ReconfigRequest;
import org.apache.zookeeper.proto.RemoveWatchesRequest;
import org.apache.zookeeper.proto.SetACLRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.apache.zookeeper.proto.SetWatches;
import org.apache.zookeeper.proto.SetWatches2;
import org.apache.zookeeper.proto.SyncRequest;
import troupe.conformance.DifferentialRequest.Bytes;
import troupe.conformance.DifferentialRequest.Fields;
import troupe.conformance.DifferentialRequest.Since;
import troupe.conformance.DifferentialStep.Ask;
import troupe.conformance.DifferentialStep.Claim;
import troupe.conformance.DifferentialStep.Drop;
import troupe.conformance.DifferentialStep.Move;
import troupe.conformance.DifferentialStep.Provoke;

/**
 * Draws scripts of right and wrong requests from a seed. Names are few, so that requests meet each other's nodes.
 *
 * <p>Never drawn, since the reference would not survive it: a createTTL whose flags are not those of a TTL node and
 * whose ttl is negative; nodes named zookeeper_limits or zookeeper_stats. Nor what servers keep to themselves:
 * createSession and deleteContainer, which the reference serves to any client, and SASL, for which it has no login.
 * Nor a createContainer with an ephemeral's flags, which the reference takes for an ephemeral until it is applied, and
 * for a container from then on.
 */
final class DifferentialGenerator {
  static final int SLOTS = 4;

  /** Steps after which all sessions are used once, long before the first of them could expire. */
  private static final int KEEP_ALIVE = 200;

  /** Steps after which new top-level names come into use, since ACLs slowly close the old ones. */
  private static final int NAMES_LAST = 500;

  private static final long LONGEST_TTL = 0xFF_FFFF_FFFFL;
  private static final int CONTAINER_FLAG = 4;
  private static final int TTL_FLAG = 5;
  private static final int SEQUENTIAL_TTL_FLAG = 6;

  private final RandomGenerator random;
  private final List<Choice<DifferentialStep>> steps;
  private final List<Choice<DifferentialRequest>> requests;
  private final List<Choice<DifferentialRequest>> writesOfMulti;
  private int drawn;

  /** Something to draw, as often as its weight says. */
  private record Choice<T>(int weight, Supplier<T> draw) {}

  DifferentialGenerator(RandomGenerator random) {
    this.random = random;
    writesOfMulti = List.of(
        choice(40, this::create), choice(20, this::delete), choice(25, this::setData), choice(15, this::check));
    requests = List.of(
        choice(280, this::create), choice(90, this::delete), choice(100, this::setData), choice(80, this::exists),
        choice(80, this::getData), choice(50, this::getChildren), choice(50, this::getChildren2),
        choice(50, this::getAcl), choice(45, this::setAcl), choice(20, this::getAllChildrenNumber),
        choice(20, this::getEphemerals), choice(10, this::sync), choice(5, () -> DifferentialRequest.of(OpCode.ping)),
        choice(90, this::multi), choice(30, this::multiRead), choice(40, this::addWatch),
        choice(30, this::checkWatches), choice(25, this::removeWatches), choice(15, this::setWatches),
        choice(15, this::setWatches2), choice(10, () -> DifferentialRequest.of(OpCode.whoAmI)),
        choice(3, this::reconfig));
    steps = List.of(
        choice(800, () -> DifferentialStep.ask(slot(), request())),
        choice(100, () -> new Ask(slot(), pipelined(2 + random.nextInt(10)))),
        choice(15, () -> new Provoke(slot(), request().cut(random.nextInt(40)))),
        choice(25, () -> new Provoke(slot(), auth())),
        choice(10, () -> new Provoke(slot(), unknown())),
        choice(8, () -> new Provoke(slot(), DifferentialRequest.of(OpCode.closeSession))),
        choice(10, () -> new Move(slot(), one(Claim.values()))),
        choice(8, () -> new Drop(slot())));
  }

  List<DifferentialStep> script(int length) {
    var script = new ArrayList<DifferentialStep>();
    while (script.size() < length) {
      drawn = script.size();
      if (drawn % KEEP_ALIVE == 0) {
        IntStream.range(0, SLOTS).mapToObj(DifferentialStep::ping).forEach(script::add);
      }
      script.add(draw(steps));
    }
    return script;
  }

  private static <T> Choice<T> choice(int weight, Supplier<T> draw) {
    return new Choice<>(weight, draw);
  }

  private <T> T draw(List<Choice<T>> choices) {
    int left = random.nextInt(choices.stream().mapToInt(Choice::weight).sum());
    for (Choice<T> choice : choices) {
      left -= choice.weight();
      if (left < 0) {
        return choice.draw().get();
      }
    }
    throw new IllegalStateException("weights do not add up");
  }

  @SafeVarargs
  private <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private int slot() {
    return random.nextInt(SLOTS);
  }

  private DifferentialRequest request() {
    return draw(requests);
  }

  /**
   * No setACL among them: the reference judges a write by the old ACL until the setACL before it has been applied, so
   * what comes of a write sent right behind one is a matter of luck.
   */
  private List<DifferentialRequest> pipelined(int length) {
    return Stream.generate(this::request).filter(request -> request.op() != OpCode.setACL).limit(length).toList();
  }

  private String path() {
    return switch (random.nextInt(40)) {
      case 0 -> "/";
      case 1 -> one("/zookeeper", "/zookeeper/quota", "/zookeeper/config", "/zookeeper/x", "/zookeeper/config/x");
      case 2, 3 -> badPath();
      default -> goodPath();
    };
  }

  private String badPath() {
    String good = goodPath();
    return switch (random.nextInt(16)) {
      case 0 -> "";
      case 1 -> good.substring(1);
      case 2 -> good + "/";
      case 3 -> "//";
      case 4 -> "/" + good;
      case 5 -> good + "/../b";
      case 6 -> good + "/.";
      case 7 -> good + "//b";
      case 8 -> good + "\0";
      case 9 -> good + one("\u0001", "\u001f", "\u007f", "\u009f", "\uf8ff", "\ufff0", "\n");
      case 10 -> good + one(" ", "é", "\u3042", "\ud83d\ude00", "...", ".a");
      case 11 -> good + "/" + "long".repeat(one(100, 1_000, 20_000));
      case 12 -> one("/.", "/..", ".", "..", "/...");
      case 13 -> good + "/" + counter();
      default -> null;
    };
  }

  private String goodPath() {
    String top = "/" + (drawn / NAMES_LAST) + one("a", "b");
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> top;
      case 7, 8, 9, 10, 11, 12, 13 -> top + "/" + one("a", "b");
      case 14, 15, 16 -> top + "/" + one("a", "b") + "/" + one("a", "b");
      case 17 -> top + counter();
      default -> top + "/" + one("a", "b", "") + counter();
    };
  }

  /** The name of a sequential node that there may well be. */
  private String counter() {
    return "%010d".formatted(random.nextInt(12));
  }

  private byte[] data() {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> new byte[random.nextInt(20_000)];
      default -> ("v" + random.nextInt(1000)).getBytes(StandardCharsets.US_ASCII);
    };
  }

  private int version() {
    return oneIn(3) ? one(0, 0, 1, 2, 3, -2, Integer.MIN_VALUE, Integer.MAX_VALUE) : -1;
  }

  private List<ACL> acl() {
    ACL open = entry(Perms.ALL, "world", "anyone");
    return switch (random.nextInt(50)) {
      case 0 -> null;
      case 1 -> List.of();
      case 2 -> List.of(open, open, entry(Perms.READ, "world", "anyone"));
      case 3, 4, 5 -> List.of(entry(random.nextInt(32), "world", "anyone"));
      case 6 -> List.of(entry(one(-1, 64, 63, Integer.MAX_VALUE), "world", "anyone"));
      case 7, 8 -> List.of(entry(Perms.ALL, "auth", one("", "x", null)), entry(Perms.READ, "world", "anyone"));
      case 9, 10, 11 -> List.of(entry(Perms.ALL, "digest", digest()), entry(random.nextInt(32), "world", "anyone"));
      case 12 -> List.of(entry(Perms.ALL, "ip", one("127.0.0.1", "127.0.0.1/8", "10.0.0.0/8", "::1", "127.0.0.1/33")));
      // First: ZooKeeper compares a later entry with those before it, and stumbles over the null in it if their
      // permissions are equal. Nobody depends on that.
      case 13, 14 -> List.of(oddEntry(), open);
      case 15 -> List.of(open, entry(Perms.ADMIN, "digest", digest()), entry(Perms.READ, "digest", digest()));
      default -> List.of(open);
    };
  }

  private ACL oddEntry() {
    return switch (random.nextInt(5)) {
      case 0 -> entry(Perms.ALL, "world", one("someone", "", null));
      case 1 -> entry(Perms.ALL, "digest", one("nocolon", "a:b:c", "a:", ":b", "", ":", null));
      case 2 -> entry(Perms.ALL, "ip", one("1.2.3", "1.2.3.256", "localhost", "1.2.3.4/x", "", null));
      case 3 -> entry(Perms.ALL, one("sasl", "x509", "super", "nosuch", "", null), "id");
      default -> entry(Perms.ALL, "auth", "");
    };
  }

  private static ACL entry(int permissions, String scheme, String id) {
    return new ACL(permissions, new Id(scheme, id));
  }

  /** What the reference makes of the passwords that {@link #auth} gives. */
  private String digest() {
    return one("alice:aYXlLOpEooaV1cRAvUL1fp9Qt7E=", "bob:fyVmFCwVbTJYrznoSu1koqYEYF0=");
  }

  private DifferentialRequest create() {
    return switch (random.nextInt(10)) {
      case 0 -> createTtl();
      case 1 -> create(OpCode.createContainer, oneIn(6) ? one(0, 2, 5, 6, 7, -1) : CONTAINER_FLAG);
      case 2, 3, 4, 5 -> create(OpCode.create2, oneIn(12) ? anyFlags() : one(0, 0, 0, 1, 2, 3));
      default -> create(OpCode.create, oneIn(12) ? anyFlags() : one(0, 0, 0, 1, 2, 3));
    };
  }

  private DifferentialRequest create(int op, int flags) {
    return DifferentialRequest.of(op, new CreateRequest(path(), data(), acl(), flags));
  }

  private int anyFlags() {
    return one(0, 1, 2, 3, 4, 5, 6, 7, -1, 100);
  }

  private DifferentialRequest createTtl() {
    int flags = oneIn(6) ? anyFlags() : one(TTL_FLAG, SEQUENTIAL_TTL_FLAG);
    boolean isTtl = flags == TTL_FLAG || flags == SEQUENTIAL_TTL_FLAG;
    long ttl = oneIn(4) ? one(0L, LONGEST_TTL + 1, Long.MAX_VALUE, isTtl ? -1L : 1L) : one(86_400_000L, LONGEST_TTL);
    return DifferentialRequest.of(OpCode.createTTL, new CreateTTLRequest(path(), data(), acl(), flags, ttl));
  }

  private DifferentialRequest delete() {
    return DifferentialRequest.of(OpCode.delete, new DeleteRequest(path(), version()));
  }

  private DifferentialRequest setData() {
    return DifferentialRequest.of(OpCode.setData, new SetDataRequest(path(), data(), version()));
  }

  private DifferentialRequest check() {
    return DifferentialRequest.of(OpCode.check, new CheckVersionRequest(path(), version()));
  }

  private DifferentialRequest exists() {
    return DifferentialRequest.of(OpCode.exists, new ExistsRequest(path(), random.nextBoolean()));
  }

  private DifferentialRequest getData() {
    return DifferentialRequest.of(OpCode.getData, new GetDataRequest(path(), random.nextBoolean()));
  }

  private DifferentialRequest getChildren() {
    return DifferentialRequest.of(OpCode.getChildren, new GetChildrenRequest(path(), random.nextBoolean()));
  }

  private DifferentialRequest getChildren2() {
    return DifferentialRequest.of(OpCode.getChildren2, new GetChildren2Request(path(), random.nextBoolean()));
  }

  private DifferentialRequest getAcl() {
    return DifferentialRequest.of(OpCode.getACL, new GetACLRequest(path()));
  }

  private DifferentialRequest setAcl() {
    String path = path();
    // An ACL that closes the root would end most of what this script is about.
    List<ACL> acl = "/".equals(path) ? List.of(entry(Perms.ALL, "world", "anyone")) : acl();
    return DifferentialRequest.of(OpCode.setACL, new SetACLRequest(path, acl, version()));
  }

  private DifferentialRequest getAllChildrenNumber() {
    return DifferentialRequest.of(OpCode.getAllChildrenNumber, new GetAllChildrenNumberRequest(path()));
  }

  private DifferentialRequest getEphemerals() {
    String prefix = one("/", "", " ", path(), path(), null);
    return DifferentialRequest.of(OpCode.getEphemerals, new GetEphemeralsRequest(prefix));
  }

  private DifferentialRequest sync() {
    return DifferentialRequest.of(OpCode.sync, new SyncRequest(path()));
  }

  private DifferentialRequest reconfig() {
    return DifferentialRequest.of(OpCode.reconfig, new ReconfigRequest("server.9=127.0.0.1:1:2;3", null, null, -1));
  }

  /** Up to five operations, now and then with one more that does not belong there, or without the end mark. */
  private DifferentialRequest multi() {
    int size = random.nextInt(6);
    List<DifferentialRequest> parts = new ArrayList<>(Stream.generate(() -> draw(writesOfMulti)).limit(size).toList());
    if (oneIn(15)) {
      parts.add(one(getData(), getChildren(), exists(), setAcl(), sync()));
    }
    return bundle(OpCode.multi, parts);
  }

  private DifferentialRequest multiRead() {
    int size = random.nextInt(6);
    Stream<DifferentialRequest> reads = Stream.generate(() -> random.nextBoolean() ? getData() : getChildren());
    List<DifferentialRequest> parts = new ArrayList<>(reads.limit(size).toList());
    if (oneIn(10)) {
      parts.add(one(delete(), check(), exists()));
    }
    return bundle(OpCode.multiRead, parts);
  }

  private DifferentialRequest bundle(int op, List<DifferentialRequest> parts) {
    var records = new ArrayList<Record>();
    for (DifferentialRequest part : parts) {
      records.add(new MultiHeader(part.op(), false, -1));
      if (part.body() instanceof Fields fields) {
        records.addAll(fields.records());
      }
    }
    if (!oneIn(60)) {
      records.add(new MultiHeader(-1, true, -1));
    }
    return new DifferentialRequest(op, new Fields(List.copyOf(records)));
  }

  private DifferentialRequest addWatch() {
    return DifferentialRequest.of(OpCode.addWatch, new AddWatchRequest(path(), one(0, 0, 0, 1, 1, 1, 2, -1)));
  }

  private DifferentialRequest checkWatches() {
    return DifferentialRequest.of(OpCode.checkWatches, new CheckWatchesRequest(path(), one(1, 2, 3, 3, 4, 5, 0)));
  }

  private DifferentialRequest removeWatches() {
    return DifferentialRequest.of(OpCode.removeWatches, new RemoveWatchesRequest(path(), one(1, 2, 3, 3, 4, 5, 6)));
  }

  private DifferentialRequest setWatches() {
    List<String> data = paths();
    List<String> exist = paths();
    List<String> child = paths();
    return new DifferentialRequest(
        OpCode.setWatches, new Since(random.nextInt(100), zxid -> new SetWatches(zxid, data, exist, child)));
  }

  private DifferentialRequest setWatches2() {
    List<String> data = paths();
    List<String> exist = paths();
    List<String> child = paths();
    List<String> persistent = paths();
    List<String> recursive = paths();
    return new DifferentialRequest(OpCode.setWatches2, new Since(
        random.nextInt(100), zxid -> new SetWatches2(zxid, data, exist, child, persistent, recursive)));
  }

  private List<String> paths() {
    return oneIn(40) ? null : Stream.generate(this::path).limit(random.nextInt(4)).toList();
  }

  private DifferentialRequest auth() {
    String scheme = oneIn(6) ? one("ip", "world", "auth", "super", "nosuch", "", null) : "digest";
    byte[] credentials = oneIn(12)
        ? one("nocolon".getBytes(StandardCharsets.US_ASCII), new byte[0], null)
        : one("alice:secret", "bob:secret").getBytes(StandardCharsets.US_ASCII);
    DifferentialRequest whole = DifferentialRequest.of(OpCode.auth, new AuthPacket(0, scheme, credentials));
    return oneIn(20) ? whole.cut(random.nextInt(12)) : whole;
  }

  /** Codes that no operation has, and a check outside of a multi. */
  private DifferentialRequest unknown() {
    int op = one(OpCode.notification, OpCode.error, OpCode.check, 10, 23, 99, 108, 1000, -2, -12, Integer.MIN_VALUE);
    byte[] body = ByteBuffer.allocate(random.nextInt(3) * Long.BYTES).array();
    return new DifferentialRequest(op, new Bytes(body));
  }
}
