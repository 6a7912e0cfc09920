package troupe.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/** Sessions that each keep a window of requests outstanding: an answer sends the next request. */
final class RequestLoad implements Load {
  private final Clients clients;
  private final int window;
  private final Operation operation;
  private final AtomicLong numbers;
  private final long maxOperations;

  /** @param numbers of operations; shared by all loads of one server */
  RequestLoad(Service service, int clients, int window, Operation operation, AtomicLong numbers, long maxOperations)
      throws IOException, InterruptedException, TimeoutException {
    this.clients = Clients.connect(service, clients);
    this.window = window;
    this.operation = operation;
    this.numbers = numbers;
    this.maxOperations = maxOperations;
  }

  @Override
  public Work run(Duration time) throws Exception {
    Run run = new Run(time);
    for (ZooKeeper client : clients.all()) {
      for (int i = 0; i < window; i++) {
        run.next(client);
      }
    }
    return run.finished.get(time.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    clients.close();
  }

  private final class Run {
    private final long started = System.nanoTime();
    private final long deadline;
    private final long end = numbers.get() + maxOperations;
    private final AtomicInteger unfinished = new AtomicInteger(clients.all().size() * window);
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(LATENCY_DIGITS);
    private final CompletableFuture<Work> finished = new CompletableFuture<>();

    Run(Duration time) {
      this.deadline = started + time.toNanos();
    }

    /** One operation and, from its answer, all that follow it in its place of the window. */
    void next(ZooKeeper client) {
      long number = numbers.getAndIncrement();
      long sent = System.nanoTime();
      if (sent >= deadline || number >= end || finished.isDone()) {
        if (unfinished.decrementAndGet() == 0) {
          finished.complete(new Work(Duration.ofNanos(sent - started), latencies));
        }
        return;
      }
      operation.start(client, number, code -> {
        if (code == Code.OK.intValue()) {
          latencies.recordValue(System.nanoTime() - sent);
          next(client);
        } else {
          finished.completeExceptionally(KeeperException.create(Code.get(code), operation + " " + number));
        }
      });
    }
  }
}
