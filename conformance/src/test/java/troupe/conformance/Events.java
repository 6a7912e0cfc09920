package troupe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/** A watcher that keeps what it is told until it is asked: changes of nodes, and changes of the connection. */
final class Events implements Watcher {
  private final BlockingQueue<WatchedEvent> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<WatchedEvent> states = new LinkedBlockingQueue<>();

  @Override
  public void process(WatchedEvent event) {
    (event.getType() == Event.EventType.None ? states : changes).add(event);
  }

  /** The next change, which must be this one. */
  WatchedEvent expect(Event.EventType type, String path) throws InterruptedException {
    WatchedEvent event = next(changes, type + " of " + path);
    assertEquals(type + " of " + path, event.getType() + " of " + event.getPath());
    return event;
  }

  /** Passes over changes of the connection until this one comes. */
  void await(Event.KeeperState state) throws InterruptedException {
    while (next(states, state.toString()).getState() != state) {
      // an earlier one
    }
  }

  /** The changes told so far and not asked for yet, each as "type path". */
  List<String> soFar() {
    var events = new ArrayList<WatchedEvent>();
    changes.drainTo(events);
    return events.stream().map(event -> event.getType() + " " + event.getPath()).toList();
  }

  /** How often the connection was lost, as far as nobody has awaited that. */
  long disconnections() {
    return states.stream().filter(event -> event.getState() == Event.KeeperState.Disconnected).count();
  }

  private static WatchedEvent next(BlockingQueue<WatchedEvent> queue, String awaited) throws InterruptedException {
    WatchedEvent event = queue.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new AssertionError("no event within " + Await.LIMIT + ", awaited: " + awaited);
    }
    return event;
  }
}
