package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static troupe.conformance.Client.bytes;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Who may do what: ACLs, digest users and the super user. The lists of ACLs are made by {@code Arrays.asList}: the
 * client asks them whether they contain null, which those of {@code List.of} refuse.
 */
class ClientAccessTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  @Test
  void anAclIsReadAndSetUnderItsOwnVersion() throws Exception {
    Client client = node.client();
    client.create("/acl");
    var stat = new Stat();
    assertEquals(Ids.OPEN_ACL_UNSAFE, client.getACL("/acl", stat));
    assertEquals(0, stat.getAversion());

    List<ACL> readAndAdmin = Arrays.asList(new ACL(Perms.READ | Perms.ADMIN, Ids.ANYONE_ID_UNSAFE));
    assertEquals(1, client.setACL("/acl", readAndAdmin, 0).getAversion());
    assertEquals(readAndAdmin, client.getACL("/acl", null));
    assertThrows(KeeperException.BadVersionException.class, () -> client.setACL("/acl", Ids.OPEN_ACL_UNSAFE, 0));
    assertThrows(KeeperException.InvalidACLException.class, () -> client.setACL("/acl", Arrays.asList(), 1));
    assertThrows(KeeperException.NoNodeException.class, () -> client.getACL("/acl/none", null));
    assertEquals(0, client.exists("/acl", false).getVersion());
  }

  @Test
  void eachPermissionAllowsItsOwnOperations() throws Exception {
    Client owner = node.client();
    Client stranger = node.client();
    owner.addAuthInfo("digest", bytes("owner:secret"));
    for (int allowed : List.of(Perms.READ, Perms.WRITE, Perms.CREATE, Perms.DELETE, Perms.ADMIN)) {
      String path = "/permission-" + allowed;
      owner.create(path);
      owner.create(path + "/child");
      owner.setACL(path,
          Arrays.asList(new ACL(Perms.ALL, new Id("auth", "")), new ACL(allowed, Ids.ANYONE_ID_UNSAFE)), -1);

      assertAllowed(allowed == Perms.READ, () -> stranger.getData(path, false, null));
      assertAllowed(allowed == Perms.READ, () -> stranger.getChildren(path, false));
      assertAllowed(allowed == Perms.READ, () -> stranger.exists(path, false));
      assertAllowed(allowed == Perms.WRITE, () -> stranger.setData(path, bytes(""), -1));
      assertAllowed(allowed == Perms.CREATE, () -> stranger.create(path + "/new"));
      assertAllowed(allowed == Perms.DELETE, () -> stranger.delete(path + "/child", -1));
      assertAllowed(allowed == Perms.READ || allowed == Perms.ADMIN, () -> stranger.getACL(path, null));
      assertAllowed(allowed == Perms.WRITE,
          () -> stranger.multi(List.of(Op.setData(path, bytes(""), -1), Op.check("/", -1))));
      assertAllowed(allowed == Perms.ADMIN, () -> stranger.setACL(path, Ids.OPEN_ACL_UNSAFE, -1));
    }
  }

  @Test
  void aDigestUserIsItselfOnAnyConnection() throws Exception {
    Client writer = node.client();
    writer.addAuthInfo("digest", bytes("alice:secret"));
    writer.create("/alice", bytes("hers"), Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    assertEquals(
        List.of(new ACL(Perms.ALL, new Id("digest", DigestAuthenticationProvider.generateDigest("alice:secret")))),
        writer.getACL("/alice", null));

    Client reader = node.client();
    assertThrows(KeeperException.NoAuthException.class, () -> reader.getData("/alice", false, null));
    reader.addAuthInfo("digest", bytes("alice:wrong"));
    assertThrows(KeeperException.NoAuthException.class, () -> reader.getData("/alice", false, null));
    reader.addAuthInfo("digest", bytes("alice:secret"));
    assertEquals("hers", reader.read("/alice"));
  }

  @Test
  void aClientSaysWhoItIsAgainAfterAReconnect() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    Client client = node.closing(Client.connect(relay.connectString(), Client.SESSION_TIMEOUT_MILLIS));
    client.addAuthInfo("digest", bytes("carol:secret"));
    client.create("/carol", bytes("hers"), Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    relay.cut();
    client.events().await(KeeperState.Disconnected);
    relay.mend();
    client.awaitConnected();
    assertEquals("hers", client.read("/carol"));
  }

  @Test
  void withoutAUserThereIsNoCreatorToGiveRightsTo() throws Exception {
    Client client = node.client();
    assertThrows(
        KeeperException.InvalidACLException.class,
        () -> client.create("/nobody", bytes(""), Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT));
    assertThrows(
        KeeperException.InvalidACLException.class,
        () -> client.create(
            "/nobody", bytes(""), Arrays.asList(new ACL(Perms.ALL, new Id("martian", "x"))), CreateMode.PERSISTENT));
  }

  @Test
  void anAddressIsAnIdentity() throws Exception {
    Client client = node.client();
    List<ACL> ours = Arrays.asList(new ACL(Perms.ALL, new Id("ip", "127.0.0.0/8")));
    List<ACL> others = Arrays.asList(new ACL(Perms.ALL, new Id("ip", "10.0.0.1")));
    client.create("/here", bytes("a"), ours, CreateMode.PERSISTENT);
    client.create("/there", bytes("b"), others, CreateMode.PERSISTENT);
    assertEquals("a", client.read("/here"));
    assertThrows(KeeperException.NoAuthException.class, () -> client.read("/there"));
  }

  @Test
  void theSuperUserPassesEveryAcl() throws Exception {
    Client owner = node.client();
    owner.addAuthInfo("digest", bytes("bob:secret"));
    owner.create("/bob", bytes("his"), Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    Client root = node.client();
    root.addAuthInfo("digest", bytes(NodeSettings.SUPER_USER));
    assertEquals("his", root.read("/bob"));
    root.delete("/bob", -1);
  }

  @Test
  void whoAmINamesAddressAndUsers() throws Exception {
    Client client = node.client();
    assertEquals(List.of(new ClientInfo("ip", NodeSettings.HOST)), client.whoAmI());
    client.addAuthInfo("digest", bytes("dave:secret"));
    assertEquals(
        List.of(new ClientInfo("digest", "dave"), new ClientInfo("ip", NodeSettings.HOST)),
        client.whoAmI().stream().sorted(Comparator.comparing(ClientInfo::getAuthScheme)).toList());
  }

  @Test
  void anUnknownSchemeFailsTheClient() throws Exception {
    Client client = node.client();
    client.addAuthInfo("martian", bytes("x"));
    client.events().await(KeeperState.AuthFailed);
    assertThrows(KeeperException.AuthFailedException.class, () -> client.exists("/", false));
  }

  private interface Operation {
    void run() throws Exception;
  }

  private static void assertAllowed(boolean allowed, Operation operation) throws Exception {
    if (allowed) {
      operation.run();
    } else {
      assertThrows(KeeperException.NoAuthException.class, operation::run);
    }
  }
}
