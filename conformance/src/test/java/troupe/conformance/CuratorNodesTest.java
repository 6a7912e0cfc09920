package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Curator's nodes that stay for as long as their owner wants them. */
class CuratorNodesTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  private CuratorFramework owner;
  private CuratorFramework other;

  @BeforeEach
  void connect() throws Exception {
    owner = node.curator();
    other = node.curator();
  }

  @Test
  void aGroupKnowsItsMembers() throws Exception {
    try (var first = new GroupMember(owner, "/group", "first", bytes("1"))) {
      first.start();
      var second = new GroupMember(other, "/group", "second", bytes("2"));
      second.start();
      Await.until("both are members", () -> first.getCurrentMembers().keySet().equals(Set.of("first", "second")));
      assertArrayEquals(bytes("2"), first.getCurrentMembers().get("second"));
      node.restart();
      second.close();
      Await.until("one has left", () -> first.getCurrentMembers().keySet().equals(Set.of("first")));
    }
  }

  @Test
  void aPersistentNodeIsMadeAgainWhenItIsDeletedAndWhenItsSessionExpired() throws Exception {
    var relay = node.closing(Relay.to(node.process()));
    CuratorFramework cutOff = node.curator(relay.connectString(), 1_000);
    try (var kept = new PersistentNode(cutOff, CreateMode.EPHEMERAL, false, "/kept", bytes("data"))) {
      kept.start();
      assertTrue(kept.waitForInitialCreate(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      long first = other.checkExists().forPath("/kept").getCzxid();
      other.delete().forPath("/kept");
      Await.until("it is made again", () -> madeAfter(first));

      long second = other.checkExists().forPath("/kept").getCzxid();
      relay.cut();
      Await.until("it goes with its session", () -> other.checkExists().forPath("/kept") == null);
      relay.mend();
      Await.until("it is made again by the next session", () -> madeAfter(second));
      assertArrayEquals(bytes("data"), other.getData().forPath("/kept"));
    }
    Await.until("it is deleted", () -> other.checkExists().forPath("/kept") == null);
  }

  private boolean madeAfter(long zxid) throws Exception {
    var stat = other.checkExists().forPath("/kept");
    return stat != null && stat.getCzxid() > zxid;
  }

  @Test
  void aPersistentTtlNodeLivesAsLongAsItIsTouched() throws Exception {
    long ttlMillis = 500;
    try (var touched = new PersistentTtlNode(owner, "/touched", ttlMillis, bytes("data"))) {
      touched.start();
      assertTrue(touched.waitForInitialCreate(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      // an untouched node of the same time to live shows that the server has looked
      other.create().withTtl(ttlMillis).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath("/untouched");
      Await.until("the untouched one goes", () -> other.checkExists().forPath("/untouched") == null);
      assertEquals("data", new String(other.getData().forPath("/touched")));
    }
    Await.until("it goes once nobody touches it", () -> other.checkExists().forPath("/touched") == null);
  }
}
