package troupe.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import troupe.metrics.Metrics;

class MailboxesTest {
  private final ActorTestKit kit = ActorTestKit.create();
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final Metrics metrics = new Metrics();

  @AfterEach
  void end() {
    stuck.countDown();
    kit.shutdownTestKit();
  }

  @Test
  void whatWaitsIsCountedForTheServerAndTheActorsOfItsRole() {
    TestProbe<ActorRef<String>> leader = kit.createTestProbe();
    ActorRef<Server.Command> server = kit.spawn(Behaviors.setup(context -> {
      context.spawn(Behaviors.empty(), "log");
      context.spawnAnonymous(role(leader.getRef()));
      return Behaviors.empty();
    }), "server");
    metrics.add(new Mailboxes(server));
    ActorRef<String> busy = leader.receiveMessage();
    for (int i = 0; i < 4; i++) {
      busy.tell("the first keeps it busy, the others wait");
    }
    leader.awaitAssert(Duration.ofSeconds(20), () -> {
      assertEquals(Map.of("server", 0.0, "log", 0.0, "leader", 3.0), depths());
      return null;
    });
  }

  private Behavior<String> role(ActorRef<ActorRef<String>> observer) {
    return Behaviors.setup(context -> {
      observer.tell(context.spawn(Behaviors.setup(leader -> {
        leader.spawn(Behaviors.empty(), "proposal-1"); // one of many: not told
        return Behaviors.receiveMessage(message -> {
          stuck.await(1, TimeUnit.MINUTES);
          return Behaviors.same();
        });
      }), "leader", DispatcherSelector.blocking()));
      return Behaviors.empty();
    });
  }

  private Map<String, Double> depths() {
    Map<String, Double> depths = new TreeMap<>();
    metrics.registry().scrape(name -> name.equals("troupe_mailbox_messages")).forEach(family ->
        ((GaugeSnapshot) family).getDataPoints().forEach(point ->
            depths.put(point.getLabels().get("actor"), point.getValue())));
    return depths;
  }
}
