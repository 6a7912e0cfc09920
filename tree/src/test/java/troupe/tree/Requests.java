package troupe.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws requests that have a good chance to succeed, and many ways not to. */
final class Requests {
  private static final List<String> NAMES = List.of("a", "b", "c", "d");
  private static final Identity ALICE = new Identity("digest", "alice:hash");
  private static final Identity BOB = new Identity("digest", "bob:hash");

  private final Random random;

  Requests(Random random) {
    this.random = random;
  }

  Requester requester() {
    int draw = random.nextInt(10);
    long session = draw == 0 ? Trees.NOBODY : draw < 6 ? Trees.SESSION : Trees.OTHER;
    List<Identity> identities = new ArrayList<>(List.of(new Identity("ip", "127.0.0.1")));
    if (random.nextInt(3) == 0) {
      identities.add(random.nextBoolean() ? ALICE : BOB);
    }
    if (random.nextInt(20) == 0) {
      identities.add(new Identity("super", ""));
    }
    return new Requester(session, identities);
  }

  Operation operation(DataTree tree) {
    return switch (random.nextInt(40)) {
      case 0 -> new Operation.CloseSession();
      case 1, 2, 3 -> new Operation.OpenSession(1000 + random.nextInt(9000), new Password(random.nextLong(), 3));
      case 4, 5 -> new Operation.DeleteContainer(any(tree));
      case 6 -> new Operation.Refused(ErrorCode.UNIMPLEMENTED);
      case 7, 8, 9, 10 -> multi(tree);
      default -> single(tree);
    };
  }

  Operation.Multi multi(DataTree tree) {
    List<Operation> operations = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      operations.add(random.nextInt(5) == 0 ? new Operation.Check(any(tree), version()) : single(tree));
    }
    return new Operation.Multi(operations);
  }

  private Operation single(DataTree tree) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4 -> create(tree);
      case 5, 6 -> new Operation.Delete(any(tree), version());
      case 7, 8 -> new Operation.SetData(any(tree), data(), version());
      default -> new Operation.SetAcl(any(tree), acl(), version());
    };
  }

  private Operation create(DataTree tree) {
    String parent = any(tree);
    String name = random.nextInt(30) == 0 ? "." : NAMES.get(random.nextInt(NAMES.size()));
    String path = (parent.equals("/") ? "" : parent) + "/" + name;
    return switch (random.nextInt(8)) {
      case 0 -> new Operation.Create(path, data(), acl(), 4, Operation.Create.Kind.CONTAINER, -1);
      case 1 -> new Operation.Create(
          path, data(), acl(), 5 + random.nextInt(2), Operation.Create.Kind.TTL, 1 + random.nextInt(100_000));
      default -> new Operation.Create(path, data(), acl(), random.nextInt(4), Operation.Create.Kind.PLAIN, -1);
    };
  }

  private String any(DataTree tree) {
    List<String> paths = Trees.paths(tree);
    return random.nextInt(20) == 0 ? "/absent" : paths.get(random.nextInt(paths.size()));
  }

  private int version() {
    return random.nextInt(3) == 0 ? random.nextInt(3) : -1;
  }

  private byte[] data() {
    return random.nextInt(5) == 0 ? Znode.NO_DATA : new byte[random.nextInt(50)];
  }

  private List<Acl.Entry> acl() {
    return switch (random.nextInt(12)) {
      case 0 -> List.of(new Acl.Entry(Permissions.ALL, ALICE), new Acl.Entry(Permissions.READ, Identity.ANYONE));
      case 1 -> List.of(new Acl.Entry(Permissions.ALL, new Identity("auth", "")));
      case 2 -> List.of(new Acl.Entry(Permissions.ALL & ~Permissions.CREATE, Identity.ANYONE));
      default -> Acl.OPEN.entries();
    };
  }
}
