package troupe.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/** Sessions that each keep a window of requests outstanding: an answer sends the next request. */
final class RequestLoad implements Load {
  /** One session, of whatever client. */
  @FunctionalInterface
  interface Requester {
    /**
     * Sends a request and returns.
     *
     * @param number never the same twice on one server
     * @param done hears what went wrong, or null
     */
    void request(long number, Consumer<Exception> done);
  }

  private final List<Requester> requesters;
  private final Runnable end;
  private final int window;
  private final AtomicLong numbers;
  private final long maxOperations;

  /** @param end of all their sessions */
  RequestLoad(List<? extends Requester> requesters, Runnable end, int window, AtomicLong numbers, long maxOperations) {
    this.requesters = List.copyOf(requesters);
    this.end = end;
    this.window = window;
    this.numbers = numbers;
    this.maxOperations = maxOperations;
  }

  /**
   * Sessions of the stock client.
   *
   * @param numbers of operations; shared by all loads of one server
   */
  static RequestLoad connect(
      Service service, int clients, int window, Operation operation, AtomicLong numbers, long maxOperations)
      throws IOException, InterruptedException, TimeoutException {
    Clients connected = Clients.connect(service, clients);
    List<Requester> requesters = connected.all().stream().map(client -> requester(client, operation)).toList();
    return new RequestLoad(requesters, connected::close, window, numbers, maxOperations);
  }

  private static Requester requester(ZooKeeper client, Operation operation) {
    return (number, done) -> operation.start(client, number, code -> done.accept(code == Code.OK.intValue()
        ? null
        : new IOException(operation + " " + number, KeeperException.create(Code.get(code)))));
  }

  @Override
  public Work run(Duration time) throws Exception {
    Run run = new Run(time);
    for (Requester requester : requesters) {
      for (int i = 0; i < window; i++) {
        run.next(requester);
      }
    }
    return run.finished.get(time.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    end.run();
  }

  private final class Run {
    private final long started = System.nanoTime();
    private final long deadline;
    private final long end = numbers.get() + maxOperations;
    private final AtomicInteger unfinished = new AtomicInteger(requesters.size() * window);
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(LATENCY_DIGITS);
    private final CompletableFuture<Work> finished = new CompletableFuture<>();

    Run(Duration time) {
      this.deadline = started + time.toNanos();
    }

    /** One operation and, from its answer, all that follow it in its place of the window. */
    void next(Requester requester) {
      long number = numbers.getAndIncrement();
      long sent = System.nanoTime();
      if (sent >= deadline || number >= end || finished.isDone()) {
        if (unfinished.decrementAndGet() == 0) {
          finished.complete(new Work(Duration.ofNanos(sent - started), latencies));
        }
        return;
      }
      requester.request(number, failure -> {
        if (failure == null) {
          latencies.recordValue(System.nanoTime() - sent);
          next(requester);
        } else {
          finished.completeExceptionally(failure);
        }
      });
    }
  }
}
