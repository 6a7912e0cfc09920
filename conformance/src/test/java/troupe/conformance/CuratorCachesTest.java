package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.cache.NodeCache;
import org.apache.curator.framework.recipes.cache.PathChildrenCache;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Curator's caches: what one client changes, the other one's cache shows, also when the server was away. */
@SuppressWarnings("deprecation") // the older caches use one-shot watches, and are in use
class CuratorCachesTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  private CuratorFramework caching;
  private CuratorFramework changing;

  @BeforeEach
  void connect() throws Exception {
    caching = node.curator();
    changing = node.curator();
  }

  @Test
  void aCuratorCacheFollowsASubtreeThroughARestart() throws Exception {
    changing.create().forPath("/tree", bytes(""));
    changing.create().forPath("/tree/a", bytes(""));
    changing.create().forPath("/tree/a/b", bytes("1"));
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (CuratorCache cache = CuratorCache.build(caching, "/tree")) {
      cache.listenable().addListener(CuratorCacheListener.builder()
          .forCreates(created -> events.add("created " + created.getPath()))
          .forChanges((old, changed) -> events.add("changed " + changed.getPath()))
          .forDeletes(deleted -> events.add("deleted " + deleted.getPath()))
          .build());
      cache.start();
      for (String path : List.of("/tree", "/tree/a", "/tree/a/b")) {
        expect(events, "created " + path);
      }

      changing.setData().forPath("/tree/a/b", bytes("2"));
      expect(events, "changed /tree/a/b");
      changing.create().forPath("/tree/c", bytes("3"));
      expect(events, "created /tree/c");
      changing.delete().forPath("/tree/a/b");
      expect(events, "deleted /tree/a/b");

      node.restart();
      changing.setData().forPath("/tree/c", bytes("4"));
      changing.create().forPath("/tree/d", bytes("5"));
      changing.delete().forPath("/tree/a");
      awaitShown(cache::stream, Map.of("/tree", "", "/tree/c", "4", "/tree/d", "5"));
    }
  }

  @Test
  void aPathChildrenCacheFollowsChildren() throws Exception {
    changing.create().creatingParentsIfNeeded().forPath("/path/a", bytes("1"));
    try (var cache = new PathChildrenCache(caching, "/path", true)) {
      cache.start(PathChildrenCache.StartMode.BUILD_INITIAL_CACHE);
      assertEquals(Map.of("/path/a", "1"), shown(cache.getCurrentData().stream()));
      changing.create().forPath("/path/b", bytes("2"));
      awaitShown(() -> cache.getCurrentData().stream(), Map.of("/path/a", "1", "/path/b", "2"));
      node.restart();
      changing.setData().forPath("/path/b", bytes("3"));
      changing.delete().forPath("/path/a");
      awaitShown(() -> cache.getCurrentData().stream(), Map.of("/path/b", "3"));
    }
  }

  @Test
  void aNodeCacheFollowsANodeThatComesAndGoes() throws Exception {
    try (var cache = new NodeCache(caching, "/node")) {
      cache.start(true);
      Supplier<Stream<ChildData>> current = () -> Stream.ofNullable(cache.getCurrentData());
      awaitShown(current, Map.of());
      changing.create().forPath("/node", bytes("1"));
      awaitShown(current, Map.of("/node", "1"));
      changing.setData().forPath("/node", bytes("2"));
      awaitShown(current, Map.of("/node", "2"));
      changing.delete().forPath("/node");
      awaitShown(current, Map.of());
    }
  }

  @Test
  void aTreeCacheFollowsASubtree() throws Exception {
    changing.create().creatingParentsIfNeeded().forPath("/old/a", bytes(""));
    changing.create().forPath("/old/a/b", bytes("1"));
    try (var cache = new TreeCache(caching, "/old")) {
      cache.start();
      Supplier<Stream<ChildData>> below = () -> Stream.of("/old/a", "/old/a/b", "/old/c")
          .map(cache::getCurrentData)
          .filter(Objects::nonNull);
      awaitShown(below, Map.of("/old/a", "", "/old/a/b", "1"));
      changing.create().forPath("/old/c", bytes("2"));
      changing.delete().forPath("/old/a/b");
      awaitShown(below, Map.of("/old/a", "", "/old/c", "2"));
    }
  }

  @Test
  void aPersistentWatcherIsInForceAfterARestart() throws Exception {
    changing.create().forPath("/watched");
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    var reset = new Semaphore(0);
    try (var watcher = new PersistentWatcher(caching, "/watched", true)) {
      watcher.getListenable().addListener(event -> {
        if (event.getPath() != null) { // the others tell of the connection
          events.add(event.getType() + " " + event.getPath());
        }
      });
      watcher.getResetListenable().addListener(reset::release);
      watcher.start();
      assertTrue(reset.tryAcquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      changing.create().forPath("/watched/a");
      expect(events, "NodeCreated /watched/a");

      node.restart();
      assertTrue(reset.tryAcquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      changing.setData().forPath("/watched/a", bytes("1"));
      changing.delete().forPath("/watched/a");
      expect(events, "NodeDataChanged /watched/a");
      expect(events, "NodeDeleted /watched/a");
    }
  }

  /** @param expected data by path */
  private static void awaitShown(Supplier<Stream<ChildData>> cached, Map<String, String> expected) {
    Await.untilEqual("what the cache shows", expected, () -> shown(cached.get()));
  }

  private static Map<String, String> shown(Stream<ChildData> cached) {
    return cached.collect(Collectors.toMap(ChildData::getPath, node -> new String(node.getData())));
  }

  private static void expect(BlockingQueue<String> events, String expected) throws InterruptedException {
    assertEquals(expected, events.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
  }
}
