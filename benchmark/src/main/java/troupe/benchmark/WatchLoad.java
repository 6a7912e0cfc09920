package troupe.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;

/**
 * Sessions that all watch one znode; it is set, they are told, they watch again. An operation is one event and the
 * read that set its watch; its latency runs from sending the set until the event has come.
 */
final class WatchLoad implements Load {
  private static final String WATCHED = Znodes.node(0);

  private final Clients clients;
  private final List<ZooKeeper> watchers;
  private final ZooKeeper writer;
  private final long maxOperations;

  WatchLoad(Service service, int watchers, long maxOperations)
      throws IOException, InterruptedException, TimeoutException {
    this.clients = Clients.connect(service, watchers + 1);
    this.watchers = clients.all().subList(0, watchers);
    this.writer = clients.all().getLast();
    this.maxOperations = maxOperations;
  }

  @Override
  public Work run(Duration time) throws Exception {
    ConcurrentHistogram latencies = new ConcurrentHistogram(LATENCY_DIGITS);
    long started = System.nanoTime();
    long elapsed;
    do {
      new Change(latencies).make();
      elapsed = System.nanoTime() - started;
    } while (elapsed < time.toNanos() && latencies.getTotalCount() < maxOperations);
    return new Work(Duration.ofNanos(elapsed), latencies);
  }

  @Override
  public void close() {
    clients.close();
  }

  /** One change of the znode, from setting the watches to the last event. */
  private final class Change {
    private final ConcurrentHistogram latencies;
    private final AtomicInteger unset = new AtomicInteger(watchers.size());
    private final AtomicInteger untold = new AtomicInteger(watchers.size());
    private final CompletableFuture<Void> watched = new CompletableFuture<>();
    private final CompletableFuture<Void> told = new CompletableFuture<>();
    private volatile long sent;

    Change(ConcurrentHistogram latencies) {
      this.latencies = latencies;
    }

    void make() throws Exception {
      watchers.forEach(this::watch);
      await(watched);
      sent = System.nanoTime();
      writer.setData(WATCHED, Znodes.data(), -1, (code, path, context, stat) -> {
        if (code != Code.OK.intValue()) {
          told.completeExceptionally(KeeperException.create(Code.get(code), path));
        }
      }, null);
      await(told);
    }

    private void watch(ZooKeeper watcher) {
      watcher.getData(WATCHED, event -> {
        if (event.getType() == EventType.NodeDataChanged) {
          latencies.recordValue(System.nanoTime() - sent);
          countDown(untold, told);
        } else {
          told.completeExceptionally(new IllegalStateException("not the change that was made: " + event));
        }
      }, (code, path, context, data, stat) -> {
        if (code == Code.OK.intValue()) {
          countDown(unset, watched);
        } else {
          watched.completeExceptionally(KeeperException.create(Code.get(code), path));
        }
      }, null);
    }

    private static void countDown(AtomicInteger left, CompletableFuture<Void> done) {
      if (left.decrementAndGet() == 0) {
        done.complete(null);
      }
    }

    private static void await(CompletableFuture<Void> done) throws Exception {
      done.get(GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
