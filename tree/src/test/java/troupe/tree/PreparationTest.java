package troupe.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How requests are decided. Where several things are wrong with one, clients see which ZooKeeper checks first. */
class PreparationTest {
  private static final Identity ALICE = new Identity("digest", "alice:hash");
  private static final Identity BOB = new Identity("digest", "bob:hash");
  private static final Identity LOCAL = new Identity("ip", "127.0.0.1");
  private static final List<Acl.Entry> OPEN = Acl.OPEN.entries();
  private static final List<Acl.Entry> NONE = List.of();
  private static final Requester ALIVE = Trees.CLIENT;
  private static final Requester DEAD = new Requester(Trees.NOBODY, List.of());
  private static final Operation.Create.Kind PLAIN = Operation.Create.Kind.PLAIN;
  private static final Operation.Create.Kind TTL = Operation.Create.Kind.TTL;

  private final Trees trees = new Trees();

  /** {@code /guarded} and what is in it may only be read; {@code /eph} is ephemeral; versions are 0 or said. */
  @BeforeEach
  void plant() {
    trees.create("/open", "/open/there", "/open/there/child", "/open/leaf", "/guarded", "/guarded/leaf",
            "/guarded/full", "/guarded/full/leaf")
        .succeed(Trees.creation("/eph", 1))
        .succeed(Trees.container("/container")).create("/container/child")
        .succeed(Trees.container("/empty"))
        .succeed(Trees.ttlNode("/ttl", 1000));
    for (String path : List.of("/guarded", "/guarded/leaf", "/guarded/full")) {
      trees.succeed(new Operation.SetAcl(path, Acl.READ_ONLY.entries(), -1));
    }
    trees.succeed(new Operation.Create("/secret", new byte[0], List.of(new Acl.Entry(Permissions.WRITE,
        Identity.ANYONE)), 0, PLAIN, -1));
  }

  private record Case(Operation operation, Requester requester, boolean extendedTypes, ErrorCode expected) {
    Case(Operation operation, Requester requester, ErrorCode expected) {
      this(operation, requester, true, expected);
    }
  }

  private static Operation create(String path, List<Acl.Entry> acl, int flags, Operation.Create.Kind kind, long ttl) {
    return new Operation.Create(path, new byte[0], acl, flags, kind, ttl);
  }

  /** From line to line one more thing is right; all that is checked later is still wrong, where that is possible. */
  private static Stream<Case> refusals() {
    return Stream.of(
        // create
        new Case(create(Operation.MISSING, NONE, 7, PLAIN, 5), DEAD, false, ErrorCode.BAD_ARGUMENTS),
        new Case(create(Operation.MISSING, NONE, -1, PLAIN, 5), DEAD, false, ErrorCode.BAD_ARGUMENTS),
        new Case(create(Operation.MISSING, NONE, 5, TTL, 0), DEAD, false, ErrorCode.UNIMPLEMENTED),
        new Case(create(Operation.MISSING, NONE, 6, TTL, 0), DEAD, false, ErrorCode.UNIMPLEMENTED),
        new Case(create(Operation.MISSING, NONE, 5, TTL, 0), DEAD, ErrorCode.BAD_ARGUMENTS),
        new Case(create(Operation.MISSING, NONE, 6, TTL, Owner.MAX_TTL + 1), DEAD, ErrorCode.BAD_ARGUMENTS),
        new Case(create(Operation.MISSING, NONE, 0, PLAIN, 0), DEAD, ErrorCode.BAD_ARGUMENTS),
        new Case(create(Operation.MISSING, NONE, 0, PLAIN, -1), DEAD, ErrorCode.SESSION_EXPIRED),
        new Case(create(Operation.MISSING, NONE, 5, TTL, 1), DEAD, ErrorCode.SESSION_EXPIRED),
        new Case(create(Operation.MISSING, NONE, 0, PLAIN, -1), ALIVE, ErrorCode.MARSHALLING_ERROR),
        new Case(create("slashless", NONE, 0, PLAIN, -1), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(create("", NONE, 0, PLAIN, -1), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(create("/absent/\0", NONE, 0, PLAIN, -1), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(create("/absent/.", NONE, 0, PLAIN, -1), ALIVE, ErrorCode.INVALID_ACL),
        new Case(create("/absent/.", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.NO_NODE),
        new Case(create("/guarded/.", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.NO_AUTH),
        new Case(create("/guarded/leaf", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.NO_AUTH),
        new Case(create("/open/.", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(create("/eph/..", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(create("/", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.NODE_EXISTS),
        new Case(create("/open/leaf", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.NODE_EXISTS),
        new Case(create("/open/leaf", OPEN, 1, PLAIN, -1), ALIVE, ErrorCode.NODE_EXISTS),
        new Case(create("/eph/child", OPEN, 0, PLAIN, -1), ALIVE, ErrorCode.NO_CHILDREN_FOR_EPHEMERALS),
        new Case(create("/eph/child", OPEN, 1, PLAIN, -1), ALIVE, ErrorCode.NO_CHILDREN_FOR_EPHEMERALS),
        // delete
        new Case(new Operation.Delete(Operation.MISSING, 9), DEAD, ErrorCode.SESSION_EXPIRED),
        new Case(new Operation.Delete(Operation.MISSING, 9), ALIVE, ErrorCode.MARSHALLING_ERROR),
        new Case(new Operation.Delete("slashless", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Delete("/", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Delete("/zookeeper", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Delete("/zookeeper/quota", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Delete("/zookeeper/config", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Delete("/absent/\0", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Delete("/absent/leaf", 9), ALIVE, ErrorCode.NO_NODE),
        new Case(new Operation.Delete("/guarded/absent", 9), ALIVE, ErrorCode.NO_AUTH),
        new Case(new Operation.Delete("/open/absent", 9), ALIVE, ErrorCode.NO_NODE),
        new Case(new Operation.Delete("/open/there", 9), ALIVE, ErrorCode.BAD_VERSION),
        new Case(new Operation.Delete("/open/there", 0), ALIVE, ErrorCode.NOT_EMPTY),
        new Case(new Operation.Delete("/open/there", -1), ALIVE, ErrorCode.NOT_EMPTY),
        // setData
        new Case(new Operation.SetData("/absent/", new byte[0], 9), DEAD, ErrorCode.SESSION_EXPIRED),
        new Case(new Operation.SetData(Operation.MISSING, new byte[0], 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.SetData("", new byte[0], 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.SetData("/absent/", new byte[0], 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.SetData("/absent", new byte[0], 9), ALIVE, ErrorCode.NO_NODE),
        new Case(new Operation.SetData("/guarded", new byte[0], 9), ALIVE, ErrorCode.NO_AUTH),
        new Case(new Operation.SetData("/open", new byte[0], 9), ALIVE, ErrorCode.BAD_VERSION),
        new Case(new Operation.SetData("/open", new byte[0], -2), ALIVE, ErrorCode.BAD_VERSION),
        // setACL
        new Case(new Operation.SetAcl("/absent/", NONE, 9), DEAD, ErrorCode.SESSION_EXPIRED),
        new Case(new Operation.SetAcl("/absent/", NONE, 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.SetAcl("/absent", NONE, 9), ALIVE, ErrorCode.INVALID_ACL),
        new Case(new Operation.SetAcl("/absent", OPEN, 9), ALIVE, ErrorCode.NO_NODE),
        new Case(new Operation.SetAcl("/guarded", OPEN, 9), ALIVE, ErrorCode.NO_AUTH),
        new Case(new Operation.SetAcl("/open", OPEN, 9), ALIVE, ErrorCode.BAD_VERSION),
        // check
        new Case(new Operation.Check("/absent/", 9), DEAD, ErrorCode.SESSION_EXPIRED),
        new Case(new Operation.Check("/absent/", 9), ALIVE, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.Check("/absent", 9), ALIVE, ErrorCode.NO_NODE),
        new Case(new Operation.Check("/secret", 9), ALIVE, ErrorCode.NO_AUTH),
        new Case(new Operation.Check("/open", 9), ALIVE, ErrorCode.BAD_VERSION),
        // The server's own: no session, no permissions.
        new Case(new Operation.DeleteContainer(Operation.MISSING), Requester.SERVER, ErrorCode.MARSHALLING_ERROR),
        new Case(new Operation.DeleteContainer("/zookeeper"), Requester.SERVER, ErrorCode.BAD_ARGUMENTS),
        new Case(new Operation.DeleteContainer("/absent"), Requester.SERVER, ErrorCode.NO_NODE),
        new Case(new Operation.DeleteContainer("/container"), Requester.SERVER, ErrorCode.NOT_EMPTY),
        new Case(new Operation.DeleteContainer("/eph"), Requester.SERVER, ErrorCode.BAD_VERSION),
        new Case(new Operation.Refused(ErrorCode.RECONFIG_DISABLED), DEAD, ErrorCode.RECONFIG_DISABLED));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void theFirstThingThatIsWrongIsTheAnswer(Case c) {
    assertEquals(new Change.Failed(c.expected()), trees.tree().prepare(c.operation(), c.requester(), c.extendedTypes()));
  }

  @ParameterizedTest
  @CsvSource({
      "0, PLAIN, -1, /open/n, 0",
      "1, PLAIN, -1, /open/n, 1", // the session's
      "2, PLAIN, -1, /open/n0000000002, 0",
      "3, PLAIN, -1, /open/n0000000002, 1",
      "4, PLAIN, -1, /open/n, 0", // the kind of request makes a container, not the flag
      "4, CONTAINER, -1, /open/n, -9223372036854775808",
      "0, CONTAINER, -1, /open/n, -9223372036854775808",
      "5, TTL, 1000, /open/n, -72057594037926936",
      "6, TTL, 1000, /open/n0000000002, -72057594037926936",
      "6, TTL, 1099511627775, /open/n0000000002, -72056494526300161"})
  void flagsAndTheKindOfRequestDecideWhatIsCreated(
      int flags, Operation.Create.Kind kind, long ttl, String path, long owner) {
    Change.CreateNode change = assertInstanceOf(
        Change.CreateNode.class, trees.tree().prepare(create("/open/n", OPEN, flags, kind, ttl), ALIVE, true));
    assertEquals(path, change.path());
    assertEquals(owner == 1 ? Trees.SESSION : owner, change.owner());
    assertSame(Acl.OPEN, change.acl());
  }

  @Test
  void aSequentialNodeMayHaveNothingButItsNumberAsAName() {
    Change.CreateNode change = assertInstanceOf(
        Change.CreateNode.class, trees.tree().prepare(create("/open/", OPEN, 2, PLAIN, -1), ALIVE, true));
    assertEquals("/open/0000000002", change.path());
  }

  @Test
  void aVersionThatFitsIsCountedOn() {
    Change.SetNodeData data = assertInstanceOf(Change.SetNodeData.class,
        trees.tree().prepare(new Operation.SetData("/open", new byte[] {7}, 0), ALIVE, true));
    assertEquals(1, data.version());
    assertArrayEquals(new byte[] {7}, data.data());
    assertEquals(new Change.SetNodeAcl("/open", Acl.READ_ONLY, 1),
        trees.tree().prepare(new Operation.SetAcl("/open", Acl.READ_ONLY.entries(), 0), ALIVE, true));
    assertEquals(new Change.DeleteNode("/open/leaf"),
        trees.tree().prepare(new Operation.Delete("/open/leaf", 0), ALIVE, true));
    assertEquals(new Change.Checked(), trees.tree().prepare(new Operation.Check("/open", 0), ALIVE, true));
  }

  @Test
  void anAclHasAVersionOfItsOwn() {
    trees.succeed(new Operation.SetData("/open", new byte[0], -1)).succeed(new Operation.SetData("/open", new byte[0], -1));
    assertEquals(new Change.SetNodeAcl("/open", Acl.OPEN, 1),
        trees.tree().prepare(new Operation.SetAcl("/open", OPEN, 0), ALIVE, true));
  }

  @Test
  void aChildIsDeletedByWhoeverMayDeleteInItsParent() {
    trees.succeed(new Operation.SetAcl("/open/leaf", List.of(new Acl.Entry(Permissions.READ, ALICE)), -1));
    assertEquals(new Change.DeleteNode("/open/leaf"),
        trees.tree().prepare(new Operation.Delete("/open/leaf", -1), ALIVE, true));
    assertEquals(new Change.Failed(ErrorCode.NO_AUTH),
        trees.tree().prepare(new Operation.Delete("/guarded/full/leaf", -1), ALIVE, true));
  }

  @Test
  void theServerRemovesContainersTtlNodesAndWhateverElseItIsAskedToIfItIsEmpty() {
    for (String path : List.of("/empty", "/ttl", "/guarded/leaf")) {
      assertEquals(new Change.DeleteNode(path),
          trees.tree().prepare(new Operation.DeleteContainer(path), Requester.SERVER, true));
    }
  }

  @Test
  void theServerOpensAndClosesSessionsThatItDoesNotKnow() {
    SessionInfo session = new SessionInfo(4000, new Password(1, 2));
    assertEquals(new Change.SessionOpened(session),
        trees.tree().prepare(new Operation.OpenSession(4000, new Password(1, 2)), DEAD, true));
    assertEquals(new Change.SessionClosed(List.of()), trees.tree().prepare(new Operation.CloseSession(), DEAD, true));
  }

  // ACLs

  private static Acl.Entry entry(int permissions, String scheme, String id) {
    return new Acl.Entry(permissions, new Identity(scheme, id));
  }

  private Change withAcl(List<Identity> identities, Acl.Entry... acl) {
    return trees.tree().prepare(
        new Operation.SetAcl("/open", Arrays.asList(acl), -1), new Requester(Trees.SESSION, identities), true);
  }

  @Test
  void authStandsForEverythingThatTheRequesterProved() {
    assertEquals(
        new Change.SetNodeAcl("/open", Acl.of(List.of(
            new Acl.Entry(Permissions.READ, Identity.ANYONE),
            new Acl.Entry(Permissions.WRITE, ALICE), new Acl.Entry(Permissions.WRITE, BOB),
            new Acl.Entry(Permissions.ADMIN, LOCAL))), 1),
        withAcl(List.of(LOCAL, ALICE, BOB),
            new Acl.Entry(Permissions.READ, Identity.ANYONE), entry(Permissions.WRITE, "auth", "whatever"),
            new Acl.Entry(Permissions.ADMIN, LOCAL)));
  }

  @Test
  void authOfARequesterWhoProvedNothingIsInvalid() {
    Change invalid = new Change.Failed(ErrorCode.INVALID_ACL);
    assertEquals(invalid, withAcl(List.of(), entry(31, "auth", "")));
    assertEquals(invalid, withAcl(List.of(LOCAL), entry(31, "auth", ""))); // an address is no proof
    assertEquals(invalid, withAcl(List.of(LOCAL), new Acl.Entry(31, ALICE), entry(31, "auth", "")));
  }

  @Test
  void authDoesNotMakeAnAclOfAnyLength() {
    List<Identity> proved =
        IntStream.range(0, 100).mapToObj(i -> new Identity("digest", "user-" + i + ":hash")).toList();
    Acl.Entry[] ten = IntStream.rangeClosed(1, 10).mapToObj(i -> entry(i, "auth", "")).toArray(Acl.Entry[]::new);
    assertInstanceOf(Change.SetNodeAcl.class, withAcl(proved, ten));
    Acl.Entry[] eleven = IntStream.rangeClosed(1, 11).mapToObj(i -> entry(i, "auth", "")).toArray(Acl.Entry[]::new);
    assertEquals(new Change.Failed(ErrorCode.INVALID_ACL), withAcl(proved, eleven));
  }

  @Test
  void equalLinesAreOneAndOthersKeepTheirOrder() {
    assertEquals(
        new Change.SetNodeAcl("/open", Acl.of(List.of(new Acl.Entry(1, BOB), new Acl.Entry(2, BOB),
            new Acl.Entry(1, ALICE))), 1),
        withAcl(List.of(), new Acl.Entry(1, BOB), new Acl.Entry(2, BOB), new Acl.Entry(1, BOB),
            new Acl.Entry(1, ALICE), new Acl.Entry(2, BOB)));
  }

  @Test
  void anAclNamesOnlyWhomOneCanBe() {
    assertEquals(new Change.Failed(ErrorCode.INVALID_ACL), withAcl(List.of(), entry(31, "world", "alice")));
    assertEquals(new Change.Failed(ErrorCode.INVALID_ACL), withAcl(List.of(), entry(31, "super", "x:y")));
    assertEquals(new Change.Failed(ErrorCode.INVALID_ACL), withAcl(List.of(), entry(31, "", "")));
    assertEquals(new Change.Failed(ErrorCode.INVALID_ACL),
        withAcl(List.of(), entry(31, "unknown", Operation.MISSING))); // the scheme is looked at first
    assertEquals(new Change.Failed(ErrorCode.MARSHALLING_ERROR),
        withAcl(List.of(), entry(31, "digest", Operation.MISSING)));
    assertEquals(new Change.Failed(ErrorCode.INVALID_ACL),
        withAcl(List.of(), entry(31, "ip", "10.0.0.1/40"), entry(31, "digest", Operation.MISSING)));
  }

  /** What may be done with {@code permissions} on a node; deletes and creates ask its parent. */
  @ParameterizedTest
  @CsvSource({
      "1,  NO_AUTH, NO_AUTH, NO_AUTH, NO_AUTH, OK",
      "2,  OK,      NO_AUTH, NO_AUTH, NO_AUTH, NO_AUTH",
      "4,  NO_AUTH, OK,      NO_AUTH, NO_AUTH, NO_AUTH",
      "8,  NO_AUTH, NO_AUTH, OK,      NO_AUTH, NO_AUTH",
      "16, NO_AUTH, NO_AUTH, NO_AUTH, OK,      NO_AUTH",
      "15, OK,      OK,      OK,      NO_AUTH, OK",
      "0,  NO_AUTH, NO_AUTH, NO_AUTH, NO_AUTH, NO_AUTH",
      "31, OK,      OK,      OK,      OK,      OK"})
  void eachOperationAsksForOnePermission(
      int permissions, ErrorCode setData, ErrorCode create, ErrorCode delete, ErrorCode setAcl, ErrorCode check) {
    trees.succeed(new Operation.SetAcl("/open", List.of(new Acl.Entry(permissions, ALICE)), -1));
    Requester alice = new Requester(Trees.SESSION, List.of(LOCAL, ALICE));
    assertEquals(setData, reason(alice, new Operation.SetData("/open", new byte[0], -1)));
    assertEquals(create, reason(alice, Trees.creation("/open/new", 0)));
    assertEquals(delete, reason(alice, new Operation.Delete("/open/leaf", -1)));
    assertEquals(setAcl, reason(alice, new Operation.SetAcl("/open", OPEN, -1)));
    assertEquals(check, reason(alice, new Operation.Check("/open", -1)));
    Requester superUser = new Requester(Trees.SESSION, List.of(new Identity("super", "")));
    assertEquals(ErrorCode.OK, reason(superUser, new Operation.SetData("/open", new byte[0], -1)));
    assertEquals(ErrorCode.OK, reason(superUser, new Operation.Delete("/open/leaf", -1)));
  }

  private ErrorCode reason(Requester requester, Operation operation) {
    return trees.tree().prepare(operation, requester, true) instanceof Change.Failed failed
        ? failed.reason()
        : ErrorCode.OK;
  }

  // multi

  private Change multi(Operation... operations) {
    return trees.tree().prepare(new Operation.Multi(List.of(operations)), ALIVE, true);
  }

  @Test
  void anOperationOfAMultiSeesWhatThoseBeforeItDid() {
    assertEquals(
        List.of(Change.CreateNode.class, Change.CreateNode.class, Change.SetNodeData.class, Change.Checked.class,
            Change.DeleteNode.class, Change.DeleteNode.class),
        assertInstanceOf(Change.Several.class, multi(
            Trees.creation("/new", 0), Trees.creation("/new/child", 0), new Operation.SetData("/new", new byte[0], 0),
            new Operation.Check("/new", 1), new Operation.Delete("/new/child", -1), new Operation.Delete("/new", 1)))
            .changes().stream().map(Change::getClass).toList());
    assertTrue(trees.tree().find("/new").isEmpty());
  }

  @Test
  void sequenceNumbersGoOnWithinAMulti() {
    assertEquals(List.of("/open/n0000000002", "/open/n0000000003"),
        assertInstanceOf(Change.Several.class, multi(Trees.creation("/open/n", 2), Trees.creation("/open/n", 2)))
            .changes().stream().map(change -> ((Change.CreateNode) change).path()).toList());
  }

  @Test
  void aMultiThatFailsSaysWhereAndWhyAndThatTheRestWasNotTried() {
    assertEquals(
        new Change.SeveralFailed(List.of(ErrorCode.OK, ErrorCode.BAD_VERSION, ErrorCode.RUNTIME_INCONSISTENCY,
            ErrorCode.RUNTIME_INCONSISTENCY)),
        multi(Trees.creation("/new", 0), new Operation.Check("/new", 1), new Operation.Delete("/absent", -1),
            Trees.creation("/new2", 0)));
    assertEquals(new Change.SeveralFailed(List.of(ErrorCode.NO_NODE)), multi(new Operation.Delete("/absent", -1)));
  }

  @Test
  void aMultiOfNothingSucceeds() {
    assertEquals(new Change.Several(List.of()), multi());
  }

  @Test
  void anEphemeralNodeOfAMultiGoesWithItsSession() {
    trees.succeed(new Operation.Multi(List.of(Trees.creation("/m1", 1), Trees.creation("/m2", 1),
        new Operation.Delete("/m1", -1))));
    assertEquals(2, trees.tree().ephemeralsOf(Trees.SESSION).size()); // with the /eph of before
    trees.succeed(new Operation.CloseSession());
    assertTrue(trees.tree().find("/m2").isEmpty());
  }
}
