package troupe.gateway;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import troupe.metrics.Distribution;
import troupe.metrics.Scrape;

/** How long an event loop takes to get to something new: each scrape sends a task through it, and tells of those before. */
final class LoopProbe {
  private static final double NANOS_PER_SECOND = 1e9;

  private final EventExecutor loop;
  private final String number;
  private final Distribution delays = Distribution.ofTimes(); // written by the loop only
  private volatile boolean underWay;
  private volatile long sentAt;

  LoopProbe(EventExecutor loop, int number) {
    this.loop = loop;
    this.number = Integer.toString(number);
  }

  synchronized void tell(Scrape scrape) {
    scrape.seconds("troupe_event_loop_delay_seconds",
        "How long a task that each scrape sends took to have its turn on an event loop of the client port, where"
            + " connections and sessions live.",
        delays.counts(), "loop", number);
    scrape.gauge("troupe_event_loop_waiting_seconds",
        "How long such a task has been waiting for its turn; 0: none is.",
        underWay ? (System.nanoTime() - sentAt) / NANOS_PER_SECOND : 0, "loop", number);
    if (!underWay) {
      send();
    }
  }

  private void send() {
    sentAt = System.nanoTime();
    underWay = true;
    try {
      loop.execute(() -> {
        delays.record(System.nanoTime() - sentAt);
        underWay = false;
      });
    } catch (RejectedExecutionException closed) {
      underWay = false; // it will never be asked again
    }
  }
}
