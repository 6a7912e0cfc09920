package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static troupe.conformance.Client.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.state.ConnectionState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Curator's queues: one client puts, others take, and nothing is taken twice or never. */
class CuratorQueuesTest {
  @RegisterExtension
  static final SharedNode node = new SharedNode();

  private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
  private CuratorFramework putting;
  private CuratorFramework taking;

  @BeforeEach
  void connect() throws Exception {
    putting = node.curator();
    taking = node.curator();
  }

  @Test
  void aQueueGivesEachItemToOneConsumerInOrder() throws Exception {
    try (
        var in = builder(putting, null, "/queue").buildQueue();
        var out = builder(taking, new Taker(), "/queue").buildQueue()) {
      in.start();
      out.start();
      for (int i = 0; i < 20; i++) {
        in.put("" + i);
      }
      for (int i = 0; i < 20; i++) {
        assertEquals("" + i, nextTaken());
      }
    }
  }

  @Test
  void aQueueThatTwoConsumeKeepsItsItemsThroughARestart() throws Exception {
    CuratorFramework alsoTaking = node.curator();
    try (
        var in = builder(putting, null, "/shared").lockPath("/shared-locks").buildQueue();
        var out = builder(taking, new Taker(), "/shared").lockPath("/shared-locks").buildQueue();
        var alsoOut = builder(alsoTaking, new Taker(), "/shared").lockPath("/shared-locks").buildQueue()) {
      in.start();
      for (int i = 0; i < 10; i++) {
        in.put("before " + i);
      }
      // what is still on its way when the server dies is put again, and may be there twice
      assertTrue(in.flushPuts(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      node.restart();
      out.start();
      alsoOut.start();
      for (int i = 0; i < 10; i++) {
        in.put("after " + i);
      }
      var items = new ArrayList<String>();
      for (int i = 0; i < 20; i++) {
        items.add(nextTaken());
      }
      assertEquals(
          IntStream.range(0, 20).mapToObj(i -> (i < 10 ? "after " : "before ") + i % 10).toList(),
          items.stream().sorted().toList());
      Await.until("the queue is empty", () -> putting.getChildren().forPath("/shared").isEmpty());
      assertTrue(taken.isEmpty(), taken.toString());
    }
  }

  @Test
  void aPriorityQueueGivesTheUrgentFirst() throws Exception {
    try (
        var in = builder(putting, null, "/priority").buildPriorityQueue(0);
        var out = builder(taking, new Taker(), "/priority").buildPriorityQueue(0)) {
      in.start();
      in.put("later", 5);
      in.put("soon", 3);
      in.put("first", -1);
      out.start();
      assertEquals(List.of("first", "soon", "later"), List.of(nextTaken(), nextTaken(), nextTaken()));
    }
  }

  @Test
  void aDelayQueueGivesAnItemWhenItsTimeHasCome() throws Exception {
    try (
        var in = builder(putting, null, "/delay").buildDelayQueue();
        var out = builder(taking, new Taker(), "/delay").buildDelayQueue()) {
      in.start();
      out.start();
      long now = System.currentTimeMillis();
      in.put("second", now + 600);
      in.put("first", now + 300);
      assertEquals("first", nextTaken());
      assertTrue(System.currentTimeMillis() >= now + 300);
      assertEquals("second", nextTaken());
      assertTrue(System.currentTimeMillis() >= now + 600);
    }
  }

  @Test
  void aSimpleQueueIsOfferedToAndTakenFrom() throws Exception {
    var in = new SimpleDistributedQueue(putting, "/simple");
    var out = new SimpleDistributedQueue(taking, "/simple");
    assertNull(out.poll());
    CompletableFuture<byte[]> waiting = Await.start(out::take);
    in.offer(bytes("a"));
    assertArrayEquals(bytes("a"), Await.get(waiting));
    in.offer(bytes("b"));
    in.offer(bytes("c"));
    assertArrayEquals(bytes("b"), out.peek());
    assertArrayEquals(bytes("b"), out.poll());
    assertArrayEquals(bytes("c"), out.poll(1, TimeUnit.SECONDS));
    assertNull(out.poll(50, TimeUnit.MILLISECONDS));
  }

  private String nextTaken() throws InterruptedException {
    return taken.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private final class Taker implements QueueConsumer<String> {
    @Override
    public void consumeMessage(String message) {
      taken.add(message);
    }

    @Override
    public void stateChanged(CuratorFramework curator, ConnectionState state) {}
  }

  /** @param consumer null, as Curator has it, for a client that only puts */
  private static QueueBuilder<String> builder(CuratorFramework curator, QueueConsumer<String> consumer, String path) {
    return QueueBuilder.builder(curator, consumer, new Text(), path);
  }

  private static final class Text implements QueueSerializer<String> {
    @Override
    public byte[] serialize(String item) {
      return bytes(item);
    }

    @Override
    public String deserialize(byte[] bytes) {
      return new String(bytes);
    }
  }
}
