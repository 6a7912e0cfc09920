package troupe.election;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import troupe.ensemble.Ensemble;
import troupe.ensemble.Links;

/**
 * The timers of one election that is tested without time. BehaviorTestKit's own (Pekko 1.7) will not do: their
 * {@code cancelAll} cancels nothing.
 */
final class RecordedTimers implements TimerScheduler<Election.Command> {
  private final Map<Election.Command, Duration> running = new HashMap<>();

  /** What {@link Election#create} makes, with these timers. */
  Behavior<Election.Command> elect(Ensemble ensemble, Links links, ElectionSettings settings) {
    return Behaviors.setup(context ->
        new Idle(new Election.Setup(ensemble, new HashSet<>(), links, settings, context, this), Round.NONE).enter());
  }

  Map<Election.Command, Duration> running() {
    return Map.copyOf(running);
  }

  /** Its time has passed. */
  void elapse(Election.Command timer, BehaviorTestKit<Election.Command> election) {
    assertTrue(running.containsKey(timer), timer + " is not among " + running);
    running.remove(timer);
    election.run(timer);
  }

  @Override
  public void startSingleTimer(Object key, Election.Command message, Duration delay) {
    running.put(message, delay);
  }

  @Override
  public boolean isTimerActive(Object key) {
    return running.containsKey(key);
  }

  @Override
  public void cancel(Object key) {
    running.remove(key);
  }

  @Override
  public void cancelAll() {
    running.clear();
  }

  @Override
  public void startTimerWithFixedDelay(Object key, Election.Command message, Duration delay) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void startTimerWithFixedDelay(Object key, Election.Command message, Duration initial, Duration delay) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void startTimerAtFixedRate(Object key, Election.Command message, Duration interval) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void startTimerAtFixedRate(Object key, Election.Command message, Duration initial, Duration interval) {
    throw new UnsupportedOperationException();
  }

  @Override
  @Deprecated
  public void startPeriodicTimer(Object key, Election.Command message, Duration interval) {
    throw new UnsupportedOperationException();
  }
}
