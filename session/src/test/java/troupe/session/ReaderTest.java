package troupe.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import troupe.session.ClientRequest.Read;
import troupe.tree.Acl;
import troupe.tree.ErrorCode;
import troupe.tree.Identity;
import troupe.tree.Operation;
import troupe.tree.Permissions;
import troupe.tree.Znode;

class ReaderTest {
  private static final long SESSION = 7;
  private static final int MOST_OF_MANY = 4_000; // bytes
  private static final Identity JOE = new Identity("digest", "joe:hash");
  private static final Answer NO_NODE = new Answer.Failed(ErrorCode.NO_NODE);
  private static final Answer NO_AUTH = new Answer.Failed(ErrorCode.NO_AUTH);

  private final History history = new History();
  private final List<Watches.Watch> watches = new ArrayList<>();
  private List<Identity> identities = History.IDENTITIES;

  ReaderTest() {
    history.open(SESSION);
    history.add(History.create("/a"));
    history.add(SESSION, 1, History.create("/a/b", 1));
    history.add(SESSION, 2, History.create("/e", 1));
    restrict("/joes", Permissions.ALL & ~Permissions.READ);
    restrict("/public", Permissions.ALL);
  }

  /** Joe may do everything with it; everybody may read it if he alone may not. */
  private void restrict(String path, int permissions) {
    List<Acl.Entry> acl = new ArrayList<>(List.of(new Acl.Entry(Permissions.ALL, JOE)));
    if ((permissions & Permissions.READ) != 0) {
      acl.add(new Acl.Entry(Permissions.READ, Identity.ANYONE));
    }
    history.add(new Operation.Create(path, new byte[0], acl, 0, Operation.Create.Kind.PLAIN, -1));
  }

  private Answer answer(Read read) {
    return new Reader(SESSION, MOST_OF_MANY).answer(read, history.tree(), identities, watches);
  }

  private Znode node(String path) {
    return history.tree().find(path).orElseThrow();
  }

  @Test
  void aNodeIsAnsweredAsItIs() {
    assertSame(node("/a"), ((Answer.Node) answer(new ClientRequest.GetData("/a", false))).node());
    assertEquals(new Answer.Children(List.of("b"), node("/a")), answer(new ClientRequest.GetChildren("/a", false)));
    assertEquals(new Answer.Count(1), answer(new ClientRequest.CountDescendants("/a")));
    assertEquals(List.of(), watches);
  }

  @Test
  void aWatchIsKeptForWhatIsThereAndByExistsForWhatIsNot() {
    answer(new ClientRequest.GetData("/a", true));
    answer(new ClientRequest.GetChildren("/a", true));
    answer(new ClientRequest.Exists("/a", true));
    assertEquals(NO_NODE, answer(new ClientRequest.Exists("/none", true)));
    assertEquals(NO_NODE, answer(new ClientRequest.GetData("/none", true)));
    assertEquals(NO_NODE, answer(new ClientRequest.GetChildren("/none", true)));
    assertEquals(
        List.of(
            new Watches.Watch("/a", false, true),
            new Watches.Watch("/a", true, true),
            new Watches.Watch("/a", false, true),
            new Watches.Watch("/none", false, false)),
        watches);
  }

  @Test
  void whoMayNotReadGetsNeitherAnAnswerNorAWatch() {
    assertEquals(NO_AUTH, answer(new ClientRequest.GetData("/joes", true)));
    assertEquals(NO_AUTH, answer(new ClientRequest.GetChildren("/joes", true)));
    assertEquals(NO_AUTH, answer(new ClientRequest.Exists("/joes", true)));
    assertEquals(NO_AUTH, answer(new ClientRequest.CountDescendants("/joes")));
    assertEquals(NO_AUTH, answer(new ClientRequest.GetAcl("/joes")));
    assertEquals(List.of(), watches);
    identities = List.of(JOE);
    assertEquals(new Answer.Node(node("/joes")), answer(new ClientRequest.GetData("/joes", false)));
  }

  @Test
  void aHashIsShownOnlyToWhoMayChangeTheAcl() {
    Answer.AclOf shown = (Answer.AclOf) answer(new ClientRequest.GetAcl("/public"));
    assertEquals(
        List.of(new Acl.Entry(Permissions.ALL, new Identity("digest", "joe:x")),
            new Acl.Entry(Permissions.READ, Identity.ANYONE)),
        shown.entries());
    identities = List.of(JOE);
    Answer.AclOf toJoe = (Answer.AclOf) answer(new ClientRequest.GetAcl("/public"));
    assertEquals(node("/public").acl().entries(), toJoe.entries());
  }

  @Test
  void onlyTheSessionsOwnEphemeralsBelowThePrefixAreNamed() {
    history.add(History.create("/theirs", 1));
    assertEquals(new Answer.Paths(List.of("/a/b")), answer(new ClientRequest.GetEphemerals("/a")));
    Answer.Paths all = (Answer.Paths) answer(new ClientRequest.GetEphemerals(""));
    assertEquals(List.of("/a/b", "/e"), all.paths().stream().sorted().toList());
  }

  @Test
  void manyReadsAreAnsweredOneByOne() {
    assertEquals(
        new Answer.Many(List.of(new Answer.Node(node("/a")), NO_NODE, NO_AUTH), false),
        answer(new ClientRequest.ReadMany(
            List.of(
                new ClientRequest.GetData("/a", false),
                new ClientRequest.GetData("/none", false),
                new ClientRequest.GetChildren("/joes", false)),
            false)));
  }

  @Test
  void manyReadsOfTooMuchAreRefusedTogether() {
    history.add(new Operation.Create(
        "/large", new byte[MOST_OF_MANY / 4], Acl.OPEN.entries(), 0, Operation.Create.Kind.PLAIN, -1));
    assertInstanceOf(Answer.Many.class, answer(many(4)));
    assertEquals(new Answer.Failed(ErrorCode.MARSHALLING_ERROR), answer(many(5)));
  }

  private static Read many(int times) {
    return new ClientRequest.ReadMany(Collections.nCopies(times, new ClientRequest.GetData("/large", false)), true);
  }

  @Test
  void theRestIsAnsweredWithoutTheTree() {
    assertEquals(new Answer.Done(), answer(new ClientRequest.Ping()));
    assertEquals(new Answer.Identities(identities), answer(new ClientRequest.WhoAmI()));
    assertEquals(
        new Answer.Failed(ErrorCode.MARSHALLING_ERROR), answer(new ClientRequest.Fail(ErrorCode.MARSHALLING_ERROR)));
    assertEquals(
        new Answer.Failed(ErrorCode.BAD_ARGUMENTS), answer(new ClientRequest.Exists("/a\0", true)));
  }
}
