package troupe.actors;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import troupe.session.PublishedTree;
import troupe.tree.Operation;
import troupe.tree.Request;
import troupe.tree.Requester;

/**
 * Removes containers that had children and are empty, and TTL nodes whose time is over. The leader has one. Whether
 * such a node may really go is decided again when its removal has its turn. Source: ZooKeeper's ContainerManager.
 */
final class ContainerReaper {
  /** Time to look. */
  record CheckDue() {}

  private ContainerReaper() {}

  /**
   * @param submit takes the requests that remove nodes; must not block
   * @param perMinute how many may go in a minute
   */
  static Behavior<CheckDue> create(
      PublishedTree published,
      Consumer<List<Request>> submit,
      InstantSource clock,
      Duration interval,
      int perMinute) {
    int atOnce = (int) Math.max(1, perMinute * interval.toMillis() / Duration.ofMinutes(1).toMillis());
    return Behaviors.withTimers(timers -> {
      timers.startTimerWithFixedDelay(new CheckDue(), interval);
      return Behaviors.receiveMessage(due -> {
        List<Request> removals = published.get().expired(clock.millis(), atOnce).stream()
            .map(path -> new Request(Requester.SERVER, 0, new Operation.DeleteContainer(path)))
            .toList();
        if (!removals.isEmpty()) {
          submit.accept(removals);
        }
        return Behaviors.same();
      });
    });
  }
}
