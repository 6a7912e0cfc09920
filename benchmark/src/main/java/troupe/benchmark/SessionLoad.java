package troupe.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.zookeeper.ZooKeeper;

/**
 * Clients that connect and close, again and again. Latency is that of the connecting, up to an established session.
 *
 * <p>The stock client sleeps 100 ms in each close. So a session is closed beside the connecting of the next one,
 * which shows what the server can do rather than how long the client sleeps.
 */
final class SessionLoad implements Load {
  // Each costs the client two threads. Enough that 100 ms of sleep do not hold back 1,000 sessions a second.
  private static final int CLOSING_AT_ONCE = 128;

  private final Service service;
  private final int connectors;
  private final long maxOperations;

  SessionLoad(Service service, int connectors, long maxOperations) {
    this.service = service;
    this.connectors = connectors;
    this.maxOperations = maxOperations;
  }

  @Override
  public Work run(Duration time) throws Exception {
    ConcurrentHistogram latencies = new ConcurrentHistogram(LATENCY_DIGITS);
    AtomicLong left = new AtomicLong(maxOperations);
    Semaphore closing = new Semaphore(CLOSING_AT_ONCE);
    long started = System.nanoTime();
    List<Future<Void>> connecting = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < connectors; i++) {
        String address = service.address(i);
        connecting.add(threads.submit(() -> {
          while (System.nanoTime() - started < time.toNanos() && left.getAndDecrement() > 0) {
            closing.acquire();
            long sent = System.nanoTime();
            ZooKeeper client = Clients.connect(address);
            latencies.recordValue(System.nanoTime() - sent);
            threads.submit(() -> {
              Clients.close(client);
              closing.release();
            });
          }
          return null;
        }));
      }
      for (Future<Void> connector : connecting) {
        connector.get();
      }
    }
    return new Work(Duration.ofNanos(System.nanoTime() - started), latencies);
  }

  /** Nothing is left open between two runs. */
  @Override
  public void close() {}
}
